using System.Globalization;
using System.Text;

namespace Ppv.Benchmarks.Scale;

/// <summary>Writes the numbers of docs/scale.md, between its marks, and its pictures.</summary>
internal static class ScalePage
{
    private const string Begin = "<!-- The verb scale writes from here", End = "<!-- to here. -->";

    public static void Write(Findings findings)
    {
        var page = Path.Combine(Root(), "docs", "scale.md");
        var text = File.ReadAllText(page);
        var begin = text.IndexOf('\n', text.IndexOf(Begin, StringComparison.Ordinal)) + 1;
        var end = text.IndexOf(End, StringComparison.Ordinal);
        File.WriteAllText(page, text[..begin] + Numbers(findings) + text[end..]);
        var images = Path.Combine(Root(), "docs", "images");
        File.WriteAllText(Path.Combine(images, "scale-load.svg"), ScalePlots.Load(findings.Day));
        File.WriteAllText(Path.Combine(images, "scale-lines.svg"), ScalePlots.Lines(findings.Day));
        File.WriteAllText(Path.Combine(images, "scale-waits.svg"), ScalePlots.Waits(findings));
    }

    private static string Numbers(Findings findings)
    {
        var page = new StringBuilder("\n");
        WriteDay(page, findings.Day);
        WriteEffects(page, [.. findings.Day.Undisturbed], findings.Effects);
        WriteWaits(page, findings.Waits);
        WriteComparison(page, findings);
        return page.Append('\n').ToString();
    }

    private static void WriteDay(StringBuilder page, Day day)
    {
        var (ends, calls) = (day.Calls.CountBy(call => call.End).ToDictionary(), (double)day.Calls.Count);
        Write(page, $"{day.Sites.Count} sites of 29 lines, a day: {day.Calls.Count:#,##0} calls, {day.Orders:#,##0} orders, ");
        Write(page, $"{day.Purchases:#,##0} purchases. At most {day.BusiestSecond:#,##0} orders in a second, and ");
        Write(page, $"{day.BusiestSiteOrders:0.0} a second in the busiest minute of the busiest site.\n\n");
        Write(page, $"**Promises not kept: {day.Violations.Total}.**\n\n");
        Write(page, $"| of all calls | |\n|---|---|\n");
        foreach (var (end, name) in ((CallEnd, string)[])[
            (CallEnd.Bought, "bought"), (CallEnd.Refused, "refused by Wizard"), (CallEnd.HungUp, "hung up"),
            (CallEnd.Rejected, "told that nothing was bought, twice"), (CallEnd.Unknown, "told that the outcome is unknown")])
        {
            Write(page, $"| {name} | {100 * ends.GetValueOrDefault(end) / calls:0.000} % |\n");
        }

        Write(page, $"\n| busiest hour (19:15 to 20:15) | lines held | with a command on them | wait for a line p50 | p99 | rejected |\n");
        Write(page, $"|---|---|---|---|---|---|\n");
        WritePeak(page, "sites on which nothing goes wrong", [.. day.Undisturbed]);
        WritePeak(page, "sites with more callers than lines", [.. day.TooBig]);
        WritePeak(page, "all", day.Sites);
    }

    private static void WritePeak(StringBuilder page, string name, IReadOnlyList<SiteResult> sites)
    {
        if (sites.Count == 0) return;
        var ((held, busy), waits) = (Day.PeakShares(sites), Day.PeakWaitsOf(sites));
        Write(page, $"| {name} ({sites.Count}) | {100 * held:0} % | {100 * busy:0.0} % | {waits.Quantile(0.5):0.000} s | ");
        Write(page, $"{waits.Quantile(0.99):0.0} s | {100 * Day.PeakRejected(sites):0.0} % |\n");
    }

    private static void WriteEffects(StringBuilder page, IReadOnlyList<SiteResult> undisturbed, IReadOnlyList<TroubleEffect> effects)
    {
        Write(page, $"\n| what goes wrong | sites | calls meanwhile | disturbed | of these rejected | unknown | longest gap | ");
        Write(page, $"orders failed for |\n|---|---|---|---|---|---|---|---|\n");
        var peakCalls = undisturbed.Sum(site => site.Ledger.PeakWaits.Count);
        Write(page, $"| nothing, in the busiest hour | {undisturbed.Count} | {peakCalls:#,##0} | ");
        Write(page, $"{100 * Day.PeakDisturbed(undisturbed):0.0} % | | | | |\n");
        foreach (var effect in effects)
        {
            var trouble = effect.Trouble;
            var sites = trouble.Sites.End.Value - trouble.Sites.Start.Value;
            var recovery = effect.Recovery > TimeSpan.Zero
                ? string.Create(CultureInfo.InvariantCulture, $"{effect.Recovery.TotalSeconds:0} s")
                : "none did";
            Write(page, $"| {NameOf(trouble)} | {sites} | {effect.Calls:#,##0} | {100 * effect.Share:0.0} % | {effect.Failed} | ");
            Write(page, $"{effect.Unknown} | {effect.Gap.TotalSeconds:0.0} s | {recovery} |\n");
        }
    }

    private static void WriteWaits(StringBuilder page, IReadOnlyList<WaitAtLoad> waits)
    {
        Write(page, $"\n| load of 29 lines | Erlang C | simulated | simulated, 6 % hang up |\n|---|---|---|---|\n");
        foreach (var at in waits)
        {
            var erlang = double.IsFinite(at.Erlang) ? string.Create(CultureInfo.InvariantCulture, $"{at.Erlang:0.00} s") : "without end";
            Write(page, $"| {100 * at.Load:0} % | {erlang} | {at.Simulated:0.00} s | {at.HangingUp:0.00} s |\n");
        }
    }

    private static void WriteComparison(StringBuilder page, Findings findings)
    {
        var (model, stack) = findings.Sample;
        var ceiling = Queueing.Ceiling(29, CallProfile.Programs.Latency);
        Write(page, $"\n| | model | whole stack |\n|---|---|---|\n");
        Write(page, $"| programs in plenty, orders/s (29 lines / 150 ms = {ceiling:0.0}) | {findings.Saturated.Model:0.0} | ");
        Write(page, $"{findings.Saturated.Stack:0.0} |\n");
        Write(page, $"| 20 minutes at 95 % load, a host killed: orders answered | {model.Ledger.Answered.Count:#,##0} | ");
        Write(page, $"{stack.Ledger.Answered.Count:#,##0} |\n");
        Write(page, $"| orders that failed | {model.Ledger.Failed.Count} | {stack.Ledger.Failed.Count} |\n");
        Write(page, $"| mean wait for a line | {model.Ledger.Waits.MeanSeconds:0.00} s | {stack.Ledger.Waits.MeanSeconds:0.00} s |\n");
    }

    private static string NameOf(Trouble trouble) => trouble.Kind switch
    {
        TroubleKind.WorkerToStandby => "worker killed, a standby takes over",
        TroubleKind.WorkerRestart => Text($"worker killed, up again after {trouble.Length.TotalSeconds:0} s"),
        TroubleKind.HostKilled => "broker host killed, two others left",
        TroubleKind.HostFrozen => "broker host frozen, two others left",
        TroubleKind.LineDead => Text($"one line answers nothing for {trouble.Length.TotalMinutes:0} min"),
        TroubleKind.WizardSlow => Text($"Wizard {trouble.Amount} times as slow for {trouble.Length.TotalMinutes:0} min"),
        TroubleKind.WizardOutage => Text($"Wizard can't be reached for {trouble.Length.TotalMinutes:0} min"),
        _ => Text($"site lost for {trouble.Length.TotalMinutes:0} min"),
    };

    /// <summary>The folder of the repository: the benchmarks run from somewhere below it.</summary>
    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "RestRpc.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("--docs needs the repository around it.");
        return folder;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Write(StringBuilder page, FormattableString text) => page.Append(text.ToString(CultureInfo.InvariantCulture));
}
