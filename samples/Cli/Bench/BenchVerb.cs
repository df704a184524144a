using System.CommandLine;
using System.Globalization;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Routes;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Bench;

/// <summary><c>ppv bench</c>: places many calls, and measures how long they take.</summary>
internal static class BenchVerb
{
    public static Command Create(CliEnvironment environment)
    {
        var (routes, load) = (new RouteOptions(environment), new BenchOptions());
        var (yes, json) = (CommonOptions.Yes(), CommonOptions.Json());
        var csv = new Option<string?>("--csv") { Description = "Writes a line for each second to a file.", HelpName = "file" };
        var html = new Option<string?>("--html") { Description = "Writes a page with plots to a file.", HelpName = "file" };
        var verb = new Verb(
            "bench", "Places many calls, with numbers of their own, and measures how long they take. It asks first; by default they buy.",
            "ppv bench --rate 20/s --duration 30s --ramp 10s --fail-if 'p99>500ms' --fail-if 'errors>1%' --yes",
            "ppv bench --concurrency 8 --count 1000 --html bench.html", "ppv bench --steps EV,EN --rate 5/s --max-lines 4 --json --yes");
        var force = new Option<bool>("--force") { Description = "Replaces files that are there." };
        routes.AddTo(verb);
        load.AddTo(verb);
        foreach (var option in new Option[] { yes, json, csv, html, force }) verb.Add(option);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var (plan, thresholds) = (load.Plan(parsed), load.Thresholds(parsed));
            await using var route = routes.Create(parsed);
            var lines = await route.LinesAsync(cancellationToken);
            plan = plan with { MaxLines = load.MaxLines(parsed, lines) };
            await Consent.AskAsync(environment, parsed.GetValue(yes), WhatIsDone(plan, route, lines), cancellationToken);
            using var files = new BenchFiles(parsed.GetValue(csv), parsed.GetValue(html), parsed.GetValue(force));
            await route.ConnectAsync(cancellationToken);
            return await RunAsync(environment, route, lines, plan, thresholds, files, parsed.GetValue(json), cancellationToken);
        });
        return verb;
    }

    private static async Task<int> RunAsync(
        CliEnvironment environment, IRoute route, RouteLines lines, BenchPlan plan, IReadOnlyList<Threshold> thresholds, BenchFiles files,
        bool asJson, CancellationToken stop)
    {
        var recorder = new BenchRecorder(environment.Time, isOpen: plan.Rate is not null);
        using var bench = new BenchRun(route, lines, plan, recorder, environment.Time);
        var run = bench.RunAsync(stop);
        await new BenchView(environment, plan, recorder).ShowAsync(run, isLive: environment.CanRedraw && !asJson, stop);

        var result = recorder.Result(plan, stop.IsCancellationRequested);
        var judged = thresholds.Select(threshold => threshold.Judge(result)).ToList();
        if (asJson) CliJson.Write(environment, BenchReport.Of(result, route.Description, judged));
        else new BenchPrinter(environment.Console).Print(result, route.Description, judged);
        files.Write(result, route.Description, judged, environment.Time.GetLocalNow());
        if (result.IsInterrupted) return ExitCodes.Interrupted;
        return judged.Exists(each => each.IsFailed) ? ExitCodes.NotOk : ExitCodes.Ok;
    }

    private static string WhatIsDone(BenchPlan plan, IRoute route, RouteLines lines)
    {
        var times = plan.Count is { } count ? string.Create(CultureInfo.InvariantCulture, $"{count} times")
            : plan.Rate is { } rate ? string.Create(
                CultureInfo.InvariantCulture, $"about {Math.Ceiling(new Pacing(rate, plan.Ramp).CallsUntil(plan.Duration)):0} times")
            : $"as often as it can for {Amounts.Show(plan.Duration)}";
        var what = $"This {(plan.Buys ? "buys" : "chooses")} {times}, events and subscribers that it makes up, by {route.Description}"
            + $"{(plan.Buys ? "" : ", and buys nothing")}.";
        var takes = plan.MaxLines is { } most
            ? FormattableString.Invariant($"It takes up to {most} of {lines.CountInWords} lines from callers at a time.")
            : "It may take every line, and then callers are refused.";
        string?[] all = [what, takes, lines.Disturbs, plan.Buys ? route.Warning : null];
        return string.Join(' ', all.Where(sentence => sentence is not null));
    }
}
