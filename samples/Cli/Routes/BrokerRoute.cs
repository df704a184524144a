using System.Text;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Presence;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Targets;

namespace Ppv.Samples.Cli.Routes;

/// <summary>Through the broker, in the place of a gateway. A queue that is not there is not made: nobody would serve it.</summary>
internal sealed class BrokerRoute : IRoute
{
    private const int MaxPending = 100_000;
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(5);

    private readonly PpvClient _client;
    private readonly string _queue;
    private readonly TimeSpan _timeout;
    private readonly RouteClock _clock;

    public BrokerRoute(IReadOnlyList<string> addresses, string? queue, TimeSpan timeout, TimeProvider time)
    {
        (_timeout, _clock) = (timeout, new RouteClock(time));
        var rpc = new RpcOptions { QueueKind = QueueKind.Passive, MaxPendingRequests = MaxPending, ReplyTimeout = timeout };
        if (queue is not null) rpc.Queue = queue;
        rpc.ConnectionWait = timeout < LongestConnect ? timeout : LongestConnect;
        _queue = rpc.Queue;
        Description = $"queue {_queue} at {string.Join(", ", addresses.Select(AmqpAddress.Masked))}";
        var broker = AmqpAddress.ToOptions(addresses, "ppv");
        broker.MaxRetries = null; // Waiting for it has a limit of its own, and a load goes on when the broker is back.
        _client = new PpvClient(new PpvClientOptions { Broker = broker, Rpc = rpc }, loggerFactory: null, time);
    }

    public string Description { get; }

    public async Task<RouteLines> LinesAsync(CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken);
        try
        {
            return RouteLines.Of(await PresenceLines.AskAsync(
                patience => _client.AskPresenceAsync(patience, cancellationToken), [_queue]));
        }
        catch (BrokerException problem)
        {
            return RouteLines.NotKnown(AmqpAddress.InWordsOfTheTool(problem.Message));
        }
    }

    public string? Warning => null;

    public async Task<IReadOnlyList<Hop>> ConnectAsync(CancellationToken cancellationToken)
    {
        var start = _clock.Now;
        if (await _client.ConnectAsync(cancellationToken)) return [new Hop("connect", start, _clock.Now)];
        throw new CliException(
            $"There is no connection to {Description}. {AmqpAddress.InWordsOfTheTool(_client.Status.Description)}", ExitCodes.Unreachable);
    }

    public string Show(PpvOrder order) => $"{_queue} {Encoding.UTF8.GetString(OrderJson.ToBytes(order))}";

    public async Task<RouteAnswer> SendAsync(PpvOrder order, CancellationToken cancellationToken)
    {
        var sent = _clock.Now;
        var result = await _client.SendAsync(order, _timeout, cancellationToken);
        var end = _clock.Now;
        return new RouteAnswer
        {
            SendTime = sent,
            ResponseTime = end,
            Hops = [new Hop("exchange", sent, end)],
            Text = result.Code,
            Code = result.Code,
            IsOk = result is { Outcome: RpcOutcome.Completed, Code: ResultCodes.Ok },
            Outcome = result.Outcome.ToString(),
            Reason = result.Detail ?? result.Reason,
            OrderId = result.OrderId,
            Failure = result.Code is null ? result.Detail ?? result.Reason ?? "No answer came." : null,
        };
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
