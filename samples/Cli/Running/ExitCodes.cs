namespace Ppv.Samples.Cli.Running;

/// <summary>What the process ends with; <c>ppv check</c> has those of monitoring systems instead.</summary>
internal static class ExitCodes
{
    /// <summary>All is well.</summary>
    public const int Ok = 0;

    /// <summary>
    /// It was done, and the answer is no: an order was not answered <c>OK</c>, a threshold was missed, something was found.
    /// </summary>
    public const int NotOk = 1;

    /// <summary>
    /// The arguments, or a file that they name, can't be used, or a question was not answered with yes; nothing was done.
    /// </summary>
    public const int BadArguments = 2;

    /// <summary>What it talks to could not be reached, or did not answer in time.</summary>
    public const int Unreachable = 3;

    /// <summary>Nobody took the output any more, as of a program that SIGPIPE ends: <c>| head</c>, or a full disk.</summary>
    public const int OutputGone = 141;

    /// <summary>Ended by Ctrl-C.</summary>
    public const int Interrupted = 130;
}
