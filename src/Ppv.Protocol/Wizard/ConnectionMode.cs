namespace Ppv.Protocol;

/// <summary>How long a connection to Wizard lives.</summary>
public enum ConnectionMode
{
    /// <summary>A new connection for every command, closed after the answer, as the old worker does (contract §3).</summary>
    PerCommand,

    /// <summary>One connection kept for each line. A connection that timed out, or on which something unexpected came, is replaced.</summary>
    PerLine,
}
