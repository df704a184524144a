namespace Ppv.Hosting;

/// <summary>What a look at one thing came to.</summary>
/// <param name="Verdict">How it stands.</param>
/// <param name="Text">A full sentence, without secrets, that says what to do where something is to be done.</param>
internal sealed record Finding(Verdict Verdict, string Text)
{
    public static Finding Ok(string text) => new(Verdict.Ok, text);

    public static Finding Warn(string text) => new(Verdict.Warn, text);

    public static Finding Bad(string text) => new(Verdict.Bad, text);
}

/// <summary>How a thing stands.</summary>
internal enum Verdict
{
    /// <summary>As it must be.</summary>
    Ok,

    /// <summary>Perhaps not as somebody wants it; the program starts and works.</summary>
    Warn,

    /// <summary>Not done, and only to be done in some places; the text says where.</summary>
    Todo,

    /// <summary>The program would not work.</summary>
    Bad,
}
