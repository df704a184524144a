using System.CommandLine;
using Ppv.Protocol;
using Ppv.Samples.Cli.Routes;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Call;

/// <summary><c>ppv call</c>: sends the commands of one phone call, as the voice platform does.</summary>
internal static class CallVerb
{
    public static Command Create(CliEnvironment environment)
    {
        var routes = new RouteOptions(environment);
        var connectionId =
            new Option<string?>("--connid") { Description = "The call's id, 1 to 32 hexadecimal digits. Default: 16 random ones." };
        var eventNumber = new Option<string?>("--ev") { Description = "Sends EV with this event number." };
        var subscriber = new Option<string?>("--en") { Description = "Sends EN with this subscriber number." };
        var confirm = new Option<bool>("--confirm") { Description = "Sends CONFIRM=UP: this buys." };
        var (yes, json) = (CommonOptions.Yes(), CommonOptions.Json());

        connectionId.Validators.Add(result => Check(result.GetValue(connectionId), text => ConnectionId.TryParse(text, out _),
            result.AddError, "--connid takes 1 to 32 hexadecimal digits, such as 0127032d64a94732."));
        foreach (var value in new[] { eventNumber, subscriber })
            value.Validators.Add(result => Check(result.GetValue(value), text => PpvCommand.IsValidValue(text), result.AddError,
                $"{value.Name} takes 1 to {PpvCommand.MaxValueLength} printable ASCII characters, no quotes, no backslash, no space at "
                    + "either end."));

        var verb = new Verb(
            "call", "Sends the given steps of one call in the order EV, EN, CONFIRM and stops at the first that is not answered OK.",
            "ppv call --ev 262193 --en 85165320 --confirm", "ppv call --url http://gw1:8070/api/v1/ppv --ev 262193",
            "ppv call --amqp amqp://ppv:ppv@kfs-gax/%2Fppv --ev 262193 --json", "ppv call --wizard billing:2000 --line 16 --ev 262193")
        {
            connectionId, eventNumber, subscriber, confirm, yes, json,
        };
        routes.AddTo(verb);
        verb.Validators.Add(result =>
        {
            if (result.GetResult(eventNumber) is null && result.GetResult(subscriber) is null && !result.GetValue(confirm))
                result.AddError("There is nothing to send: give at least one of --ev, --en and --confirm.");
        });
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var call = parsed.GetValue(connectionId) is { } text ? ConnectionId.Parse(text) : ConnectionId.CreateRandom();
            List<PpvOrder> orders = [];
            if (parsed.GetValue(eventNumber) is { } ev) orders.Add(PpvOrder.Event(call, ev));
            if (parsed.GetValue(subscriber) is { } en) orders.Add(PpvOrder.Subscriber(call, en));
            if (parsed.GetValue(confirm)) orders.Add(PpvOrder.Confirm(call));
            await using var route = routes.Create(parsed);
            if (!parsed.GetValue(yes)) await AskAsync(environment, orders, call, route, cancellationToken);
            return await new CallRun(environment, route, call, parsed.GetValue(json)).RunAsync(orders, cancellationToken);
        });
        return verb;
    }

    /// <summary>A confirm buys, and an EV or EN can take from a caller what he has chosen.</summary>
    private static async Task AskAsync(
        CliEnvironment environment, List<PpvOrder> orders, ConnectionId call, IRoute route, CancellationToken cancellationToken)
    {
        var buys = orders.Exists(order => order.Command.Kind == PpvCommandKind.Confirm);
        var disturbs = (await route.LinesAsync(cancellationToken)).Disturbs;
        if (!buys && disturbs is null) return;
        var what = buys ? WhatIsBought(orders, call, route) : $"This chooses for call {call}, by {route.Description}; it buys nothing.";
        await Consent.AskAsync(environment, given: false, $"{what} {disturbs}".TrimEnd(), cancellationToken);
    }

    private static string WhatIsBought(List<PpvOrder> orders, ConnectionId call, IRoute route)
    {
        var eventNumber = ValueOf(orders, PpvCommandKind.Event) is { } ev ? $"event {ev}" : $"the event that call {call} has chosen";
        var subscriber = ValueOf(orders, PpvCommandKind.Subscriber) is { } en ? $"subscriber {en}" : "the subscriber that it has named";
        return $"This buys {eventNumber} for {subscriber}, by {route.Description}.{(route.Warning is { } more ? $" {more}" : "")}";
    }

    private static string? ValueOf(List<PpvOrder> orders, PpvCommandKind kind) =>
        orders.Find(order => order.Command.Kind == kind)?.Command.Value;

    private static void Check(string? text, Func<string, bool> isValid, Action<string> addError, string sentence)
    {
        if (text is not null && !isValid(text)) addError(sentence);
    }
}
