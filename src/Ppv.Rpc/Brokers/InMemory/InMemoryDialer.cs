namespace Ppv.Rpc.Brokers.InMemory;

/// <summary>Every host is the one broker in memory.</summary>
internal sealed class InMemoryDialer(InMemoryBroker broker) : IBrokerDialer
{
    public Task<IBrokerConnection> DialAsync(BrokerHost host, string clientName, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IBrokerConnection>(broker.Connect(host));
    }
}
