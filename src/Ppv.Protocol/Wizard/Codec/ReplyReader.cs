using System.Buffers;
using System.Text;

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

    /// <summary>What ends a text: its <c>\r</c>, and what may not be in it.</summary>
    private static readonly SearchValues<byte> ControlCharacters =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(value => (byte)value), 0x7F]);

    /// <param name="received">Everything received since the command was sent.</param>
    /// <param name="line">The line that the answer has to name.</param>
    /// <param name="text">The answer's text, when it is complete. The common <c>OK</c> costs no allocation.</param>
    /// <param name="length">How many bytes the answer has, when it is complete.</param>
    public static ReplyStatus Read(in ReadOnlySequence<byte> received, LineNumber line, out string? text, out int length)
    {
        if (received.IsSingleSegment)
        {
            var first = received.FirstSpan;
            return Read(first[..Math.Min(first.Length, MaxLength)], line, out text, out length);
        }

        Span<byte> joined = stackalloc byte[(int)Math.Min(received.Length, MaxLength)];
        received.Slice(0, joined.Length).CopyTo(joined);
        return Read(joined, line, out text, out length);
    }

    private static ReplyStatus Read(ReadOnlySpan<byte> received, LineNumber line, out string? text, out int length)
    {
        (text, length) = (null, 0);
        for (var at = 0; at < TextStart; at++)
        {
            if (at == received.Length) return ReplyStatus.NeedsMore;
            if (at == 0 ? received[at] != 'H' : !char.IsAsciiDigit((char)received[at])) return ReplyStatus.Malformed;
        }

        if (!LineDigits.TryRead(received[1..], out var actual) || actual != line) return ReplyStatus.WrongLine;
        var rest = received[TextStart..];
        var end = rest.IndexOfAny(ControlCharacters);
        if (end < 0) return received.Length == MaxLength ? ReplyStatus.TooLong : ReplyStatus.NeedsMore;
        if (rest[end] != '\r') return ReplyStatus.Malformed;
        (text, length) = (TextOf(rest[..end]), TextStart + end + 1);
        return ReplyStatus.Complete;
    }

    private static string TextOf(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("OK"u8) ? ResultCodes.Ok : Encoding.ASCII.GetString(text);
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
