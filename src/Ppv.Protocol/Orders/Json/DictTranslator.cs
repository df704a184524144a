namespace Ppv.Protocol.Orders.Json;

/// <summary>
/// Turns a Python-style dict into JSON: quotes, and the words None, True and False. JSON stays as it is. What is neither comes out as
/// something that a JSON reader refuses; nothing is judged here.
/// </summary>
internal static class DictTranslator
{
    /// <summary>The most bytes that come out for <paramref name="inputLength"/> bytes: each may get a backslash in front.</summary>
    public static int MaxOutputLength(int inputLength) => 2 * inputLength;

    public static int Translate(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var (read, written) = (0, 0);
        while (read < input.Length)
        {
            var rest = input[read..];
            var length = rest[0] switch
            {
                (byte)'"' => CopyDoubleQuoted(rest, output, ref written),
                (byte)'\'' => TranslateSingleQuoted(rest, output, ref written),
                var first when IsLetter(first) => TranslateWord(rest, output, ref written),
                _ => Copy(rest[..1], output, ref written),
            };
            read += length;
        }
        return written;
    }

    private static int CopyDoubleQuoted(ReadOnlySpan<byte> input, Span<byte> output, ref int written)
    {
        var end = 1;
        while (end < input.Length && input[end] != '"')
            end += input[end] == '\\' ? 2 : 1;
        return Copy(input[..Math.Min(end + 1, input.Length)], output, ref written);
    }

    private static int TranslateSingleQuoted(ReadOnlySpan<byte> input, Span<byte> output, ref int written)
    {
        Copy("\""u8, output, ref written);
        var at = 1;
        while (at < input.Length && input[at] != '\'')
        {
            if (input[at] == '\\' && at + 1 < input.Length)
            {
                // JSON knows no \' and needs none; every other escape is left to the JSON reader.
                Copy(input[at + 1] == '\'' ? "'"u8 : input.Slice(at, 2), output, ref written);
                at += 2;
                continue;
            }
            if (input[at] == '"')
                Copy("\\"u8, output, ref written);
            at += Copy(input.Slice(at, 1), output, ref written);
        }
        if (at == input.Length) return at;
        Copy("\""u8, output, ref written);
        return at + 1;
    }

    private static int TranslateWord(ReadOnlySpan<byte> input, Span<byte> output, ref int written)
    {
        var length = 1;
        while (length < input.Length && IsLetter(input[length])) length++;
        var word = input[..length];
        if (word.SequenceEqual("None"u8)) word = "null"u8;
        else if (word.SequenceEqual("True"u8)) word = "true"u8;
        else if (word.SequenceEqual("False"u8)) word = "false"u8;
        Copy(word, output, ref written);
        return length;
    }

    private static int Copy(ReadOnlySpan<byte> bytes, Span<byte> output, ref int written)
    {
        bytes.CopyTo(output[written..]);
        written += bytes.Length;
        return bytes.Length;
    }

    private static bool IsLetter(byte value) => char.IsAsciiLetter((char)value);
}
