using System.CommandLine;
using System.Security.Cryptography;
using Ppv.Protocol;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Targets;

namespace Ppv.Samples.Cli.Call;

/// <summary><c>ppv call</c>: sends the commands of one phone call to a gateway, as the voice platform does.</summary>
internal static class CallVerb
{
    private const string DefaultUrl = "http://localhost:8070/api/v1/ppv";
    private const double DefaultTimeout = 35;
    private const double MaxTimeout = 600;
    private const int ConnectionIdDigits = 16;

    public static Command Create(CliEnvironment environment)
    {
        var targets = new TargetOptions(environment);
        var connectionId =
            new Option<string?>("--connid") { Description = "The call's id, 1 to 32 hexadecimal digits. Default: 16 random ones." };
        var eventNumber = new Option<string?>("--ev") { Description = "Sends EV with this event number." };
        var subscriber = new Option<string?>("--en") { Description = "Sends EN with this subscriber number." };
        var confirm = new Option<bool>("--confirm") { Description = "Sends CONFIRM=UP: this buys." };
        var post = new Option<bool>("--post") { Description = "Sends POST; default is GET with a body." };
        var body = new Option<OrderJsonStyle>("--body")
        {
            Description = "Sends the content as a Python-style string, or as a JSON object.",
            DefaultValueFactory = _ => OrderJsonStyle.Python,
        };
        var timeout =
            new Option<double>("--timeout") { Description = "Seconds to wait for each answer.", DefaultValueFactory = _ => DefaultTimeout };

        connectionId.Validators.Add(result => Check(result.GetValue(connectionId), text => ConnectionId.TryParse(text, out _),
            result.AddError, "--connid takes 1 to 32 hexadecimal digits, such as 0127032d64a94732."));
        foreach (var value in new[] { eventNumber, subscriber })
            value.Validators.Add(result => Check(result.GetValue(value), text => PpvCommand.IsValidValue(text), result.AddError,
                $"{value.Name} takes 1 to {PpvCommand.MaxValueLength} printable ASCII characters, no quotes, no backslash, no space at "
                    + "either end."));
        timeout.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(double.TryParse(token.Value, out var seconds) && seconds is > 0 and <= MaxTimeout))
                result.AddError($"--timeout takes a number of seconds above 0 and up to {MaxTimeout}.");
        });

        var command = new Verb(
            "call", "Sends the given steps of one call in the order EV, EN, CONFIRM and stops at the first that is not answered OK.",
            "ppv call --ev 262193 --en 85165320 --confirm", "ppv call --url http://gw1:8070/api/v1/ppv --ev 262193")
        {
            connectionId, eventNumber, subscriber, confirm, post, body, timeout,
        };
        targets.AddTo(command, TargetParts.Url);
        command.Validators.Add(result =>
        {
            if (result.GetResult(eventNumber) is null && result.GetResult(subscriber) is null && !result.GetValue(confirm))
                result.AddError("There is nothing to send: give at least one of --ev, --en and --confirm.");
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            var call = ConnectionId.Parse(
                parsed.GetValue(connectionId) ?? RandomNumberGenerator.GetHexString(ConnectionIdDigits, lowercase: true));
            List<PpvOrder> orders = [];
            if (parsed.GetValue(eventNumber) is { } ev)
                orders.Add(PpvOrder.Event(call, ev));
            if (parsed.GetValue(subscriber) is { } en)
                orders.Add(PpvOrder.Subscriber(call, en));
            if (parsed.GetValue(confirm))
                orders.Add(PpvOrder.Confirm(call));
            var gateway = new GatewayCaller(
                targets.Resolve(parsed).Url ?? new Uri(DefaultUrl),
                parsed.GetValue(post) ? HttpMethod.Post : HttpMethod.Get,
                parsed.GetValue(body),
                TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                environment.Time);
            return RunAsync(gateway, orders, new CallPrinter(environment.Console), environment.Error, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        GatewayCaller gateway, List<PpvOrder> orders, CallPrinter printer, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var order in orders)
            {
                var request = gateway.Prepare(order);
                printer.PrintRequest(order, request);
                var answer = await gateway.SendAsync(request, cancellationToken);
                printer.PrintAnswer(answer);
                if (!answer.IsOk)
                    return ExitCodes.NotOk;
            }

            return ExitCodes.Ok;
        }
        catch (GatewayUnreachableException problem)
        {
            await error.WriteLineAsync(problem.Message);
            return ExitCodes.Unreachable;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("Interrupted. What was sent may have been executed.");
            return ExitCodes.Interrupted;
        }
    }

    private static void Check(string? text, Func<string, bool> isValid, Action<string> addError, string sentence)
    {
        if (text is not null && !isValid(text))
            addError(sentence);
    }
}
