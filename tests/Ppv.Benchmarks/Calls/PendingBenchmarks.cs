using BenchmarkDotNet.Attributes;
using Ppv.Rpc;
using Ppv.Rpc.Client;

namespace Ppv.Benchmarks.Calls;

/// <summary>A call in the table of those that wait: added with its deadline, settled with its answer; alone and beside 1,000.</summary>
[MemoryDiagnoser]
public class PendingBenchmarks
{
    private static readonly object Session = new();
    private static readonly RpcReply Reply = RpcReply.WithoutBody(RpcOutcome.Completed, "OK");
    private static readonly TimeSpan Left = TimeSpan.FromSeconds(30);
    private readonly PendingRequests _table = new(10_000, TimeProvider.System);

    [Params(0, 1_000)]
    public int Others { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        for (var other = 0; other < Others; other++) _table.TryAdd(Session, "other", TimeSpan.FromDays(1), out _);
    }

    [Benchmark]
    public ValueTask<RpcReply> AddAndSettle()
    {
        _table.TryAdd(Session, "id", Left, out var request);
        _table.TrySettle(request!.CorrelationId, Reply);
        return request.ReplyAsync();
    }
}
