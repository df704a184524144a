using System.Net;
using Ppv.Protocol.Network;
using Ppv.Rpc;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Brokers;

namespace Ppv.Broker.Tests.Brokers;

/// <summary>A host name with several addresses, of which not all are of use.</summary>
public class DialTests(SharedBroker broker)
{
    private static readonly IPAddress Other = IPAddress.Parse("127.0.0.2");
    private static readonly Resolve OtherFirst = (_, _) => Task.FromResult<IPAddress[]>([Other, IPAddress.Loopback]);

    [Fact]
    public async Task A_black_hole_in_first_place_does_not_use_up_the_time_for_the_good_address()
    {
        await using var proxy = new TcpProxy(broker.Address.Host, broker.Address.Port);
        using var hole = new BlackHole(Other, proxy.Port);
        var options = RealConnection.Options(broker.Address);

        await using var connection = await new RabbitMqDialer(options, TimeProvider.System, resolve: OtherFirst)
            .DialAsync(new BrokerHost("rabbit.example", proxy.Port), "test", Bounds.Token);

        connection.Host.ShouldBe(new BrokerHost("rabbit.example", proxy.Port));
        (await connection.ConsumeRepliesAsync()).ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task When_no_address_can_be_had_the_message_names_all_of_them()
    {
        using var closed = new ClosedPort();
        var address = closed.Address;
        var port = IPEndPoint.Parse(address).Port;

        var error = await Should.ThrowAsync<BrokerException>(
            new RabbitMqDialer(RealConnection.Options(broker.Address), TimeProvider.System, resolve: OtherFirst)
            .DialAsync(new BrokerHost("rabbit.example", port), "test", Bounds.Token));

        string[] parts = [$"RabbitMQ on rabbit.example:{port} can't be reached", "127.0.0.2: ", "127.0.0.1: ", "Ppv:Broker:Hosts"];
        foreach (var part in parts)
            error.Message.ShouldContain(part);
    }
}
