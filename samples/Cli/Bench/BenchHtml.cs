using System.Globalization;
using System.Net;
using System.Text;

namespace Ppv.Samples.Cli.Bench;

/// <summary>A result as one page with plots that needs nothing else: no script, no other file, light or dark as the reader likes.</summary>
internal static class BenchHtml
{
    private const int TicksOverTime = 10;

    private const string Style = """
        :root { color-scheme: light dark; --c0: #0b6bcb; --c1: #c2410c; --c2: #7e22ce; --c3: #15803d; --soft: #8884; }
        @media (prefers-color-scheme: dark) { :root { --c0: #6cb6ff; --c1: #ff9f6b; --c2: #d2a8ff; --c3: #7ee2a8; } }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 820px; margin: 2em auto; padding: 0 1em; }
        table { border-collapse: collapse; margin: 1em 0; }
        th, td { padding: .2em .8em; text-align: right; border-bottom: 1px solid var(--soft); }
        th:first-child, td:first-child { text-align: left; } .bad { color: var(--c1); font-weight: bold; }
        svg { width: 100%; height: auto; margin: 1em 0; font-size: 11px; fill: currentColor; } .grid { stroke: var(--soft); }
        path { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
        .title { font-weight: bold; } .y, .legend { text-anchor: end; } .x { text-anchor: middle; }
        path.c0 { stroke: var(--c0); } path.c1 { stroke: var(--c1); } path.c2 { stroke: var(--c2); } path.c3 { stroke: var(--c3); }
        text.c0 { fill: var(--c0); } text.c1 { fill: var(--c1); } text.c2 { fill: var(--c2); } text.c3 { fill: var(--c3); }
        """;

    // How far right a percentile stands: 90, 99, 99.9 at equal distances, as HdrHistogram draws them.
    private static readonly double[] Percentiles =
        [0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 97, 98, 99, 99.3, 99.5, 99.7, 99.8, 99.9, 99.95, 99.99];

    /// <summary>The page.</summary>
    public static string Of(BenchResult result, string to, IReadOnlyList<ThresholdResult> thresholds, DateTimeOffset made)
    {
        var page = new StringBuilder();
        Add(page, $"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>ppv bench</title>");
        Add(page, $"<meta name=\"viewport\" content=\"width=device-width\"><style>{Style}</style></head><body>\n");
        Add(page, $"<h1>ppv bench{(result.IsInterrupted ? ", interrupted" : "")}</h1>\n");
        Add(page, $"<p>{Encoded(result.Plan.Description)}, to {Encoded(to)}. {made:yyyy-MM-dd HH:mm zzz}.</p>\n");
        Summary(page, result, thresholds);
        Latencies(page, result);
        page.Append(ByPercentile(result)).Append('\n').Append(OverTime(result, "Calls a second",
            ("started", second => second.Started), ("ended", second => second.Ended), ("failed", second => second.Failed)));
        page.Append('\n').Append(OverTime(result, "Latency of calls over time, ms",
            ("p50", second => second.P50), ("p95", second => second.P95), ("p99", second => second.P99), ("max", second => second.Max)));
        Codes(page, result);
        return page.Append("</body></html>\n").ToString();
    }

    private static void Summary(StringBuilder page, BenchResult result, IReadOnlyList<ThresholdResult> thresholds)
    {
        Add(page, $"<table><tr><th>calls</th><td>{result.Ended}</td><td>{result.CallsPerSecond:0.0}/s</td></tr>");
        Add(page, $"<tr><th>orders</th><td>{result.Orders}</td><td>{result.OrdersPerSecond:0.0}/s</td></tr>");
        Add(page, $"<tr><th>errors</th><td>{result.Failed}</td><td>{result.ErrorPercent:0.00} %</td></tr>");
        if (result.Abandoned > 0) Add(page, $"<tr><th>given up</th><td class=\"bad\">{result.Abandoned}</td><td></td></tr>");
        if (!result.KeptRate)
            Add(page, $"<tr><th class=\"bad\">rate not kept</th><td>{result.Started} of {result.Wanted:0} started</td><td></td></tr>");
        foreach (var each in thresholds)
        {
            var verdict = each.IsFailed ? "<td class=\"bad\">FAILED</td>" : "<td>good</td>";
            Add(page, $"<tr><th>fail if {Encoded(each.Condition)}</th><td>{Encoded(each.Shown)}</td>{verdict}</tr>");
        }

        page.Append("</table>\n");
    }

    private static void Latencies(StringBuilder page, BenchResult result)
    {
        page.Append("<table><tr><th>latency, ms</th><th>p50</th><th>p95</th><th>p99</th><th>p99.9</th><th>max</th><th>mean</th></tr>");
        if (result.Plan.Rate is not null) Row("call, when it was due (corrected for coordinated omission)", result.Latency);
        Row("call, when it started", result.ActualLatency);
        foreach (var (step, latency) in result.Steps) Row($"order {step}", latency);
        page.Append("</table>\n");

        void Row(string name, Latency latency)
        {
            Add(page, $"<tr><td>{Encoded(name)}</td>");
            foreach (var value in new[] { latency.At(50), latency.At(95), latency.At(99), latency.At(99.9), latency.Max, latency.Mean })
                Add(page, $"<td>{value:0.0}</td>");
            page.Append("</tr>");
        }
    }

    private static string ByPercentile(BenchResult result)
    {
        List<Curve> curves = [new("started", Points(result.ActualLatency))];
        if (result.Plan.Rate is not null) curves.Insert(0, new Curve("due", Points(result.Latency)));
        return SvgPlot.Draw("Latency of calls by percentile, ms", curves,
            [.. new[] { 0, 50, 90, 99, 99.9, 99.99 }.Select(percentile => (Place(percentile), Text($"{percentile:0.##} %")))]);

        static IReadOnlyList<(double X, double? Y)> Points(Latency latency) =>
            [.. Percentiles.Select(percentile => (Place(percentile), latency.At(percentile)))];
    }

    private static double Place(double percentile) => -Math.Log10(1 - (percentile / 100));

    private static string OverTime(BenchResult result, string title, params (string Name, Func<BenchSecond, double?> Value)[] curves)
    {
        var last = Math.Max(1, result.Seconds[^1].Second);
        var step = Math.Max(1, (int)Math.Ceiling((double)last / TicksOverTime));
        return SvgPlot.Draw(
            title,
            [.. curves.Select(curve => new Curve(
                curve.Name, [.. result.Seconds.Select(second => ((double)second.Second, curve.Value(second)))]))],
            [.. Enumerable.Range(0, (last / step) + 1).Select(tick => ((double)(tick * step), Text($"{tick * step} s")))]);
    }

    private static void Codes(StringBuilder page, BenchResult result)
    {
        var all = Math.Max(1, result.Codes.Values.Sum());
        page.Append("<table><tr><th>code</th><th>orders</th><th>%</th><th></th></tr>");
        foreach (var (code, count) in result.Codes.OrderByDescending(code => code.Value))
        {
            var share = 100.0 * count / all;
            Add(page, $"<tr><td>{Encoded(code)}</td><td>{count}</td><td>{share:0.00}</td><td>");
            Add(page, $"<svg viewBox=\"0 0 100 4\" style=\"width:12em;margin:0\">");
            Add(page, $"<rect width=\"{Math.Max(0.5, share):0.##}\" height=\"4\"/></svg></td></tr>");
        }

        page.Append("</table>\n");
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(Output.Printable.Text(text));

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static void Add(StringBuilder text, FormattableString part) => text.Append(part.ToString(CultureInfo.InvariantCulture));
}
