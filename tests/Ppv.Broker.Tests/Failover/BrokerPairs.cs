namespace Ppv.Broker.Tests.Failover;

/// <summary>
/// The two pairs of brokers that the failover tests share; each is started when it is first asked for. One test at a time.
/// </summary>
public sealed class BrokerPairs : IAsyncDisposable
{
    private TestBrokerPair? _cluster, _independent;

    /// <summary>Both pairs, in good health.</summary>
    public Task<TestBrokerPair[]> HealthyAsync() => Task.WhenAll(HealthyAsync(isCluster: true), HealthyAsync(isCluster: false));

    /// <summary>A pair in good health.</summary>
    public async Task<TestBrokerPair> HealthyAsync(bool isCluster)
    {
        if (isCluster) _cluster ??= await TestBrokerPair.StartClusteredAsync();
        else _independent ??= await TestBrokerPair.StartIndependentAsync();
        var pair = isCluster ? _cluster! : _independent!;
        await pair.HealAsync();
        return pair;
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(EndAsync(_cluster), EndAsync(_independent));

    private static async Task EndAsync(TestBrokerPair? pair)
    {
        if (pair is not null) await pair.DisposeAsync();
    }
}
