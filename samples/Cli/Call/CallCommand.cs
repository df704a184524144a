using System.CommandLine;
using System.Security.Cryptography;
using Ppv.Protocol;
using Spectre.Console;

namespace Ppv.Samples.Cli.Call;

/// <summary><c>ppv call</c>: sends the commands of one phone call to a gateway, as the voice platform does.</summary>
internal static class CallCommand
{
    private const double DefaultTimeout = 35;
    private const double MaxTimeout = 600;
    private const int ConnectionIdDigits = 16;

    public static Command Create(IAnsiConsole console, TextWriter error, TimeProvider time)
    {
        var url =
            new Option<string>("--url") { Description = "The gateway.", DefaultValueFactory = _ => "http://localhost:8070/api/v1/ppv" };
        var connectionId =
            new Option<string?>("--connid") { Description = "The call's id, 1 to 32 hexadecimal digits. Default: 16 random ones." };
        var eventNumber = new Option<string?>("--ev") { Description = "Sends EV with this event number." };
        var subscriber = new Option<string?>("--en") { Description = "Sends EN with this subscriber number." };
        var confirm = new Option<bool>("--confirm") { Description = "Sends CONFIRM=UP: this buys." };
        var post = new Option<bool>("--post") { Description = "Sends POST; default is GET with a body." };
        var json = new Option<bool>("--json") { Description = "Sends the content as a JSON object; default is a Python-style string." };
        var timeout =
            new Option<double>("--timeout") { Description = "Seconds to wait for each answer.", DefaultValueFactory = _ => DefaultTimeout };

        url.Validators.Add(result => Check(result.GetValue(url), text => TryGetUrl(text, out _), result.AddError,
            "--url takes an http or https address, such as http://localhost:8070/api/v1/ppv."));
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

        var command = new Command(
            "call", "Sends the given steps of one call in the order EV, EN, CONFIRM and stops at the first that is not answered OK.")
        {
            url, connectionId, eventNumber, subscriber, confirm, post, json, timeout,
        };
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
            TryGetUrl(parsed.GetValue(url), out var address);
            var gateway = new GatewayCaller(
                address!,
                parsed.GetValue(post) ? HttpMethod.Post : HttpMethod.Get,
                parsed.GetValue(json) ? OrderJsonStyle.Json : OrderJsonStyle.Python,
                TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                time);
            return RunAsync(gateway, orders, new CallPrinter(console), error, cancellationToken);
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

    private static bool TryGetUrl(string? text, out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);
}
