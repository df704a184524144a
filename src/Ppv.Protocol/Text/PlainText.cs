using System.Globalization;
using System.Text;

namespace Ppv.Protocol.Text;

/// <summary>
/// Text from elsewhere, made fit to be shown: one line of characters that a reader sees. Whoever wrote it can't add a line, move a
/// cursor, or turn the text around it. Text that is fit already stays as it is.
/// </summary>
internal static class PlainText
{
    private const char Substitute = '?';
    private const string Cut = "...";

    /// <summary>
    /// The text on one line: a line break becomes a space, and what can't be seen (controls, format characters, half of a surrogate pair)
    /// a question mark.
    /// </summary>
    public static string Of(string text)
    {
        if (IsPlain(text)) return text;
        var line = new StringBuilder(text.Length);
        for (var rest = text.ReplaceLineEndings(" ").AsSpan(); rest.Length > 0;)
        {
            if (IsPlainAt(rest, out var length)) line.Append(rest[..length]);
            else line.Append(Substitute);
            rest = rest[length..];
        }

        return line.ToString();
    }

    /// <summary>The same, of at most so many characters and three dots.</summary>
    public static string Of(string text, int maxLength) => text.Length <= maxLength ? Of(text) : Of(text[..maxLength]) + Cut;

    /// <summary>The text with each character that is not printable ASCII as a question mark, and cut off at a length.</summary>
    public static string Ascii(string text, int maxLength) =>
        string.Create(Math.Min(text.Length, maxLength), text, static (line, text) =>
        {
            for (var i = 0; i < line.Length; i++) line[i] = text[i] is >= ' ' and <= '~' ? text[i] : Substitute;
        });

    /// <summary>Whether the text may be shown as it is.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text)
    {
        while (true)
        {
            var next = text.IndexOfAnyExceptInRange(' ', '~');
            if (next < 0) return true;
            if (!IsPlainAt(text[next..], out var length)) return false;
            text = text[(next + length)..];
        }
    }

    /// <summary>
    /// JSON with its format characters escaped, as its writer escapes controls: it says the same, and a terminal shows it in its order.
    /// </summary>
    public static string OfJson(string json)
    {
        if (!json.AsSpan().ContainsAnyExceptInRange('\0', '~')) return json;
        var escaped = new StringBuilder(json.Length);
        for (var rest = json.AsSpan(); rest.Length > 0;)
        {
            var isPlain = IsPlainAt(rest, out var length) || char.IsAscii(rest[0]);
            foreach (var unit in rest[..length])
            {
                if (isPlain) escaped.Append(unit);
                else escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
            }

            rest = rest[length..];
        }

        return escaped.ToString();
    }

    /// <summary>Whether the first character may be shown.</summary>
    private static bool IsPlainAt(ReadOnlySpan<char> text, out int length) =>
        Rune.DecodeFromUtf16(text, out var rune, out length) == System.Buffers.OperationStatus.Done && Rune.GetUnicodeCategory(rune) is not
            (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
