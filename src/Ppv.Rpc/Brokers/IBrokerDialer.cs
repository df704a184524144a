namespace Ppv.Rpc.Brokers;

/// <summary>Opens connections to brokers: RabbitMQ's, or the one in memory.</summary>
internal interface IBrokerDialer
{
    /// <summary>Connects to one host and logs in, within <see cref="BrokerOptions.DialTimeout"/>.</summary>
    /// <exception cref="Errors.BrokerException">It did not work.</exception>
    Task<IBrokerConnection> DialAsync(BrokerHost host, string clientName, CancellationToken cancellationToken);
}
