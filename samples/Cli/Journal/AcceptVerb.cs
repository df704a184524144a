using System.CommandLine;
using System.Globalization;
using Ppv.Hosting;
using Ppv.Hosting.Running;
using Ppv.Hosting.Worker.Journal.Sqlite;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Targets;
using Spectre.Console;

namespace Ppv.Samples.Cli.Journal;

/// <summary>
/// <c>ppv journal accept</c>: lets a worker use a journal's file that lacks what was written to it, because a person says so.
/// </summary>
internal static class AcceptVerb
{
    public static Verb Create(CliEnvironment environment)
    {
        var targets = new TargetOptions(environment);
        var (note, yes, json) = (NoteOption.Create("Why, and by whom.", required: false), CommonOptions.Yes(), CommonOptions.Json());
        var verb = new Verb("accept",
            "Lets the worker use a journal that it refuses: an old copy, another file, a new one. Stop the worker before.",
            "ppv journal accept --journal /var/lib/ppv/journal.db --note 'restored from last night, says Kim'",
            "ppv journal accept --journal /var/lib/ppv/journal.db --note 'the disk is lost' --yes --json")
        {
            note, yes, json,
        };
        targets.AddTo(verb, TargetParts.Journal);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var path = Path.GetFullPath(JournalSource.PathOf(targets.ResolveOrGuess(parsed, TargetParts.Journal)));
            using var acceptance = JournalSource.Guarded(path, () => JournalAcceptance.Begin(path));
            if (acceptance.Doubt is not { } doubt)
            {
                environment.Console.WriteLine($"The journal {path} has all that its worker wrote. There is nothing to accept.");
                return ExitCodes.Ok;
            }

            await Consent.AskAsync(environment, parsed.GetValue(yes), Question(path, doubt), cancellationToken);
            var identity = JournalSource.Guarded(
                path, () => acceptance.Accept($"{Found(doubt)} {parsed.GetValue(note)}".TrimEnd(), environment.Time.GetUtcNow()));
            var record = AcceptedRecord.Of(path, doubt, identity, parsed.GetValue(note));
            if (parsed.GetValue(json)) CliJson.Write(environment, record);
            else record.Facts().Write(environment);
            return ExitCodes.Ok;
        });
        return verb;
    }

    private static string Question(string path, JournalDoubt doubt) =>
        $"{Found(doubt)} Once it is accepted, a confirm that it lacks counts as never seen, and would be bought again if it comes again. "
            + $"The journal {path} will be used, under a new name of its own.";

    private static string Found(JournalDoubt doubt) => doubt.Kind switch
    {
        JournalDoubtKind.Gone => $"The file is gone; the worker wrote to it until {Time(doubt.Missing?.At)}. A new one is made.",
        JournalDoubtKind.Another => "The file is another journal than the one that the worker wrote to.",
        JournalDoubtKind.NoMark or JournalDoubtKind.UnreadableMark =>
            $"Nothing shows whether the file is an old copy; it ends at {Time(doubt.Newest?.At)}.",
        _ => string.Create(CultureInfo.InvariantCulture, $"The file ends at {Time(doubt.Newest?.At)}, and the worker wrote to it until ")
            + $"{Time(doubt.Missing?.At)}. {Missing(doubt)}",
    };

    private static string Missing(JournalDoubt doubt) => doubt.MissingRows is { } rows
        ? string.Create(CultureInfo.InvariantCulture, $"Up to {rows} orders are missing.")
        : "How many orders are missing is not known.";

    private static string Time(DateTimeOffset? time) =>
        time is { } at ? $"{at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC" : "an unknown time";

    /// <summary>What was accepted.</summary>
    private sealed record AcceptedRecord
    {
        public required string Journal { get; init; }

        public required string Found { get; init; }

        /// <summary>When the order that came last of those in the file changed last.</summary>
        public DateTimeOffset? EndsAt { get; init; }

        /// <summary>Until when the worker wrote to the file that was there.</summary>
        public DateTimeOffset? WrittenUntil { get; init; }

        public long? MissingAtMost { get; init; }

        public required string Identity { get; init; }

        public string? Note { get; init; }

        public static AcceptedRecord Of(string path, JournalDoubt doubt, string identity, string? note) => new()
        {
            Journal = path, Found = doubt.Kind.ToString(), EndsAt = doubt.Newest?.At, WrittenUntil = doubt.Missing?.At,
            MissingAtMost = doubt.MissingRows, Identity = identity, Note = note,
        };

        public TextTable Facts()
        {
            var table = new TextTable();
            table.Add("accepted", Journal);
            table.Add("found", Found);
            if (EndsAt is { } ends) table.Add("it ends", $"{JournalRecord.Time(ends)} UTC");
            if (WrittenUntil is { } written) table.Add("was written", $"until {JournalRecord.Time(written)} UTC");
            if (MissingAtMost is { } missing) table.Add("missing", string.Create(CultureInfo.InvariantCulture, $"at most {missing}"));
            table.Add("new name", Identity);
            if (Note is not null) table.Add("note", Note);
            return table;
        }
    }
}
