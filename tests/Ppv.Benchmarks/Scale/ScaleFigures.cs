using System.Globalization;
using Ppv.Benchmarks.Report;

namespace Ppv.Benchmarks.Scale;

/// <summary>The findings as figures, with the bounds that make the verb fail.</summary>
internal static class ScaleFigures
{
    public static IReadOnlyList<Figure> Of(Findings findings)
    {
        var (day, broken, (model, stack)) = (findings.Day, findings.Violations, findings.Sample);
        var (held, busy) = Day.PeakShares(day.Undisturbed);
        var saturation = Queueing.Ceiling(29, CallProfile.Programs.Latency);
        return
        [
            new("a confirm that Wizard was sent twice", broken.Twice, "confirms", AtMost: 0),
            new("a purchase of another caller's event", broken.AnothersEvent, "confirms", AtMost: 0),
            new("a purchase that nobody knows of", broken.Lost, "confirms", AtMost: 0),
            new("a purchase whose caller was told that nothing was bought", broken.BoughtAfterNo, "confirms", AtMost: 0),
            new("a confirm without an end", broken.NeverTold, "confirms", AtMost: 0),
            new("an answer after its caller's deadline", broken.Late, "orders", AtMost: 0),
            new("orders a second of programs in plenty, over lines / latency", findings.Saturated.Model / saturation, "x", AtLeast: 0.97,
                AtMost: 1.02, Detail: Text($"29 lines, {CallProfile.Programs.Latency.TotalMilliseconds:0} ms: {saturation:0} orders/s")),
            new("the same, model over whole stack", findings.Saturated.Model / findings.Saturated.Stack, "x", 0.97, 1.03),
            new("orders answered, model over whole stack", Ratio(model.Ledger.Answered.Count, stack.Ledger.Answered.Count), "x", 0.98, 1.02,
                "20 minutes at 95 % load, a broker host killed"),
            new("calls that failed or started over, model less whole stack",
                100 * (DisturbedShare(model) - DisturbedShare(stack)), "%", -1, 1),
            new("lines held, model over whole stack",
                Ratio(model.Lines.Average(at => at.Held), stack.Lines.Average(at => at.Held)), "x", 0.98, 1.02),
            new("mean wait for a line, model over whole stack",
                Ratio(model.Ledger.Waits.MeanSeconds, stack.Ledger.Waits.MeanSeconds), "x", 0.9, 1.1),
            .. findings.Waits.Where(at => at.Load is >= 0.7 and <= 0.9).Select(at => new Figure(
                Text($"mean wait for a line at {at.Load * 100:0} % load"), at.Simulated, "s",
                Detail: Text($"Erlang C: {at.Erlang:0.000} s"))),
            new("calls in a day", day.Calls.Count, "calls", Detail: Text($"{day.Sites.Count} sites of 29 lines")),
            new("orders in a day", day.Orders, "orders"),
            new("orders in the busiest second, all sites", day.BusiestSecond, "orders/s"),
            new("orders a second in the busiest minute, busiest site", day.BusiestSiteOrders, "orders/s"),
            new("lines held in the busiest hour, undisturbed sites", 100 * held, "%"),
            new("lines with a command on them in that hour", 100 * busy, "%"),
            new("wait for a line in that hour, p99, undisturbed sites", Day.PeakWaitsOf(day.Undisturbed).Quantile(0.99), "s"),
            new("calls rejected in that hour, undisturbed sites", 100 * Day.PeakRejected(day.Undisturbed), "%"),
            new("confirms whose caller was told that the outcome is unknown", day.UnknownConfirms, "confirms"),
            .. findings.Effects.Select(effect => new Figure(
                $"{effect.Trouble.Kind}: calls disturbed", 100 * effect.Share, "%",
                Detail: Text(
                    $"of {effect.Calls}; gap {effect.Gap.TotalSeconds:0.0} s, orders failed for {effect.Recovery.TotalSeconds:0} s"))),
        ];
    }

    private static double DisturbedShare(SiteResult site) =>
        site.Ledger.Calls.Count(call => call.IsDisturbed) / (double)site.Ledger.Calls.Count;

    private static double Ratio(double one, double other) => other == 0 ? (one == 0 ? 1 : double.NaN) : one / other;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
