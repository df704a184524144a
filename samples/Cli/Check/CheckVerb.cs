using System.CommandLine;
using System.Globalization;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Targets;

namespace Ppv.Samples.Cli.Check;

/// <summary>
/// <c>ppv check</c>: one look at one part of the system, for monitoring systems: thresholds, their formats, and their exit codes: 0 ok, 1
/// warning, 2 critical, 3 unknown, which bad arguments are, too.
/// </summary>
internal static class CheckVerb
{
    private const double DefaultTimeout = 10;
    private const double MaxTimeout = 60;

    public static Command Create(CliEnvironment environment)
    {
        var verb = new Verb("check", "Looks at one part of the system for a monitoring system. Exit codes: 0 ok, 1 warning, 2 critical, "
            + "3 unknown (bad arguments too).",
            "ppv check queue --amqp amqp://ops:secret@kfs-gax/%2Fppv --queue prod.ppv.kfs --warn depth=50 --critical depth=500",
            "ppv check journal --journal /var/lib/ppv/journal.db --critical age=2h",
            "ppv check gateway --url http://gw1:8070/api/v1/ppv --format prometheus")
        {
            BadArguments = (int)CheckStatus.Unknown,
        };
        verb.Add(One(environment, "gateway", "Whether a gateway is ready, and how quickly it says so.", TargetParts.Url, Checks.Answering,
            static (checks, end) => checks.GatewayAsync(end), "ppv check gateway --warn time=200ms"));
        verb.Add(One(environment, "broker", "Whether each RabbitMQ host lets us in.", TargetParts.Amqp, Checks.Broker,
            static (checks, end) => checks.BrokerAsync(end), "ppv check broker --amqp kfs-gax --amqp bs-gax --critical down=1"));
        verb.Add(
            One(environment, "queue", "How many orders wait, and how many workers take them; the queue is never declared. With several "
            + "hosts, on the first one that can be used.", TargetParts.Amqp | TargetParts.Queue, Checks.Queue,
            static (checks, end) => checks.QueueAsync(end), "ppv check queue --warn consumers=2 --critical consumers=1 --warn depth=100"));
        verb.Add(One(environment, "worker", "Whether a worker is ready: it is asked over HTTP, never over the queue, where an old worker "
            + "would stop at the question.", TargetParts.Board, Checks.Answering,
            static (checks, end) => checks.WorkerAsync(end), "ppv check worker --board http://worker1:8071"));
        verb.Add(One(environment, "journal", "Whether a worker's journal can be read, and has confirms that wait to be settled.",
            TargetParts.Journal, Checks.Journal,
            static (checks, end) => checks.JournalAsync(end), "ppv check journal --critical unknown=0 --warn free=5GiB"));
        return verb;
    }

    private static Verb One(
        CliEnvironment environment, string name, string description, TargetParts parts, IReadOnlyList<Measure> measures,
        Func<Checks, CancellationToken, Task<Look>> look, string example)
    {
        var (targets, thresholds) = (new TargetOptions(environment), new Thresholds(measures));
        var format = new Option<CheckFormat>("--format") { Description = "nagios (the default), json, prometheus or text." };
        var json = new Option<bool>("--json") { Description = "The same as --format json." };
        var timeout = new Option<double>("--timeout")
        {
            Description = "Seconds that it may take; then it is critical.",
            DefaultValueFactory = _ => DefaultTimeout,
            CustomParser = result =>
            {
                if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
                    && seconds is >= 0.1 and <= MaxTimeout)
                    return seconds;
                result.AddError(FormattableString.Invariant($"--timeout takes a number of seconds, 0.1 to {MaxTimeout}."));
                return DefaultTimeout;
            },
        };
        var verb = new Verb(name, description, example) { BadArguments = (int)CheckStatus.Unknown };
        targets.AddTo(verb, parts);
        thresholds.AddTo(verb);
        verb.Add(format);
        verb.Add(json);
        verb.Add(timeout);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var limit = TimeSpan.FromSeconds(parsed.GetValue(timeout));
            CheckResult result;
            try
            {
                var checks = new Checks(targets.ResolveOrGuess(parsed, parts), limit, environment.Time);
                var found = await LookAsync(checks, look, limit, environment.Time, cancellationToken);
                result = new CheckResult(name, found.Status, found.Text,
                    [.. found.Values.Select(value => thresholds.Read(parsed, value.Name, value.Value))]);
            }
            catch (CliException e)
            {
                result = CheckResult.Unknown(name, e.Message);
            }

            CheckPrinter.Write(environment, result, parsed.GetValue(json) ? CheckFormat.Json : parsed.GetValue(format));
            return (int)result.Status;
        });
        return verb;
    }

    /// <summary>What hangs beyond every limit of its own is an alarm, too.</summary>
    private static async Task<Look> LookAsync(
        Checks checks, Func<Checks, CancellationToken, Task<Look>> look, TimeSpan limit, TimeProvider time,
        CancellationToken cancellationToken)
    {
        try
        {
            return await look(checks, cancellationToken).WaitAsync(limit + TimeSpan.FromSeconds(1), time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new Look(CheckStatus.Critical, FormattableString.Invariant($"It did not end within {limit.TotalSeconds} s."));
        }
    }
}
