using System.CommandLine;
using Ppv.Samples.Cli.Http;
using Ppv.Samples.Cli.Journal;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Targets;

namespace Ppv.Samples.Cli.Trace;

/// <summary><c>ppv trace</c>: everything that is known of an order or a call, in the order of time.</summary>
internal static class TraceVerb
{
    private static readonly TimeSpan HttpTimeout = TimeSpan.FromSeconds(10);

    public static Command Create(CliEnvironment environment)
    {
        var targets = new TargetOptions(environment);
        var id = new Argument<string>("id") { Description = "An order's id, or a call's connid." };
        var logs =
            new Option<string[]>("--log") { Description = "A log file of a gateway or a worker, old or new; may be given several times." };
        var noGateway = new Option<bool>("--no-gateway") { Description = "Does not ask the gateway." };
        var askGateway = new Option<bool>("--ask-gateway")
        {
            Description = "Asks the gateway, which asks the worker over the queue, also where an old worker may be: it stops at that. "
                + "Default: only where every worker is known to be a new one.",
        };
        var key = new Option<string?>("--key") { Description = "The key of a client, where the gateway wants one. Default: PPV_API_KEY." };
        var unmasked = new Option<bool>("--unmasked") { Description = "Shows subscribers' numbers in full." };
        var json = CommonOptions.Json();
        var verb = new Verb(
            "trace", "Shows what journal, gateway and log files know of an order or a call, in the order of time.",
            "ppv trace 0127032d64a94732",
            "ppv trace 01a218ff38c87ed9b6924e427444beea --log /var/log/ppv/gateway.log --log /var/log/ppv/worker.log",
            "ppv trace 0127032d64a94732 --no-gateway --journal journal.db")
        {
            id, logs, noGateway, askGateway, key, unmasked, json,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(noGateway) && result.GetValue(askGateway))
                result.AddError("Give one of --no-gateway and --ask-gateway.");
        });
        targets.AddTo(verb, TargetParts.Url | TargetParts.Journal);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var (files, parts) = (parsed.GetValue(logs) ?? [], TargetParts.Url | TargetParts.Journal);
            if (parsed.GetValue(noGateway)) parts = TargetParts.Journal;
            var target = files.Length > 0 ? targets.Resolve(parsed) : targets.ResolveOrGuess(parsed, parts, onlyIfNothing: true);
            var url = parsed.GetValue(noGateway) ? null : target.Url;
            if (target.Journal is null && url is null && files.Length == 0)
                throw new CliException("There is nobody to ask: give --journal, --url or --log, or a context that has one of them.",
                    ExitCodes.BadArguments);
            var tracer = new Tracer(parsed.GetRequiredValue(id), parsed.GetValue(unmasked));
            if (target.Journal is { } journal) tracer.AskJournal(journal);
            if (url is not null)
            {
                var gateway = new GatewaySource(
                    url, parsed.GetValue(key) ?? environment.Variable("PPV_API_KEY"), new HttpLook(HttpTimeout, environment.Time));
                await tracer.AskGatewayAsync(gateway, parsed.GetValue(askGateway), cancellationToken);
            }

            foreach (var file in files) tracer.AskLog(file);
            return await WriteAsync(environment, tracer.Result, parsed.GetValue(json));
        });
        return verb;
    }

    private static async Task<int> WriteAsync(CliEnvironment environment, TraceResult result, bool json)
    {
        if (json)
        {
            CliJson.Write(environment, result);
        }
        else
        {
            if (result.Events.Count > 0)
            {
                var table = new TextTable("time (UTC)", "source", "what");
                foreach (var found in result.Events)
                    table.Add(found.At is { } at ? JournalRecord.Time(at) : "now", found.Source, found.Text);
                table.Write(environment);
            }

            foreach (var source in result.NotAsked) await environment.Error.WriteLineAsync(Printable.Text(source));
        }

        if (result.IsKnown) return ExitCodes.Ok;
        if (!json) await environment.Error.WriteLineAsync("Nobody who could be asked knows of it.");
        return result.HasFailed ? ExitCodes.Unreachable : ExitCodes.NotOk;
    }
}
