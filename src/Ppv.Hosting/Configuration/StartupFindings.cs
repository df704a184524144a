using System.Globalization;

namespace Ppv.Hosting.Configuration;

/// <summary>
/// What was found while the host was put together, where nothing can be logged yet: problems fail the validation at start, warnings are
/// logged at start. Each text is kept once, as one line.
/// </summary>
internal sealed class StartupFindings
{
    private readonly Lock _gate = new();
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];

    public IReadOnlyList<string> Problems
    {
        get { lock (_gate) return [.. _problems]; }
    }

    public IReadOnlyList<string> Warnings
    {
        get { lock (_gate) return [.. _warnings]; }
    }

    public void AddProblem(string text) => Add(_problems, text);

    public void AddWarning(string text) => Add(_warnings, text);

    private void Add(List<string> texts, string text)
    {
        text = OneLine(text);
        lock (_gate)
        {
            if (!texts.Contains(text, StringComparer.Ordinal)) texts.Add(text);
        }
    }

    /// <summary>A key's name in a file may hold what would break a log line, or turn the writing around in it.</summary>
    private static string OneLine(string text) => string.Create(text.Length, text, static (line, text) =>
    {
        for (var i = 0; i < line.Length; i++)
            line[i] = char.GetUnicodeCategory(text[i]) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator ? '?' : text[i];
    });
}
