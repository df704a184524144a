namespace Ppv.Broker.Tests.Failover;

/// <summary>Each program's own ways to the two brokers, the primary first.</summary>
internal sealed class FailoverWays(TestBrokerPair brokers) : IAsyncDisposable
{
    public IReadOnlyList<TcpProxy> OfWorker { get; } = [brokers.ProxyTo(brokers.Primary), brokers.ProxyTo(brokers.Backup)];

    public IReadOnlyList<TcpProxy> OfGateway { get; } = [brokers.ProxyTo(brokers.Primary), brokers.ProxyTo(brokers.Backup)];

    /// <summary>Both programs' ways to a host.</summary>
    public IEnumerable<TcpProxy> To(int host) => [OfWorker[host], OfGateway[host]];

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in OfWorker.Concat(OfGateway))
            await proxy.DisposeAsync();
    }
}
