using System.Threading.Channels;

namespace Ppv.Rpc.Brokers.InMemory;

/// <summary>One consumer. Its callback runs for one delivery at a time, in order, and never under the broker's lock.</summary>
internal sealed class InMemoryConsumer
{
    private readonly Channel<BrokerDelivery> _deliveries = Channel.CreateUnbounded<BrokerDelivery>(new UnboundedChannelOptions { SingleReader = true });

    public InMemoryConsumer(InMemoryConnection connection, int prefetch, Action<BrokerDelivery> onDelivery)
    {
        (Connection, Prefetch) = (connection, prefetch);
        connection.Lost.ContinueWith(_ => _deliveries.Writer.TryComplete(), TaskScheduler.Default);
        _ = PumpAsync(onDelivery);
    }

    public InMemoryConnection Connection { get; }

    public int Prefetch { get; }

    public int Outstanding { get; set; }

    public void Deliver(BrokerDelivery delivery) => _deliveries.Writer.TryWrite(delivery);

    private async Task PumpAsync(Action<BrokerDelivery> onDelivery)
    {
        await foreach (var delivery in _deliveries.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (!Connection.Lost.IsCompleted) onDelivery(delivery);
        }
    }
}
