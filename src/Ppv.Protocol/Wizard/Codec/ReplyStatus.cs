namespace Ppv.Protocol.Wizard.Codec;

/// <summary>What the bytes received so far are.</summary>
internal enum ReplyStatus
{
    /// <summary>The beginning of an answer; its <c>\r</c> is not here yet.</summary>
    NeedsMore,

    /// <summary>An answer, up to and with its <c>\r</c>.</summary>
    Complete,

    /// <summary>No answer: something else than <c>H</c>, three digits and a text without control characters.</summary>
    Malformed,

    /// <summary>An answer for another line.</summary>
    WrongLine,

    /// <summary>No <c>\r</c> within the most bytes that an answer may have.</summary>
    TooLong,
}
