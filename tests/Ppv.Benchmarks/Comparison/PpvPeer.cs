using Ppv.Rpc.Orders;
using Ppv.Rpc;

namespace Ppv.Benchmarks.Comparison;

/// <summary>Ours.</summary>
internal sealed class PpvPeer : IPeer
{
    private static readonly byte[] Body = """{"connid":"012703395c597610","EV":"262193"}"""u8.ToArray();
    private readonly RpcServer _server;
    private readonly RpcClient _client;

    public PpvPeer(BrokerOptions broker, QueueKind kind = QueueKind.DurableClassic, string name = "Ppv.Rpc")
    {
        Name = name;
        var rpc = new RpcOptions { Queue = $"bench.ppv.{Guid.NewGuid():N}", QueueKind = kind, Prefetch = 256 };
        _server = new RpcServer(broker, rpc, static (_, _) => Task.FromResult(OrderReply.Completed("OK")));
        _client = new RpcClient(broker, rpc);
        _server.Start();
    }

    public string Name { get; }

    public async Task CallAsync()
    {
        var reply = await _client.SendAsync(new RpcRequest("order", Body));
        if (reply.Outcome != RpcOutcome.Completed) throw new InvalidOperationException($"{reply.Outcome}: {reply.Reason}");
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }
}
