namespace Ppv.Hosting.Preflight;

/// <summary>What a look at one thing came to.</summary>
/// <param name="Verdict">How it stands.</param>
/// <param name="Text">A full sentence, without secrets, that says what to do where something is to be done.</param>
internal sealed record Finding(Verdict Verdict, string Text)
{
    public static Finding Ok(string text) => new(Verdict.Ok, text);

    public static Finding Warn(string text) => new(Verdict.Warn, text);

    public static Finding Bad(string text) => new(Verdict.Bad, text);
}
