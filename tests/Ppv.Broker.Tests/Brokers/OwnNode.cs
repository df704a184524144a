namespace Ppv.Broker.Tests.Brokers;

/// <summary>A node for tests that stop it or put it into an alarm.</summary>
public sealed class OwnNode : IAsyncLifetime
{
    private TestBrokerNode? _node;

    public TestBrokerNode Node => _node ?? throw new InvalidOperationException("The node was not started.");

    public async ValueTask InitializeAsync() => _node = await TestBrokerNode.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
    }
}
