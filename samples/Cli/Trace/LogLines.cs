using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ppv.Protocol.Text;

namespace Ppv.Samples.Cli.Trace;

/// <summary>
/// Finds the lines of log files that name an order or a call: the old programs' lines (contract §4), which ours write too, and ours as
/// JSON. Old programs write subscribers' numbers in full; they are masked here.
/// </summary>
internal static partial class LogLines
{
    /// <summary>The most lines that are taken from one file.</summary>
    public const int MaxLines = 10_000;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; a program may be writing to it.</param>
    /// <param name="ids">What a line must name at least one of.</param>
    /// <param name="unmasked">Whether subscribers' numbers are shown as they stand.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static List<TraceEvent> Read(string path, IReadOnlyCollection<string> ids, bool unmasked)
    {
        var events = new List<TraceEvent>();
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        var name = Path.GetFileName(path);
        while (events.Count < MaxLines && reader.ReadLine() is { } line)
        {
            if (!ids.Any(id => Names(line, id))) continue;
            var (at, text) = Parse(line);
            events.Add(new TraceEvent(at, name, null, unmasked ? text : Masked(text)));
        }

        return events;
    }

    /// <summary>The time of a line and what it says; the line itself where it has another form.</summary>
    public static (DateTimeOffset? At, string Text) Parse(string line)
    {
        if (line.StartsWith('{') && OfJson(line) is { } found) return found;
        if (OldLine().Match(line) is { Success: true } old
            && DateTime.TryParseExact(old.Groups["time"].Value, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeLocal, out var local))
            return (new DateTimeOffset(local), $"{old.Groups["level"].Value} {old.Groups["text"].Value}");
        return (null, line);
    }

    /// <summary>The text with each subscriber's number masked, in the forms in which programs write it.</summary>
    public static string Masked(string text) =>
        Subscriber().Replace(Quoted().Replace(Frame().Replace(text, MaskedNumber), MaskedNumber), MaskedNumber);

    private static string MaskedNumber(Match match) =>
        $"{match.Groups["before"].Value}{SubscriberNumber.Masked(match.Groups["number"].Value)}";

    /// <summary>Whether the line has the id, and not only a longer one with the same beginning or end.</summary>
    private static bool Names(string line, string id)
    {
        for (var at = line.IndexOf(id, StringComparison.OrdinalIgnoreCase); at >= 0;
            at = line.IndexOf(id, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            if ((at == 0 || !char.IsAsciiLetterOrDigit(line[at - 1]))
                && (at + id.Length == line.Length || !char.IsAsciiLetterOrDigit(line[at + id.Length])))
                return true;
        }

        return false;
    }

    private static (DateTimeOffset? At, string Text)? OfJson(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (!root.TryGetProperty("Message", out var message) || message.ValueKind != JsonValueKind.String) return null;
            DateTimeOffset? at = root.TryGetProperty("Timestamp", out var time)
                && time.TryGetDateTimeOffset(out var moment) ? moment : null;
            var level = root.TryGetProperty("LogLevel", out var word) ? word.ToString() : "";
            return (at, $"{level} {message.GetString()}".Trim());
        }
        catch (JsonException)
        {
            return null; // It only begins like it.
        }
    }

    [GeneratedRegex(
        @"^(?<level>[A-Z]+):[^|]*\| (?<text>.*) '' \| \((?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \|  .*  \|  \d+\)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex OldLine();

    /// <summary>A request to Wizard: the number is filled up with spaces, and may have single ones in it.</summary>
    [GeneratedRegex(@"(?<before>A\d{3}EN)(?<number>(?>[^\s'""\\*]+(?: [^\s'""\\*]+)*))(?!\*)", RegexOptions.CultureInvariant)]
    private static partial Regex Frame();

    /// <summary>A value in quotes, escaped or not, of JSON, of Python 3 and of Python 2.</summary>
    [GeneratedRegex(
        @"(?<before>\\*['""]EN\\*['""]\s*:\s*[ub]?\\*['""])(?<number>[^'""\\*]+)(?=['""\\])",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Quoted();

    /// <summary>EN and a number behind it, whatever is between them: quotes, an equals sign, the escapes of an address or a page.</summary>
    [GeneratedRegex(
        @"(?<before>(?:(?<![A-Za-z0-9])|(?<=%[0-9A-F]{2})|(?<=\\u[0-9A-F]{4}))EN"
            + @"(?:%[0-9A-F]{2}|\\u[0-9A-F]{4}|&\#?\w+;|[^A-Za-z0-9*,.;])*)"
            + @"(?<number>(?=[A-Za-z0-9]*\d)(?>[A-Za-z0-9][^\s'""\\*,;%&<>)\]}]*))(?!\*)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Subscriber();
}
