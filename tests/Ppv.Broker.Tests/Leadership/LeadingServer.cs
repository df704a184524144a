using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Orders;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Broker.Tests.Leadership;

/// <summary>A server that works alone, over a real broker. It keeps the fence of each request that it begins.</summary>
internal sealed class LeadingServer : IAsyncDisposable
{
    private readonly LoggerFactory _loggerFactory = new();
    private readonly string _identity;
    private readonly ConcurrentQueue<(string Identity, string What)> _done;
    private volatile Fence? _fence;

    /// <param name="identity">Its name.</param>
    /// <param name="address">The broker.</param>
    /// <param name="done">Where it notes what it was told of its memory, and that it began a request. Servers share one.</param>
    /// <param name="configure">Changes options.</param>
    public LeadingServer(
        string identity, BrokerAddress address, ConcurrentQueue<(string Identity, string What)> done,
        Action<RpcOptions, BrokerOptions> configure)
    {
        (_identity, _done) = (identity, done);
        var broker = new BrokerOptions();
        address.ApplyTo(broker);
        // Quick, so that what is silent is given up in seconds.
        (broker.Heartbeat, broker.ProbeInterval, broker.ProbeTimeout) =
            (TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1.5));
        broker.DialTimeout = TimeSpan.FromSeconds(10);
        var rpc = new RpcOptions { SingleActiveConsumer = true };
        configure(rpc, broker);
        _loggerFactory.AddProvider(Log);
        var handover = new WrittenHandover(identity, done);
        Server = new RpcServer(
            new RabbitMqDialer(broker, TimeProvider.System), broker, rpc, AnswerAsync, _loggerFactory, null, handover);
        Server.Start();
    }

    public RpcServer Server { get; }

    public CollectingLoggerProvider Log { get; } = new();

    /// <summary>The ids of the requests that were begun while the fence stood.</summary>
    public ConcurrentQueue<string> Begun { get; } = new();

    /// <summary>Whether it may write to Wizard now, as far as it knows: with the right that its last request had.</summary>
    public bool MayWrite => _fence is { LostReason: null };

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _loggerFactory.Dispose();
    }

    private Task<RpcReply> AnswerAsync(RpcRequestContext request, CancellationToken cancellationToken)
    {
        _fence = request.Fence;
        if (request.Fence.LostReason is { } reason) throw new OperationCanceledException(reason);
        Begun.Enqueue(request.Id);
        _done.Enqueue((_identity, WrittenHandover.Began));
        return Task.FromResult(OrderReply.Completed("OK\r"));
    }
}

/// <summary>Remembers nothing, and writes down what it is told.</summary>
internal sealed class WrittenHandover(string identity, ConcurrentQueue<(string Identity, string What)> done) : IHandover
{
    public const string Began = "began", StartedOver = "start over";

    public Task<string> IdentityAsync(CancellationToken cancellationToken) => Task.FromResult(identity);

    public Task ContinueAsync(DateTimeOffset? since, CancellationToken cancellationToken) => Tell("continue");

    public async Task<TimeSpan?> ImportAsync(ReadOnlyMemory<byte> remembered, CancellationToken cancellationToken)
    {
        await Tell("import");
        return null;
    }

    public Task StartOverAsync(CancellationToken cancellationToken) => Tell(StartedOver);

    public Task<ReadOnlyMemory<byte>> ExportAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ReadOnlyMemory<byte>>("its calls"u8.ToArray());

    private Task Tell(string what)
    {
        done.Enqueue((identity, what));
        return Task.CompletedTask;
    }
}
