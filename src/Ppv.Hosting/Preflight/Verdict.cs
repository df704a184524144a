namespace Ppv.Hosting.Preflight;

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
