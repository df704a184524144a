using System.CommandLine;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Targets;
using Spectre.Console;

namespace Ppv.Samples.Cli.Contexts;

/// <summary><c>ppv context</c>: named sets of addresses, so that nobody types them twice.</summary>
internal static class ContextVerb
{
    private const TargetParts All =
        TargetParts.Url | TargetParts.Amqp | TargetParts.Queue | TargetParts.Wizard | TargetParts.Board | TargetParts.Journal;

    public static Command Create(CliEnvironment environment) => new Verb(
        "context", "Keeps addresses under a name, so that no one types them twice; passwords are never shown.",
        "ppv context add prod --url http://gw1:8070/api/v1/ppv --amqp amqp://ops:secret@kfs-gax:5672/%2Fppv --queue prod.ppv.kfs",
        "ppv context use prod", "ppv call --context test --ev 262193")
    {
        Add(environment), Use(environment), List(environment), Show(environment), Remove(environment),
    };

    private static Verb Add(CliEnvironment environment)
    {
        var name = Name();
        var targets = new TargetOptions(environment);
        var verb = new Verb("add", "Adds a context, or changes what is given in one that is there. The first one is in use at once.",
            "ppv context add prod --url http://gw1:8070/api/v1/ppv --journal /var/lib/ppv/journal.db") { name };
        targets.AddTo(verb, All);
        verb.SetAction(parsed =>
        {
            var (store, key, given) = (ContextStore.OfUser(environment), parsed.GetRequiredValue(name), targets.Given(parsed));
            if (given == new Target() with { Amqp = given.Amqp } && given.Amqp.Count == 0)
                throw new CliException("There is nothing to keep: give at least one address, such as --url.", ExitCodes.BadArguments);
            var file = store.Read();
            file.Contexts[key] = given.Or(file.Contexts.GetValueOrDefault(key) ?? new Target());
            store.Write(file with { InUse = file.InUse ?? key });
            environment.Console.WriteLine($"Context '{key}' is kept in {store.Path}.");
            return ExitCodes.Ok;
        });
        return verb;
    }

    private static Verb Use(CliEnvironment environment)
    {
        var name = Name(environment);
        var verb = new Verb("use", "Takes a context for all verbs that name none.", "ppv context use prod") { name };
        verb.SetAction(parsed =>
        {
            var (store, key) = (ContextStore.OfUser(environment), parsed.GetRequiredValue(name));
            store.Get(key);
            store.Write(store.Read() with { InUse = key });
            environment.Console.WriteLine($"Context '{key}' is in use.");
            return ExitCodes.Ok;
        });
        return verb;
    }

    private static Verb List(CliEnvironment environment)
    {
        var json = CommonOptions.Json();
        var verb = new Verb("list", "Lists the contexts; the one in use has a star.", "ppv context list", "ppv context list --json")
        {
            json,
        };
        verb.SetAction(parsed =>
        {
            var file = ContextStore.OfUser(environment).Read();
            if (parsed.GetValue(json))
            {
                CliJson.Write(
                    environment, file with { Contexts = new(file.Contexts.ToDictionary(each => each.Key, each => each.Value.Masked())) });
                return ExitCodes.Ok;
            }

            if (file.Contexts.Count == 0)
                environment.Console.WriteLine("There are no contexts yet. Add one with 'ppv context add NAME --url ...'.");
            foreach (var (key, target) in file.Contexts)
                environment.Console.WriteLine(
                    $"{(key == file.InUse ? "*" : " ")} {key}  {string.Join("  ", Addresses(target.Masked()))}".TrimEnd());
            return ExitCodes.Ok;
        });
        return verb;
    }

    private static Verb Show(CliEnvironment environment)
    {
        var (name, json) = (Name(environment), CommonOptions.Json());
        var verb = new Verb("show", "Shows a context.", "ppv context show prod") { name, json };
        verb.SetAction(parsed =>
        {
            var target = ContextStore.OfUser(environment).Get(parsed.GetRequiredValue(name)).Masked();
            if (parsed.GetValue(json)) CliJson.Write(environment, target);
            else foreach (var address in Addresses(target)) environment.Console.WriteLine(address);
            return ExitCodes.Ok;
        });
        return verb;
    }

    private static Verb Remove(CliEnvironment environment)
    {
        var name = Name(environment);
        var verb = new Verb("remove", "Forgets a context.", "ppv context remove test") { name };
        verb.SetAction(parsed =>
        {
            var (store, key) = (ContextStore.OfUser(environment), parsed.GetRequiredValue(name));
            store.Get(key);
            var file = store.Read();
            file.Contexts.Remove(key);
            store.Write(file with { InUse = file.InUse == key ? null : file.InUse });
            environment.Console.WriteLine($"Context '{key}' is forgotten.");
            return ExitCodes.Ok;
        });
        return verb;
    }

    private static Argument<string> Name(CliEnvironment? environment = null)
    {
        var name = new Argument<string>("name") { Description = "The context's name: letters, digits, dots, dashes." };
        name.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !token.Value.All(
                character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_'))
                result.AddError("A context's name takes letters, digits, dots, dashes and underscores.");
        });
        if (environment is not null) name.CompletionSources.Add(_ => Names(environment));
        return name;
    }

    private static IEnumerable<System.CommandLine.Completions.CompletionItem> Names(CliEnvironment environment) =>
        ContextStore.OfUser(environment).Read().Contexts.Keys.Select(key => new System.CommandLine.Completions.CompletionItem(key));

    private static IEnumerable<string> Addresses(Target target)
    {
        if (target.Url is { } url) yield return $"--url {url}";
        foreach (var amqp in target.Amqp) yield return $"--amqp {amqp}";
        if (target.Queue is { } queue) yield return $"--queue {queue}";
        if (target.Wizard is { } wizard) yield return $"--wizard {wizard}";
        if (target.Board is { } board) yield return $"--board {board}";
        if (target.Journal is { } journal) yield return $"--journal {journal}";
    }
}
