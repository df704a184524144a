using System.Globalization;
using System.Text;

namespace Ppv.Benchmarks.Report;

/// <summary>
/// The measured part of docs/performance.md, made of the scenarios' figures (pure). What stands outside of its marks is kept.
/// </summary>
internal static class PerformancePage
{
    public const string Begin = "<!-- From here on ./bench.sh writes; what is written by hand goes before or after. -->";
    public const string End = "<!-- Up to here. -->";

    /// <summary>The page with a new measured part.</summary>
    public static string Replace(string page, string measured)
    {
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
            throw new InvalidDataException($"The page has no place for what was measured. Put these two lines into it: {Begin} {End}");
        return page[..(begin + Begin.Length)] + "\n\n" + measured.Trim() + "\n\n" + page[end..];
    }

    /// <summary>All that was measured.</summary>
    /// <param name="scenarios">The scenarios' figures, in the order in which they are to be shown.</param>
    /// <param name="details">What a scenario has to show besides, as Markdown, by its name.</param>
    /// <param name="machine">What was measured on.</param>
    /// <param name="day">When.</param>
    public static string Measured(
        IReadOnlyList<ScenarioFigures> scenarios, IReadOnlyDictionary<string, string> details, string machine, DateOnly day)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            Measured by `./bench.sh` on {day:yyyy-MM-dd}: {machine}.

            ## What is to be reached

            {Table(scenarios)}

            """);
        foreach (var (scenario, figures) in scenarios)
        {
            var others = figures.Where(figure => figure.Bound is "").ToList();
            var detail = details.GetValueOrDefault(scenario);
            if (others.Count == 0 && detail is null) continue;
            text.Append(CultureInfo.InvariantCulture, $"\n## {TitleOf(scenario)}\n\nAgain: `./bench.sh --only {scenario}`\n");
            if (detail is not null) text.Append('\n').Append(detail.Trim()).Append('\n');
            // What has tables of its own shows its figures in them.
            else text.Append("\n| what | figure | |\n|---|---|---|\n").AppendJoin("", others.Select(Row));
        }

        return text.ToString();
    }

    /// <summary>Every figure that has a bound: what, figure, to reach, met.</summary>
    public static string Table(IEnumerable<ScenarioFigures> scenarios) =>
        "| what | figure | to reach | met |\n|---|---|---|---|\n" + string.Join('\n', scenarios
            .SelectMany(scenario => scenario.Figures).Where(figure => figure.Bound is not "").Select(BoundRow));

    private static string BoundRow(Figure figure) =>
        $"| {figure.What} | **{figure.Reading}** {figure.Detail} | {figure.Bound} | {(figure.Met ? "yes" : "**no**")} |";

    private static string Row(Figure figure) => $"| {figure.What} | {figure.Reading} | {figure.Detail} |\n";

    private static string TitleOf(string scenario) => scenario switch
    {
        "compare" => "Request and reply beside their peers",
        "cost" => "What a call allocates",
        "micro" => "Codec, dialect, choice of a line, table of waiting calls",
        "orders" => "Orders from HTTP to Wizard and back",
        "lines" => "Lines kept busy",
        "memory" => "Memory after many orders",
        "journal" => "The journal",
        "start" => "From start to ready",
        "scale" => "Many sites, simulated",
        "board" => "The line board",
        _ => scenario,
    };
}
