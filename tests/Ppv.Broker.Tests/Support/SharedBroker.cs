namespace Ppv.Broker.Tests.Support;

/// <summary>The broker that the tests of this project share, each with queues of its own.</summary>
public sealed class SharedBroker : IAsyncLifetime
{
    private TestBroker? _broker;

    public BrokerAddress Address => Broker.Address;

    public TestBroker Broker => _broker ?? throw new InvalidOperationException("The broker was not started.");

    public async ValueTask InitializeAsync() => _broker = await TestBroker.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null) await _broker.DisposeAsync();
    }
}
