namespace Ppv.Protocol;

/// <summary>How long a connection to Wizard lives.</summary>
public enum ConnectionMode
{
    /// <summary>A new connection for every command, closed after the answer, as the old worker does (contract §3).</summary>
    PerCommand,

    /// <summary>
    /// One connection kept for each line. A connection that timed out, on which something unexpected came, that Wizard closed, or that was
    /// idle for longer than <see cref="WizardOptions.PooledConnectionIdleTimeout"/> is replaced; for a confirm already one that was idle
    /// for longer than 1 s.
    /// </summary>
    PerLine,
}
