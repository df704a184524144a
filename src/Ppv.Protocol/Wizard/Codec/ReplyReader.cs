using System.Buffers;

namespace Ppv.Protocol.Wizard.Codec;

/// <summary>
/// Finds an answer, <c>H</c>, three digits, text, <c>\r</c> (contract §3), in what came so far, in whatever pieces. What is wrong is
/// seen at the first byte that is wrong, so that nobody waits for the rest.
/// </summary>
internal static class ReplyReader
{
    /// <summary>The most bytes of an answer, from <c>H</c> to <c>\r</c>.</summary>
    public const int MaxLength = 1024;

    private const int TextStart = 1 + LineDigits.Length;

    /// <param name="received">Everything received since the command was sent.</param>
    /// <param name="line">The line that the answer has to name.</param>
    /// <param name="text">The answer's text, when it is complete. The common <c>OK</c> costs no allocation.</param>
    /// <param name="length">How many bytes the answer has, when it is complete.</param>
    public static ReplyStatus Read(in ReadOnlySequence<byte> received, LineNumber line, out string? text, out int length)
    {
        (text, length) = (null, 0);
        Span<byte> digits = stackalloc byte[LineDigits.Length];
        Span<char> characters = stackalloc char[MaxLength];
        var reader = new SequenceReader<byte>(received);
        for (var at = 0; at < MaxLength && reader.TryRead(out var value); at++)
        {
            if (value == '\r' && at >= TextStart)
            {
                length = at + 1;
                text = TextOf(characters[TextStart..at]);
                return ReplyStatus.Complete;
            }
            if (!MayStandAt(at, value)) return ReplyStatus.Malformed;
            if (at is >= 1 and < TextStart) digits[at - 1] = value;
            if (at == TextStart - 1 && !(LineDigits.TryRead(digits, out var actual) && actual == line)) return ReplyStatus.WrongLine;
            characters[at] = value < 0x80 ? (char)value : '?';
        }
        return received.Length >= MaxLength ? ReplyStatus.TooLong : ReplyStatus.NeedsMore;
    }

    private static bool MayStandAt(int index, byte value) => index switch
    {
        0 => value == 'H',
        < TextStart => char.IsAsciiDigit((char)value),
        _ => value is >= 0x20 and not 0x7F,
    };

    private static string TextOf(ReadOnlySpan<char> characters) =>
        characters.SequenceEqual(ResultCodes.Ok) ? ResultCodes.Ok : new string(characters);
}

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
