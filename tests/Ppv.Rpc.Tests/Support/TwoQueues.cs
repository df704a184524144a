using Ppv.Rpc.Orders;
using System.Collections.Concurrent;
using System.Text;
using Ppv.Protocol;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Client;
using Ppv.Rpc.Orders.Routing;

namespace Ppv.Rpc.Tests.Support;

/// <summary>A client of several queues, and workers of which a test says which calls each has and whether it answers at all.</summary>
internal sealed class TwoQueues : IAsyncDisposable
{
    public const string A = "queue-a", B = "queue-b";
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly RpcOptions _options;

    public TwoQueues(DateTimeOffset? from = null, TimeSpan? replyTimeout = null, int? maxPendingRequests = null)
    {
        _options = new RpcOptions { Queue = "not used", Queues = [new QueueRoute { Name = A }, new QueueRoute { Name = B, From = from }] };
        if (replyTimeout is { } timeout) _options.ReplyTimeout = timeout;
        if (maxPendingRequests is { } room) _options.MaxPendingRequests = room;
        Connection.Publishing = (queue, message) =>
        {
            Serve(queue, message);
            return Task.CompletedTask;
        };
        Client = new PpvClient(
            new ScriptedDialer((_, _) => Dial()), new PpvClientOptions { Broker = { Hosts = ["kfs-gax"] }, Rpc = _options }, null, Clock);
    }

    public static DateTimeOffset Start { get; } = new(2026, 12, 1, 3, 0, 0, TimeSpan.Zero);

    public SteppedClock Clock { get; } = new(Start);

    public ScriptedConnection Connection { get; } = new();

    public PpvClient Client { get; }

    /// <summary>How a connection comes about; at once unless a test says otherwise.</summary>
    public Func<bool> CanDial { get; set; } = () => true;

    /// <summary>The queues whose worker does not answer.</summary>
    public HashSet<string> Down { get; } = [];

    /// <summary>The calls that workers have, as "queue connid".</summary>
    public HashSet<string> Open { get; } = [];

    /// <summary>What the workers answer to a status inquiry; never seen unless a test says otherwise.</summary>
    public Dictionary<string, PpvOrderStatus> Statuses { get; } = [];

    /// <summary>What was published since the last look, as "queue ?connid" for an inquiry and "queue command" for an order.</summary>
    public IReadOnlyList<string> TakeSeen()
    {
        var seen = _seen.ToArray();
        _seen.Clear();
        return seen;
    }

    /// <summary>A call that belongs to a queue as long as nobody has it.</summary>
    public static ConnectionId CallOf(string queue, int number = 0) =>
        Enumerable.Range(0x1000, 0xFFF).Select(n => ConnectionId.Parse($"{n:x}")).Where(
            call => QueueWeight.Of(queue, $"{call}") > QueueWeight.Of(queue == A ? B : A, $"{call}")).ElementAt(number);

    /// <summary>Sends an order to workers that all answer, while the clock stands still.</summary>
    public Task<PpvResult> SendAsync(PpvOrder order) => Client.SendAsync(order).Within();

    /// <summary>
    /// Lets the clock run until a task has ended: far faster than a real one, but slowly enough for what goes on in the background, which
    /// sets timers of its own.
    /// </summary>
    public async Task<T> RunAsync<T>(Task<T> task, TimeSpan? pause = null)
    {
        while (!task.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(pause ?? TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        return await task;
    }

    public Task ReadyAsync()
    {
        Client.Start();
        return Bounds.UntilAsync(() => Client.Status.IsReady, "the connection");
    }

    /// <summary>Moves the clock on past every change.</summary>
    public void Settle() => Clock.Advance(TimeSpan.FromMinutes(5));

    public ValueTask DisposeAsync() => Client.DisposeAsync();

    private ScriptedConnection Dial() => CanDial() ? Connection : throw ScriptedDialer.Unavailable;

    private void Serve(string queue, BrokerMessage message)
    {
        var text = Encoding.UTF8.GetString(message.Body.Span);
        if (message.Type is null && OrderJson.TryRead(message.Body.Span, out var order, out _)) text = order.Command.Kind.ToString();
        _seen.Enqueue(message.Type is null ? $"{queue} {text}" : $"{queue} ?{text}");
        if (Down.Contains(queue)) return;
        var body = message.Type switch
        {
            "ppv.call" => CallInquiry.ToBytes(Open.Contains($"{queue} {text}")),
            "ppv.status" =>
                StatusInquiry.ToBytes(
                    Statuses.GetValueOrDefault(queue, new PpvOrderStatus(text, PpvOrderState.NeverSeen, null, null)), coveredFor: null),
            _ => "OK\r"u8.ToArray(),
        };
        Connection.Replies!(new BrokerMessage { Body = body, CorrelationId = message.CorrelationId, Outcome = RpcOutcome.Completed });
    }
}
