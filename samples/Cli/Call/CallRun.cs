using Ppv.Protocol;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Routes;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Call;

/// <summary>Sends the orders of a call one after the other, until one is not answered OK, and prints what came of them.</summary>
internal sealed class CallRun(CliEnvironment environment, IRoute route, ConnectionId call, bool asJson)
{
    private readonly CallPrinter _printer = new(environment.Console);
    private readonly List<StepReport> _steps = [];
    private IReadOnlyList<Hop> _connecting = [];

    public async Task<int> RunAsync(IReadOnlyList<PpvOrder> orders, CancellationToken cancellationToken)
    {
        _connecting = await route.ConnectAsync(cancellationToken);
        if (!asJson) _printer.PrintConnection(route.Description, _connecting);
        var exitCode = ExitCodes.Interrupted;
        try
        {
            foreach (var order in orders)
            {
                exitCode = await SendAsync(order, cancellationToken);
                if (exitCode != ExitCodes.Ok) break;
            }
        }
        catch (OperationCanceledException)
        {
            exitCode = ExitCodes.Interrupted;
            await environment.Error.WriteLineAsync("Interrupted. What was sent may have been executed.");
        }

        if (asJson)
            CliJson.Write(environment, new CallReport(
                call.ToString(), route.Description, exitCode == ExitCodes.Ok, HopReport.Of(_connecting), _steps));
        return exitCode;
    }

    private async Task<int> SendAsync(PpvOrder order, CancellationToken cancellationToken)
    {
        var request = route.Show(order);
        var step = new StepReport { Command = order.Command.Key, Value = order.Command.Value, Request = request };
        _steps.Add(step);
        if (!asJson) _printer.PrintRequest(order, request);
        var answer = await route.SendAsync(order, cancellationToken);
        _steps[^1] = step with
        {
            SendTime = answer.SendTime,
            ResponseTime = answer.ResponseTime,
            ElapsedMs = answer.Elapsed?.TotalMilliseconds,
            Hops = HopReport.Of(answer.Hops),
            Status = answer.Status,
            Answer = answer.Text,
            Code = answer.Code,
            IsOk = answer.IsOk,
            Outcome = answer.Outcome,
            Reason = answer.Reason,
            OrderId = answer.OrderId,
            Failure = answer.Failure,
        };
        if (!asJson) _printer.PrintAnswer(answer);
        if (answer.Failure is null) return answer.IsOk ? ExitCodes.Ok : ExitCodes.NotOk;
        await environment.Error.WriteLineAsync(Printable.Text(answer.Failure));
        return ExitCodes.Unreachable;
    }
}
