using System.CommandLine;
using Ppv.Samples.Cli.Contexts;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Targets;

/// <summary>
/// The options that say where the system is, the same for all verbs: a verb takes those that it needs, and <c>--context</c> with them. What
/// is given on the command line wins over the context; the context is the one named, else that of <c>PPV_CONTEXT</c>, else the one in use.
/// For what is in neither there are the same defaults for all verbs.
/// </summary>
internal sealed class TargetOptions(CliEnvironment environment)
{
    private readonly Option<string?> _context = new("--context")
    {
        Description = "The context to take addresses from; 'ppv context list' has them.",
    };

    private readonly Option<string?> _url = new("--url") { Description = "The gateway, such as http://localhost:8070/api/v1/ppv." };
    private readonly Option<string[]> _amqp = new("--amqp")
    {
        Description = "The broker, such as amqp://ppv:ppv@localhost:5672/%2Fppv; twice for a primary and a backup host.",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string?> _queue = new("--queue") { Description = "The queue of orders, such as prod.ppv.kfs." };
    private readonly Option<string?> _wizard = new("--wizard") { Description = "Wizard, such as billing:2000." };
    private readonly Option<string?> _board = new("--board") { Description = "The line board, such as http://localhost:8071/board." };
    private readonly Option<string?> _journal = new("--journal") { Description = "The worker's journal, such as /var/lib/ppv/journal.db." };

    /// <summary>Adds options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="parts">Those that it needs; <c>--context</c> comes with them.</param>
    public void AddTo(Command verb, TargetParts parts)
    {
        verb.Add(_context);
        if (parts.HasFlag(TargetParts.Url)) Add(verb, _url, TargetRules.Url);
        if (parts.HasFlag(TargetParts.Amqp)) verb.Add(_amqp);
        if (parts.HasFlag(TargetParts.Queue)) verb.Add(_queue);
        if (parts.HasFlag(TargetParts.Wizard)) Add(verb, _wizard, TargetRules.Wizard);
        if (parts.HasFlag(TargetParts.Board)) Add(verb, _board, TargetRules.Board);
        if (parts.HasFlag(TargetParts.Journal)) verb.Add(_journal);
        _amqp.Validators.Clear();
        _amqp.Validators.Add(static result =>
        {
            if (result.Tokens.Any(token => !AmqpAddress.IsValid(token.Value))) result.AddError(AmqpAddress.Sentence);
        });
    }

    /// <summary>What was given on this command line.</summary>
    public Target Given(ParseResult parsed) => new()
    {
        Url = TargetRules.Uri(Value(parsed, _url)),
        Amqp = parsed.GetResult(_amqp) is null ? [] : parsed.GetValue(_amqp) ?? [],
        Queue = Value(parsed, _queue),
        Wizard = Value(parsed, _wizard),
        Board = TargetRules.Uri(Value(parsed, _board)),
        Journal = Value(parsed, _journal),
    };

    /// <summary>What was given, and for the rest the context.</summary>
    /// <exception cref="CliException">The context is not there, or its file can't be read.</exception>
    public Target Resolve(ParseResult parsed) => Given(parsed).Or(ContextOf(parsed).Target);

    /// <summary>
    /// What was given, for the rest the context, and for what neither has the defaults. What was not given is named on standard error.
    /// </summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="parts">What the verb needs.</param>
    /// <param name="onlyIfNothing">Whether who names any of it wants that alone.</param>
    /// <exception cref="CliException">The context is not there, or its file can't be read; or there are several journals.</exception>
    public Target ResolveOrGuess(ParseResult parsed, TargetParts parts, bool onlyIfNothing = false)
    {
        var (given, (context, name)) = (Given(parsed), ContextOf(parsed));
        var known = given.Or(context);
        var isNothing = !Taken(known, new Target(), parts, "").Any();
        var missing = known.Journal is null ? parts : parts & ~TargetParts.Journal;
        var guessed = onlyIfNothing && !isNothing ? known : known.Or(TargetDefaults.Of(missing));
        var taken = Taken(known, given, parts, $"context {name}").Concat(Taken(guessed, known, parts, "default")).ToList();
        if (taken.Count > 0) environment.Error.WriteLine(Printable.Text($"Taken: {string.Join(", ", taken)}."));
        return guessed;
    }

    /// <summary>What one target has and the other has not.</summary>
    private static IEnumerable<string> Taken(Target all, Target known, TargetParts parts, string source)
    {
        var shown = all.Masked();
        if (parts.HasFlag(TargetParts.Url) && known.Url is null && shown.Url is { } url) yield return $"--url {url} ({source})";
        if (parts.HasFlag(TargetParts.Amqp) && known.Amqp.Count == 0)
            foreach (var amqp in shown.Amqp) yield return $"--amqp {amqp} ({source})";
        if (parts.HasFlag(TargetParts.Queue) && known.Queue is null && shown.Queue is { } queue) yield return $"--queue {queue} ({source})";
        if (parts.HasFlag(TargetParts.Wizard) && known.Wizard is null && shown.Wizard is { } wizard)
            yield return $"--wizard {wizard} ({source})";
        if (parts.HasFlag(TargetParts.Board) && known.Board is null && shown.Board is { } board) yield return $"--board {board} ({source})";
        if (parts.HasFlag(TargetParts.Journal) && known.Journal is null && shown.Journal is { } journal)
            yield return $"--journal {journal} ({source})";
    }

    private (Target Target, string? Name) ContextOf(ParseResult parsed)
    {
        var store = ContextStore.OfUser(environment);
        var name = Value(parsed, _context) ?? environment.Variable("PPV_CONTEXT");
        if (string.IsNullOrEmpty(name)) name = store.InUse();
        return name is null ? (new Target(), null) : (store.Get(name), name);
    }

    private static string? Value(ParseResult parsed, Option<string?> option) =>
        parsed.GetResult(option) is null ? null : parsed.GetValue(option);

    private static void Add(Command verb, Option<string?> option, TargetRule rule)
    {
        option.Validators.Clear();
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !rule.IsValid(token.Value)) result.AddError($"{option.Name} takes {rule.Sentence}");
        });
        verb.Add(option);
    }
}

/// <summary>The parts of a <see cref="Target"/>.</summary>
[Flags]
internal enum TargetParts
{
    Url = 1,
    Amqp = 2,
    Queue = 4,
    Wizard = 8,
    Board = 16,
    Journal = 32,
}
