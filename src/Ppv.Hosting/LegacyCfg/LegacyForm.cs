namespace Ppv.Hosting.LegacyCfg;

/// <summary>How an old key's value is to be read.</summary>
internal enum LegacyForm
{
    Text,
    Number,
    Milliseconds,
    Seconds,

    /// <summary>The first line that is not used any more; ours is the last one that is (contract §3).</summary>
    EndLine,

    /// <summary>The old programs read it and never used it, and neither do we.</summary>
    WithoutEffect,
}
