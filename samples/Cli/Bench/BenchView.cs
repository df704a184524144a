using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ppv.Samples.Cli.Bench;

/// <summary>
/// Shows how it goes while it goes: on a terminal a view that changes in its place, else a line on standard error every few seconds.
/// </summary>
internal sealed class BenchView(CliEnvironment environment, BenchPlan plan, BenchRecorder recorder)
{
    private const int BarWidth = 40;
    private const int MaxCodes = 8;
    private static readonly TimeSpan LiveEvery = TimeSpan.FromMilliseconds(250), LineEvery = TimeSpan.FromSeconds(5);

    /// <summary>Shows it until the run is over, however it ends.</summary>
    public Task ShowAsync(Task run, bool isLive, CancellationToken stop) => isLive
        ? environment.Console.Live(Picture(stop)).AutoClear(true).StartAsync(async live =>
        {
            await EveryAsync(LiveEvery, run, () => live.UpdateTarget(Picture(stop)));
            await run;
        })
        : LinesAsync(run);

    private async Task LinesAsync(Task run)
    {
        await EveryAsync(LineEvery, run, () => environment.Error.WriteLine(Line(recorder.Result(plan, isInterrupted: false))));
        await run;
    }

    private async Task EveryAsync(TimeSpan pause, Task run, Action show)
    {
        using var over = new CancellationTokenSource();
        while (!run.IsCompleted)
        {
            if (await Task.WhenAny(run, Task.Delay(pause, environment.Time, over.Token)) == run) break;
            show();
        }

        await over.CancelAsync();
    }

    private static string Line(BenchResult result) => FormattableString.Invariant(
        $"{result.Elapsed.TotalSeconds:0} s: {result.Ended} calls, {result.OrdersPerSecond:0.0} orders/s, {Milliseconds(result)}, ")
        + FormattableString.Invariant($"{result.Failed} failed, {result.UnderWay} under way");

    private static string Milliseconds(BenchResult result) => FormattableString.Invariant(
        $"p50 {result.Latency.At(50) ?? 0:0.0} p95 {result.Latency.At(95) ?? 0:0.0} p99 {result.Latency.At(99) ?? 0:0.0} ms");

    private Rows Picture(CancellationToken stop)
    {
        var result = recorder.Result(plan, isInterrupted: false);
        var done = plan.Count is { } count ? (double)result.Ended / count : result.Elapsed / plan.Duration;
        List<IRenderable> rows =
        [
            new Markup($"[bold]bench[/] {Markup.Escape(plan.Description)}"),
            new Markup($"  [green]{Bars.Between(0, done, BarWidth).PadRight(BarWidth, '·')}[/] "
                + FormattableString.Invariant($"{Math.Min(1, done) * 100:0} %  {result.Elapsed.TotalSeconds:0.0} s")),
            new Text(FormattableString.Invariant($"  {result.Ended} calls, {result.OrdersPerSecond:0.0} orders/s, ")
                + FormattableString.Invariant($"{result.UnderWay} under way, {result.Failed} failed ({result.ErrorPercent:0.00} %)")),
            new Text($"  {Milliseconds(result)}"),
        ];
        rows.AddRange(result.Codes.OrderByDescending(code => code.Value).Take(MaxCodes).Select(
            code => new Text(FormattableString.Invariant($"  {Printable.Text(code.Key),-12}{code.Value,10}"))));
        rows.Add(new Markup(stop.IsCancellationRequested
            ? "  [yellow]Stopping; waiting a few seconds for the calls under way.[/]" : "  [grey]Ctrl-C stops and shows the result.[/]"));
        return new Rows(rows);
    }
}
