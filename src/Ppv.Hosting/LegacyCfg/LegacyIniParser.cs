namespace Ppv.Hosting.LegacyCfg;

using Sections = Dictionary<string, Dictionary<string, LegacyIniEntry>>;

/// <summary>
/// Takes a file apart as <c>RawConfigParser._read</c> of Python does with its defaults, line by line. Keys are compared in lower case;
/// beyond ASCII the two languages may differ in that, and no known key is there.
/// </summary>
internal sealed class LegacyIniParser
{
    private readonly Sections _sections = new(StringComparer.Ordinal) { [LegacyIni.DefaultSection] = NewSection() };
    private readonly Dictionary<string, int> _headers = new(StringComparer.Ordinal);
    private readonly List<string> _value = [];
    private Dictionary<string, LegacyIniEntry>? _section;
    private (string Name, int Line)? _key;
    private int _indent;

    /// <summary>The sections with their keys, [DEFAULT] always among them.</summary>
    /// <exception cref="LegacyIniException">Python refuses it too.</exception>
    public static Sections Parse(string text)
    {
        var parser = new LegacyIniParser();
        using var reader = new StringReader(text);
        for (var number = 1; reader.ReadLine() is { } line; number++) parser.Take(line, number);
        parser.EndValue();
        return parser._sections;
    }

    /// <summary>The form in which keys are compared.</summary>
    public static string Key(string text) => text.ToLowerInvariant();

    /// <summary>Without the white space around, by Python's understanding of it.</summary>
    public static string Strip(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsSpace(text[start])) start++;
        while (end > start && IsSpace(text[end - 1])) end--;
        return text[start..end];
    }

    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    private static Dictionary<string, LegacyIniEntry> NewSection() => new(StringComparer.Ordinal);

    private void Take(string line, int number)
    {
        var text = Strip(line);
        if (text is ['#' or ';', ..]) return; // Also inside a value; and only here: there are no comments behind one.
        if (text.Length == 0)
        {
            if (_key is not null) _value.Add("");
            return;
        }

        var indent = 0;
        while (IsSpace(line[indent])) indent++;
        if (_key is not null && indent > _indent)
        {
            _value.Add(text);
            return;
        }

        EndValue();
        _indent = indent;
        if (text[0] == '[' && text.LastIndexOf(']') is > 1 and var close) TakeHeader(text[1..close], number);
        else TakeKey(text, number);
    }

    private void TakeHeader(string name, int number)
    {
        if (name == LegacyIni.DefaultSection)
        {
            _section = _sections[name];
            return;
        }

        if (!_headers.TryAdd(name, number))
            throw new LegacyIniException(
                number, $"this section stands in line {_headers[name]} already. Bring its keys together under one header.");
        _section = _sections[name] = NewSection();
    }

    private void TakeKey(string text, int number)
    {
        if (_section is null)
            throw new LegacyIniException(number, text[0] == '\uFEFF'
                ? "the file begins with a byte order mark, which the old programs can't read either. Save it as UTF-8 without one."
                : "this stands above the first [section]. Move it below the header of its section.");
        var delimiter = text.AsSpan().IndexOfAny('=', ':');
        if (delimiter < 0)
            throw new LegacyIniException(number, "this is neither [section], nor key = value, nor a comment, which begins with # or ;.");
        var key = Key(Strip(text[..delimiter]));
        if (key.Length == 0)
            throw new LegacyIniException(number, "there is no key before the = or :. Write one, or begin the line with #.");
        if (_section.TryGetValue(key, out var first))
            throw new LegacyIniException(number, $"this key stands in line {first.Line} of the same section already. Keep one of them.");
        _section[key] = new LegacyIniEntry("", number);
        _key = (key, number);
        _value.Add(Strip(text[(delimiter + 1)..]));
    }

    private void EndValue()
    {
        if (_key is { } key)
        {
            var value = string.Join('\n', _value);
            var end = value.Length;
            while (end > 0 && IsSpace(value[end - 1])) end--;
            _section![key.Name] = new LegacyIniEntry(value[..end], key.Line);
        }

        _value.Clear();
        _key = null;
    }
}
