using System.Buffers;
using System.Text;

namespace Ppv.Protocol.Text;

/// <summary>A short piece of somebody else's input, made fit for an error message or a log line.</summary>
internal static class Excerpt
{
    private const int MaxLength = 32;

    public static string Of(ReadOnlySpan<byte> utf8) =>
        Of(Encoding.Latin1.GetString(utf8[..Math.Min(utf8.Length, MaxLength + 1)]));

    public static string Of(in ReadOnlySequence<byte> bytes) => Of(bytes.Slice(0, Math.Min(bytes.Length, MaxLength + 1)).ToArray());

    /// <summary>
    /// As <see cref="Of(ReadOnlySpan{byte})"/> for what should be an order and is none: each digit becomes <c>#</c>, because a subscriber's
    /// number may be among them.
    /// </summary>
    public static string WithoutDigits(ReadOnlySpan<byte> utf8) =>
        string.Concat(Of(utf8).Select(c => char.IsAsciiDigit(c) ? '#' : c));

    /// <summary>At most 32 characters; each that is not printable ASCII becomes <c>?</c>, so that no input can forge a log line.</summary>
    public static string Of(string text) => PlainText.Ascii(text, MaxLength) + (text.Length > MaxLength ? "..." : "");
}
