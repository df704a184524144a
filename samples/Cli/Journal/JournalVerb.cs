using System.CommandLine;
using System.Globalization;
using Ppv.Hosting;
using Ppv.Hosting.Running;
using Ppv.Hosting.Worker.Journal.Sqlite;
using Ppv.Protocol;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Targets;
using Spectre.Console;

namespace Ppv.Samples.Cli.Journal;

/// <summary><c>ppv journal</c>: looks into a worker's order journal, and settles what nobody knows the outcome of.</summary>
internal static class JournalVerb
{
    private const int DefaultLimit = 50;

    public static Command Create(CliEnvironment environment) => new Verb(
        "journal", "Looks into a worker's order journal, also while the worker runs; only settle and accept write to it.",
        "ppv journal unknown", "ppv journal list --journal /var/lib/ppv/journal.db --connid 0127032d64a94732 --since 24h",
        "ppv journal settle ORDERID --bought --note 'Wizard has it, says Kim'")
    {
        List(environment), Show(environment), Unknown(environment), Settle(environment), AcceptVerb.Create(environment),
    };

    private static Verb List(CliEnvironment environment)
    {
        var targets = new TargetOptions(environment);
        var call = new Option<string?>("--connid") { Description = "Orders of this call only." };
        call.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !ConnectionId.TryParse(token.Value, out _))
                result.AddError("--connid takes 1 to 32 hexadecimal digits, such as 0127032d64a94732.");
        });
        var states = new Option<JournalState[]>("--state") { Description = "Orders in this state only; may be given several times." };
        var since = new Option<string?>("--since") { Description = "Orders received since: 90s, 30m, 24h, 7d, or a time." };
        since.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Moment.TryParse(token.Value, environment.Time.GetUtcNow(), out _))
                result.AddError(Moment.Sentence);
        });
        var limit = new Option<int>("--limit")
        {
            Description = "The last ones, so many; 0 for all.",
            DefaultValueFactory = _ => DefaultLimit,
            CustomParser = result =>
            {
                if (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                    result.AddError("--limit takes a whole number, 0 for all.");
                return value;
            },
        };
        var (unmasked, json) = (Unmasked(), CommonOptions.Json());
        var verb = new Verb("list", "Lists orders, the newest last.",
            "ppv journal list --since 24h", "ppv journal list --state Unknown --state SettledBought --limit 0 --json")
        {
            call, states, since, limit, unmasked, json,
        };
        targets.AddTo(verb, TargetParts.Journal);
        verb.SetAction(parsed =>
        {
            var query = new JournalQuery
            {
                ConnectionId = parsed.GetValue(call),
                States = parsed.GetValue(states) ?? [],
                Since = parsed.GetValue(since) is { } text && Moment.TryParse(text, environment.Time.GetUtcNow(), out var moment)
                    ? moment
                    : null,
                Limit = parsed.GetValue(limit) is > 0 and var count ? count : null,
            };
            var path = JournalSource.PathOf(targets.ResolveOrGuess(parsed, TargetParts.Journal));
            var records = JournalSource.Use(path, journal => journal.Read(query))
                .Select(entry => JournalRecord.Of(entry, parsed.GetValue(unmasked))).ToList();
            if (parsed.GetValue(json)) CliJson.Write(environment, records);
            else if (records.Count > 0) JournalRecord.Table(records).Write(environment);
            else environment.Console.WriteLine("The journal has no such orders.");
            return ExitCodes.Ok;
        });
        return verb;
    }

    private static Verb Show(CliEnvironment environment)
    {
        var targets = new TargetOptions(environment);
        var (id, unmasked, json) = (OrderId(), Unmasked(), CommonOptions.Json());
        var verb = new Verb("show", "Shows all that is known of one order.", "ppv journal show 01a218ff38c87ed9b6924e427444beea")
        {
            id, unmasked, json,
        };
        targets.AddTo(verb, TargetParts.Journal);
        verb.SetAction(parsed =>
        {
            var order = parsed.GetRequiredValue(id);
            var path = JournalSource.PathOf(targets.ResolveOrGuess(parsed, TargetParts.Journal));
            if (JournalSource.Use(path, journal => journal.Read(new JournalQuery { OrderId = order })) is not [var entry])
                throw new CliException($"The journal {path} does not know order {Printable.Text(order)}: it was never seen, or is older "
                    + "than the journal remembers.", ExitCodes.NotOk);
            Write(environment, JournalRecord.Of(entry, parsed.GetValue(unmasked)), parsed.GetValue(json));
            return ExitCodes.Ok;
        });
        return verb;
    }

    private static Verb Unknown(CliEnvironment environment)
    {
        var targets = new TargetOptions(environment);
        var json = CommonOptions.Json();
        var verb = new Verb(
            "unknown", "Lists the confirms that nobody knows the outcome of, the oldest first. Ends with 1 if there are any.",
            "ppv journal unknown", "ppv journal unknown --journal /var/lib/ppv/journal.db --json") { json };
        targets.AddTo(verb, TargetParts.Journal);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var path = JournalSource.PathOf(targets.ResolveOrGuess(parsed, TargetParts.Journal));
            var records = JournalSource.Use(path, journal => journal.Read(JournalQuery.Unknowns))
                .Select(entry => JournalRecord.Of(entry, unmasked: false)).ToList();
            var now = environment.Time.GetUtcNow();
            var left = JournalSource.Use(path, journal => journal.Read(JournalQuery.UnderWay)).Count(entry => entry.Deadline < now);
            if (parsed.GetValue(json)) CliJson.Write(environment, records);
            else if (records.Count > 0) JournalRecord.Table(records).Write(environment);
            else environment.Console.WriteLine("No confirm waits to be settled.");
            if (left > 0)
                await environment.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"{left} more began and did not end in time. A worker that runs still waits for Wizard; if none runs, start it, and "
                        + $"they are unknown too.").AsMemory(), cancellationToken);
            return records.Count > 0 ? ExitCodes.NotOk : ExitCodes.Ok;
        });
        return verb;
    }

    private static Verb Settle(CliEnvironment environment)
    {
        var targets = new TargetOptions(environment);
        var (id, json, yes) = (OrderId(), CommonOptions.Json(), CommonOptions.Yes());
        var bought = new Option<bool>("--bought") { Description = "The purchase was made." };
        var notBought = new Option<bool>("--not-bought") { Description = "There is no purchase." };
        var note = NoteOption.Create("How that is known, and by whom.", required: true);
        var verb = new Verb("settle", "Records what became of a confirm whose outcome is unknown, for good. A worker may run meanwhile.",
            "ppv journal settle 01a218ff38c87ed9b6924e427444beea --bought --note 'Wizard has it, says Kim'",
            "ppv journal settle 01a218ff38c87ed9b6924e427444beea --not-bought --note 'not on the bill of 12/1' --yes")
        {
            id, bought, notBought, note, yes, json,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(bought) == result.GetValue(notBought)) result.AddError("Give one of --bought and --not-bought.");
        });
        targets.AddTo(verb, TargetParts.Journal);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var path = JournalSource.PathOf(targets.ResolveOrGuess(parsed, TargetParts.Journal));
            var (order, isBought) = (parsed.GetRequiredValue(id), parsed.GetValue(bought));
            if (JournalSource.Use(path, journal => journal.Read(new JournalQuery { OrderId = order })) is not [var known])
                throw new CliException($"The journal {path} does not know order {Printable.Text(order)}, so there is nothing to settle.",
                    ExitCodes.NotOk);
            if (known.State == (isBought ? JournalState.SettledBought : JournalState.SettledNotBought))
                return WriteSettled(environment, known, parsed.GetRequiredValue(note)!, parsed.GetValue(json));
            var call = known.Order.ConnectionId is { } connectionId ? $" of call {connectionId}" : "";
            await Consent.AskAsync(
                environment, parsed.GetValue(yes),
                $"Order {Printable.Text(order)}{call} will be recorded as {(isBought ? "bought" : "not bought")}, for good.",
                cancellationToken);
            var entry = JournalSource.Use(
                path, journal => journal.Settle(order, isBought, parsed.GetRequiredValue(note)!, environment.Time.GetUtcNow()));
            return WriteSettled(environment, entry, parsed.GetRequiredValue(note)!, parsed.GetValue(json));
        });
        return verb;
    }

    /// <summary>The first note stands: what was written down with a verdict is for good.</summary>
    private static int WriteSettled(CliEnvironment environment, JournalEntry entry, string note, bool json)
    {
        Write(environment, JournalRecord.Of(entry, unmasked: false), json);
        if (entry.Note != note)
            environment.Error.WriteLine(Printable.Text(
                $"Order {entry.OrderId} was {entry.State} before, at {JournalRecord.Time(entry.UpdatedAt)} UTC. Nothing was changed, and "
                    + $"this note was not kept: {note}"));
        return ExitCodes.Ok;
    }

    private static Argument<string> OrderId() => new("orderid") { Description = "The order's id: the gateway's header X-Ppv-Order-Id." };

    private static Option<bool> Unmasked() => new("--unmasked") { Description = "Shows subscribers' numbers in full." };

    private static void Write(CliEnvironment environment, JournalRecord record, bool json)
    {
        if (json) CliJson.Write(environment, record);
        else record.Facts().Write(environment);
    }
}
