using System.Globalization;
using Ppv.Samples.Cli.Output;
using Spectre.Console;

namespace Ppv.Samples.Cli.Bench;

/// <summary>Prints a result for people.</summary>
internal sealed class BenchPrinter(IAnsiConsole console)
{
    private const int LabelWidth = 11;
    private const int RowWidth = 22;
    private const int CellWidth = 9; // So that a row has fewer than 80 characters.
    private const int BarWidth = 40;

    public void Print(BenchResult result, string to, IReadOnlyList<ThresholdResult> thresholds)
    {
        Heading(result.IsInterrupted ? "bench, interrupted: what was measured so far" : "bench");
        Line("to", to);
        Line("load", result.Plan.Description);
        Line("calls", Text($"{result.Ended} in {result.Elapsed.TotalSeconds:0.0} s, {result.CallsPerSecond:0.0}/s"));
        if (result.Wanted is { } wanted) Line("started", Started(result, wanted), result.KeptRate ? "default" : "yellow");
        if (result.Plan.MaxLines is { } lines) Line("lines", Lines(result, lines), result.IsHeldUpByLines ? "yellow" : "default");
        Line("orders", Text($"{result.Orders}, {result.OrdersPerSecond:0.0}/s"));
        Line("errors", Text($"{result.Failed} calls ({result.ErrorPercent:0.00} %)"), result.Failed == 0 ? "default" : "red");
        if (result.Abandoned > 0) Line("given up", Text($"{result.Abandoned} calls that had no answer yet; they may still buy"), "red");
        console.WriteLine();
        PrintLatency(result);
        PrintCodes(result);
        if (thresholds.Count == 0) return;
        Heading("fail if");
        foreach (var each in thresholds)
            Line(each.Condition, $"{each.Shown}: {(each.IsFailed ? "FAILED" : "good")}", each.IsFailed ? "red" : "green");
        console.WriteLine();
    }

    private static string Started(BenchResult result, double wanted) => result.KeptRate
        ? Text($"{result.Started}, {result.Lag.At(99) ?? 0:0.0} ms late at most for 99 %")
        : Text($"{result.Started} of {wanted:0}: the rate was NOT kept, 99 % started up to {result.Lag.At(99) ?? 0:0.0} ms late, because ")
            + "too many calls were under way, or this computer is too slow; take the rate lower";

    private static string Lines(BenchResult result, int most) => result.IsHeldUpByLines
        ? Text($"{most} at a time, and calls waited up to {result.LineWait.At(99) ?? 0:0.0} ms for one: this limit is what was measured; ")
            + "take the load lower, or more lines (--max-lines)"
        : Text($"{most} at a time; the others were left to callers");

    private void PrintLatency(BenchResult result)
    {
        Heading("latency, ms".PadRight(RowWidth) + Cells("p50", "p95", "p99", "p99.9", "max", "mean"));
        if (result.Plan.Rate is not null)
        {
            Row("call, when it was due", result.Latency);
            Row("call, when it started", result.ActualLatency);
        }
        else
        {
            Row("call", result.Latency);
        }

        foreach (var (step, latency) in result.Steps) Row($"order {step}", latency);
        console.WriteLine(result.Plan.Rate is not null
            ? "  The first row is corrected for coordinated omission: calls that a stall held up count from when they were due."
            : "  Not corrected for coordinated omission: in a stall callers wait, and the calls that they did not place are missing. Use "
                + "--rate.");
        console.WriteLine();
    }

    private void PrintCodes(BenchResult result)
    {
        Heading("codes");
        var all = Math.Max(1, result.Codes.Values.Sum());
        foreach (var (code, count) in result.Codes.OrderByDescending(code => code.Value))
            Line(code, Text($"{count,CellWidth} {100.0 * count / all,6:0.00} %  {Bars.Between(0, (double)count / all, BarWidth)}"));
        if (result.Codes.Count == 0) console.WriteLine("  No order was answered.");
        console.WriteLine();
    }

    private void Row(string name, Latency latency) =>
        console.WriteLine($"  {name.PadRight(RowWidth - 2)}" + Cells(
            [.. new[] { latency.At(50), latency.At(95), latency.At(99), latency.At(99.9), latency.Max, latency.Mean }
                .Select(value => value is { } ms ? Text($"{ms:0.0}") : "-")]));

    private static string Cells(params string[] texts) => string.Concat(texts.Select(text => text.PadLeft(CellWidth)));

    private void Heading(string text) => console.MarkupLine($"[bold]{Markup.Escape(text)}[/]");

    private void Line(string label, string value, string color = "default") =>
        console.MarkupLine($"  [grey]{Printable.InMarkup(label.PadRight(LabelWidth))}[/] [{color}]{Printable.InMarkup(value)}[/]");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
