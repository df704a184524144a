namespace Ppv.Samples.Cli.Check;

/// <summary>How a check went; the numbers are the exit codes that monitoring systems go by.</summary>
internal enum CheckStatus
{
    Ok = 0,
    Warning = 1,
    Critical = 2,

    /// <summary>It can't be told, for what was given can't be used.</summary>
    Unknown = 3,
}
