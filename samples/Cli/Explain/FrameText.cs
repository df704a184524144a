using System.Globalization;
using System.Text;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Explain;

/// <summary>Frames as people type them and read them: bytes that can't be typed are escaped.</summary>
internal static class FrameText
{
    private const int LongestHex = 16;
    private static readonly Dictionary<char, byte> Escapes = new() { ['r'] = 0x0D, ['n'] = 0x0A, ['t'] = 0x09, ['0'] = 0, ['\\'] = 0x5C };

    /// <summary>Bytes of a text with <c>\r</c>, <c>\n</c>, <c>\t</c>, <c>\0</c>, <c>\\</c> and <c>\x0D</c>; others are UTF-8.</summary>
    /// <exception cref="CliException">An escape is none of these.</exception>
    public static byte[] FromEscapes(string text)
    {
        var bytes = new List<byte>();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                var length = char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(at, length)));
                at += length - 1;
            }
            else if (at + 1 < text.Length && Escapes.TryGetValue(text[at + 1], out var value))
            {
                bytes.Add(value);
                at++;
            }
            else if (at + 3 < text.Length && text[at + 1] == 'x'
                && byte.TryParse(text.AsSpan(at + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value))
            {
                bytes.Add(value);
                at += 3;
            }
            else
            {
                throw new CliException(string.Create(CultureInfo.InvariantCulture, $@"The backslash at character {at} begins no escape: "
                    + $@"there are \r, \n, \t, \0, \x and two hexadecimal digits, and \\ for a backslash."), ExitCodes.BadArguments);
            }
        }

        return [.. bytes];
    }

    /// <summary>Bytes of pairs of hexadecimal digits; spaces, colons and dashes between them don't count.</summary>
    /// <exception cref="CliException">It is something else.</exception>
    public static byte[] FromHex(string text)
    {
        var digits = string.Concat(text.Where(character => character is not (' ' or ':' or '-')));
        try
        {
            return Convert.FromHexString(digits);
        }
        catch (FormatException e)
        {
            throw new CliException("--hex takes pairs of hexadecimal digits, such as '41 30 31 36 55 50 0D'.", ExitCodes.BadArguments, e);
        }
    }

    /// <summary>As a person reads it, in one line.</summary>
    public static string Show(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var value in bytes)
            _ = value switch
            {
                (byte)'\r' => text.Append("\\r"),
                (byte)'\n' => text.Append("\\n"),
                (byte)'\t' => text.Append("\\t"),
                >= 0x20 and < 0x7F => text.Append((char)value),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\x{value:X2}"),
            };
        return text.ToString();
    }

    /// <summary>As hexadecimal pairs; a long row of one byte, or of many, is shortened.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 3 && bytes.IndexOfAnyExcept(bytes[0]) < 0)
            return string.Create(CultureInfo.InvariantCulture, $"{bytes[0]:X2} x {bytes.Length}");
        var pairs = bytes[..Math.Min(bytes.Length, LongestHex)].ToArray()
            .Select(value => value.ToString("X2", CultureInfo.InvariantCulture));
        return string.Join(' ', pairs) + (bytes.Length > LongestHex ? " ..." : "");
    }
}
