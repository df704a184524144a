namespace Ppv.Samples.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCodes
{
    /// <summary>Every step was answered <c>OK</c>.</summary>
    public const int Ok = 0;

    /// <summary>A step was answered with something else.</summary>
    public const int NotOk = 1;

    /// <summary>The arguments can't be used.</summary>
    public const int BadArguments = 2;

    /// <summary>The gateway could not be reached, or did not answer in time.</summary>
    public const int Unreachable = 3;

    /// <summary>Ended by Ctrl-C.</summary>
    public const int Interrupted = 130;
}
