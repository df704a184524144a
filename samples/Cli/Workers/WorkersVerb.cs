using System.CommandLine;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Presence;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Targets;

namespace Ppv.Samples.Cli.Workers;

/// <summary><c>ppv workers</c>: asks over the bus which workers serve which queue.</summary>
internal static class WorkersVerb
{
    public static Command Create(CliEnvironment environment)
    {
        var targets = new TargetOptions(environment);
        var wait = new Option<string>("--wait")
        {
            Description = "How long to wait for answers, such as 500ms or 2s.",
            DefaultValueFactory = _ => "1s",
        };
        var all = new Option<bool>("--all") { Description = "Lists gateways and other clients, too." };
        var json = CommonOptions.Json();
        wait.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !WaitRule.TryParse(token.Value, out _)) result.AddError(WaitRule.Sentence);
        });
        var verb = new Verb(
            "workers", "Asks over the bus which workers serve which queue; the exit code says whether each queue has one.",
            "ppv workers --amqp amqp://ops:secret@kfs-gax:5672/%2Fppv", "ppv workers --queue prod.ppv.kfs --wait 3s",
            "ppv workers --all --json")
        {
            wait, all, json,
        };
        targets.AddTo(verb, TargetParts.Amqp | TargetParts.Queue);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var target = targets.ResolveOrGuess(parsed, TargetParts.Amqp | TargetParts.Queue);
            var patience = WaitRule.Parse(parsed.GetRequiredValue(wait));
            var view = await AskAsync(environment, target.Amqp, target.Queue, patience, parsed.GetValue(all), cancellationToken);
            foreach (var problem in view.Problems) await environment.Error.WriteLineAsync(problem);
            if (parsed.GetValue(json)) CliJson.Write(environment, view);
            else new WorkersPrinter(environment).Print(view, string.Join(" and ", target.Amqp.Select(AmqpAddress.Masked)));
            return view.IsServed ? ExitCodes.Ok : ExitCodes.NotOk;
        });
        return verb;
    }

    private static async Task<BusView> AskAsync(
        CliEnvironment environment, IReadOnlyList<string> addresses, string? queue, TimeSpan patience, bool withClients,
        CancellationToken cancellationToken)
    {
        try
        {
            var question = new PresenceQuestion(null, AmqpAddress.ToOptions(addresses, "ppv workers"), environment.Time);
            var result = await question.AskAsync(patience, cancellationToken);
            return BusView.Of(result.Reports, queue, withClients, [.. result.Problems.Select(AmqpAddress.InWordsOfTheTool)]);
        }
        catch (BrokerException problem)
        {
            throw new CliException(AmqpAddress.InWordsOfTheTool(problem.Message), ExitCodes.Unreachable, problem);
        }
    }
}
