namespace Ppv.Hosting.Running;

/// <summary>How a program ends, for its service manager.</summary>
internal static class ExitCodes
{
    /// <summary>It could not start, or had to give up.</summary>
    public const int Failed = 1;

    /// <summary>It was called in a way that can't be meant: <c>EX_USAGE</c>.</summary>
    public const int Usage = 64;

    /// <summary>
    /// The configuration is wrong: <c>EX_CONFIG</c> of <c>sysexits.h</c>. Starting again helps nobody before a person has looked.
    /// </summary>
    public const int BadConfiguration = 78;
}
