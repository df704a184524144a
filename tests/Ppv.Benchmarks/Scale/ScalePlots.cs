namespace Ppv.Benchmarks.Scale;

/// <summary>The pictures of docs/scale.md.</summary>
internal static class ScalePlots
{
    public static string Load(Day day)
    {
        var highest = Math.Ceiling(day.OrdersPerSecond.Max() / 50) * 50;
        return new Plot($"A day of {day.Sites.Count} sites: orders", new("hour", 0, 24, 2), new("orders a second", 0, highest, highest / 5))
            .Line("all sites", Hourly(day.OrdersPerSecond)).ToSvg();
    }

    public static string Lines(Day day)
    {
        var plot = new Plot("The same day: lines held by calls", new("hour", 0, 24, 2), new("share of the lines, %", 0, 100, 20))
            .Line("undisturbed sites", Percent(day.HeldShares(day.Undisturbed)));
        if (day.TooBig.Any()) plot.Line("sites with too many", Percent(day.HeldShares(day.TooBig)));
        return plot.ToSvg();
    }

    public static string Waits(Findings findings)
    {
        var setup = Scenarios.Steady(1, 0.5, hangUps: false, TimeSpan.Zero);
        var curve = Enumerable.Range(50, 49).Select(percent => (percent / 100.0, WaitAtLoad.ErlangAt(setup, percent / 100.0)));
        return new Plot(
                "29 lines: the wait for one", new("load: calls a second x seconds they hold a line / lines", 0.5, 1, 0.1),
                new("mean wait, s", 0, 12, 2))
            .Line("Erlang C", curve)
            .Dots("simulated", findings.Waits.Select(at => (at.Load, at.Simulated)))
            .Dots("simulated, 6 % hang up", findings.Waits.Select(at => (at.Load, at.HangingUp)))
            .ToSvg();
    }

    private static IEnumerable<(double X, double Y)> Percent(IReadOnlyList<double> minutes) =>
        Hourly([.. minutes.Select(share => 100 * share)]);

    /// <summary>Five minutes make a point.</summary>
    private static IEnumerable<(double X, double Y)> Hourly(IReadOnlyList<double> minutes) =>
        minutes.Chunk(5).Select((five, index) => ((index + 0.5) / 12, five.Average()));
}
