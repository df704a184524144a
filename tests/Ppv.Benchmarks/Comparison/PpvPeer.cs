using Ppv.Rpc;
using Ppv.Rpc.Orders;
using RabbitMQ.Client;

namespace Ppv.Benchmarks.Comparison;

/// <summary>Ours, with all that it guarantees.</summary>
internal sealed class PpvPeer : IPeer
{
    private static readonly byte[] Body = """{"connid":"012703395c597610","EV":"262193"}"""u8.ToArray();
    private readonly string _queue = $"bench.ppv.{Guid.NewGuid():N}";
    private readonly BrokerOptions _broker;
    private readonly RpcServer _server;
    private readonly RpcClient _client;

    public PpvPeer(BrokerOptions broker, QueueKind kind = QueueKind.DurableClassic)
    {
        _broker = broker;
        var rpc = new RpcOptions { Queue = _queue, QueueKind = kind, Prefetch = 256 };
        _server = new RpcServer(broker, rpc, static (_, _) => Task.FromResult(OrderReply.Completed("OK")));
        _client = new RpcClient(broker, rpc);
        _server.Start();
    }

    public async Task CallAsync()
    {
        var reply = await _client.SendAsync(new RpcRequest("order", Body) { History = IdHistory.New });
        if (reply.Outcome != RpcOutcome.Completed) throw new InvalidOperationException($"{reply.Outcome}: {reply.Reason}");
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
        // A durable queue would stay.
        await using var connection = await AmqpAddress.FactoryFor(_broker).CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeleteAsync(_queue);
    }
}
