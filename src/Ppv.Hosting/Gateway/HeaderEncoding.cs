using System.Text;

namespace Ppv.Hosting.Gateway;

/// <summary>
/// Reads the headers of requests: any byte is a character. With UTF-8, or where a zero byte is none, Kestrel refuses an order without a
/// code; a zero byte in the trailers of a body would even be a fault of ours, with two stack traces in the log.
/// </summary>
internal sealed class HeaderEncoding : Encoding
{
    public static readonly HeaderEncoding Instance = new();

    public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    /// <summary>The same without copies: this is how a text of a span is made, for each header of each request.</summary>
    public override unsafe int GetCharCount(byte* bytes, int count) => count;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        Read(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    /// <summary>As the other <see cref="GetCharCount(byte*, int)"/>.</summary>
    public override unsafe int GetChars(byte* bytes, int byteCount, char* chars, int charCount) =>
        Read(new ReadOnlySpan<byte>(bytes, byteCount), new Span<char>(chars, charCount));

    public override int GetMaxByteCount(int charCount) => Latin1.GetMaxByteCount(charCount);

    public override int GetMaxCharCount(int byteCount) => byteCount;

    private static int Read(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var count = Latin1.GetChars(bytes, chars);
        chars[..count].Replace('\0', '\uFFFD');
        return count;
    }
}
