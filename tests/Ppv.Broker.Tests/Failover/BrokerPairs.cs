namespace Ppv.Broker.Tests.Failover;

/// <summary>The two pairs of brokers that the failover tests share; each is started when it is first asked for.</summary>
public sealed class BrokerPairs : IAsyncDisposable
{
    private TestBrokerPair? _cluster, _independent;

    /// <summary>A pair in good health.</summary>
    public async Task<TestBrokerPair> HealthyAsync(bool isCluster)
    {
        if (isCluster) _cluster ??= await TestBrokerPair.StartClusteredAsync();
        else _independent ??= await TestBrokerPair.StartIndependentAsync();
        var pair = isCluster ? _cluster! : _independent!;
        await pair.HealAsync();
        return pair;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        if (_independent is not null) await _independent.DisposeAsync();
    }
}
