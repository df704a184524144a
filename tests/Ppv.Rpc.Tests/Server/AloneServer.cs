using Ppv.Rpc.Clocks;
using Ppv.Rpc.Orders;
using System.Collections.Concurrent;
using System.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>A server that works alone, on connections that the test scripts and on a clock that it moves.</summary>
internal sealed class AloneServer : IAsyncDisposable
{
    private readonly ScriptedConnection[] _connections;
    private ulong _tag;

    public AloneServer(
        int connections = 2, Action<RpcOptions, BrokerOptions>? configure = null, IHandover? handover = null, bool withoutHandover = false)
    {
        ReadOnlyMemory<byte>?[] slot = [null];
        _connections = [.. Enumerable.Range(0, connections).Select(
            _ => new ScriptedConnection(new BrokerHost("kfs-gax", 5672)) { Note = slot })];
        var rpc = new RpcOptions { SingleActiveConsumer = true };
        var broker = new BrokerOptions { Hosts = ["kfs-gax"], ReconnectDelay = TimeSpan.FromMilliseconds(10) };
        configure?.Invoke(rpc, broker);
        Server = new RpcServer(
            new ScriptedDialer((attempt, _) => attempt < connections ? _connections[attempt] : throw ScriptedDialer.Unavailable),
            broker,
            rpc,
            (call, cancellationToken) => { Begun.Enqueue(call); return Handler(call, cancellationToken); },
            new OneLoggerFactory(Log),
            Clock,
            withoutHandover ? null : handover ?? Handover);
    }

    public SteppedClock Clock { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public FakeHandover Handover { get; } = new();

    public RecordingLogger Log { get; } = new();

    public RpcServer Server { get; }

    public ConcurrentQueue<RpcRequestContext> Begun { get; } = new();

    public Func<RpcRequestContext, CancellationToken, Task<RpcReply>> Handler { get; set; } = (_, _) =>
        Task.FromResult(OrderReply.Completed("OK"));

    public ScriptedConnection First => _connections[0];

    public ScriptedConnection Second => _connections[1];

    public LeaderRecord? Note => First.Note[0] is { } note ? LeaderRecord.Read(note) : null;

    public void FindNote(
        string identity, LeaderRecordState state, string? remembered = null, TimeSpan? within = null, DateTimeOffset? since = null,
        TimeSpan? coveredFor = null, TimeSpan? standsFor = null, TimeSpan? waits = null, TimeSpan? age = null) =>
        First.Note[0] = new LeaderRecord
        {
            Identity = identity, State = state, Within = within, Since = since, CoveredFor = coveredFor, StandsFor = standsFor,
            Waits = waits, WrittenAt = Clock.GetUtcNow() - age, Uptime = ClockReading.Now(Clock).Uptime(Clock) - age,
            Remembered = remembered is null ? null : Encoding.ASCII.GetBytes(remembered),
        }.ToBytes();

    public Task StartAsync()
    {
        Server.Start();
        return IsAsync("standing by|taking over|Connected to RabbitMQ on kfs-gax:5672.");
    }

    /// <summary>Waits until the state says so, on a clock that stands still.</summary>
    public Task IsAsync(string what) =>
        Bounds.UntilAsync(() => Server.Status.IsReady && what.Split('|').Any(
            part => Server.Status.Description.Contains(part, StringComparison.Ordinal)), what);

    /// <summary>Moves the clock until something is the case, and not much faster than what runs in the background can follow.</summary>
    public async Task PassUntilAsync(Func<bool> condition, string what, int milliseconds = 20)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(20), what);
            Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
            await Bounds.LetOthersWorkAsync();
        }
    }

    public Task ServesAsync() => PassUntilAsync(() => Server.Status.Description.EndsWith("5672.", StringComparison.Ordinal), "serving");

    public BrokerDelivery Deliver(ScriptedConnection connection, string id = "order", bool redelivered = false, IdHistory? history = null)
    {
        var message = new BrokerMessage
        {
            Body = Encoding.ASCII.GetBytes("{}"), MessageId = id, CorrelationId = id, ReplyTo = "replies", Deadline = Clock.GetUtcNow()
                .AddSeconds(60), History = history ?? IdHistory.New,
        };
        var delivery = new BrokerDelivery(message, ++_tag, redelivered);
        connection.Deliveries!(delivery);
        return delivery;
    }

    public async ValueTask DisposeAsync()
    {
        var stopping = Server.DisposeAsync().AsTask();
        await PassUntilAsync(() => stopping.IsCompleted, "the end", 1000);
        await stopping;
    }
}
