using Ppv.TestKit;
using RabbitMQ.Client;

namespace Ppv.Broker.Tests.TestKit;

/// <summary>The test kit's broker does what the other tests rely on. On a node of its own: it stops and kills it.</summary>
public sealed class TestBrokerTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_shared_broker_takes_a_connection()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var connection = await broker.ConnectAsync();
        connection.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task A_node_comes_back_on_its_port_however_it_went()
    {
        await using var node = await TestBrokerNode.StartAsync();

        await LosesConnectionAsync(node, () => node.CloseAllConnectionsAsync("the test asked for it"));
        await LosesConnectionAsync(node, node.StopAppAsync);
        await node.StartAppAsync();
        await LosesConnectionAsync(node, node.RestartAsync);
        await LosesConnectionAsync(node, node.KillAsync);
        await node.StartAgainAsync();

        await using var connection = await node.Address.ConnectAsync();
        connection.IsOpen.ShouldBeTrue();
        (await node.ControlAsync("list_vhosts", "name")).ShouldContain("/ppv");
    }

    [Theory]
    [InlineData("amqp://ppv:p%40ss@host:5673/%2Fppv", "host", 5673, "ppv", "p@ss", "/ppv")]
    [InlineData("amqp://127.0.0.1", "127.0.0.1", 5672, "guest", "guest", "/")]
    public void An_address_is_read_from_its_uri(string uri, string host, int port, string user, string password, string virtualHost) =>
        BrokerAddress.Parse(uri).ShouldBe(new BrokerAddress(host, port, user, password, virtualHost));

    private static async Task LosesConnectionAsync(TestBrokerNode node, Func<Task> what)
    {
        await using var connection = await node.Address.ConnectAsync();
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, _) =>
        {
            lost.TrySetResult();
            return Task.CompletedTask;
        };
        await what();
        await lost.Task.WaitAsync(Bound);
    }
}
