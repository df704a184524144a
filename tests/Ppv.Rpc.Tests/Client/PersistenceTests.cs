using Ppv.Rpc.Orders;
using Ppv.Protocol;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Tests.Support;
using Ppv.Testing;
using Ppv.Testing.Broker;

namespace Ppv.Rpc.Tests.Client;

/// <summary>Which messages are to outlive a restart of the broker.</summary>
public sealed class PersistenceTests : IAsyncDisposable
{
    private static readonly ConnectionId Connid = ConnectionId.Parse("012703395c597610");
    private readonly ScriptedConnection _connection = new(new BrokerHost("kfs-gax", 5672));

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    [Theory]
    [InlineData(QueueKind.DurableClassic, true)]
    [InlineData(QueueKind.Quorum, true)]
    [InlineData(QueueKind.Passive, true)] // It may be durable.
    [InlineData(QueueKind.LegacyTransient, false)] // As the old gateway's.
    public async Task Orders_are_persistent_unless_the_queue_is_the_old_transient_one(QueueKind kind, bool isPersistent)
    {
        await using var client = Client(kind);

        foreach (var order in (PpvOrder[])[PpvOrder.Event(Connid, "1"), PpvOrder.Subscriber(Connid, "2"), PpvOrder.Confirm(Connid)])
        {
            _ = client.SendAsync(order);
            (await _connection.NextPublishedAsync()).Message.IsPersistent.ShouldBe(isPersistent, order.ToString());
        }
    }

    [Theory]
    [InlineData(QueueKind.DurableClassic)]
    [InlineData(QueueKind.Quorum)]
    [InlineData(QueueKind.Passive)]
    public async Task Inquiries_are_not(QueueKind kind)
    {
        await using var client = Client(kind);

        _ = client.GetStatusAsync("order-1");

        (await _connection.NextPublishedAsync()).Message.IsPersistent.ShouldBeFalse();
    }

    [Fact]
    public async Task Answers_are_not()
    {
        await using var server = new RpcServer(
            new ScriptedDialer((_, _) => _connection), new BrokerOptions { Hosts = ["kfs-gax"] }, new RpcOptions(), (_, _) =>
                Task.FromResult(OrderReply.Completed("OK")), null, null);
        server.Start();
        await Bounds.UntilAsync(() => _connection.Deliveries is not null, "the consumer");

        _connection.Deliveries!(new BrokerDelivery(
            new BrokerMessage { Body = "{}"u8.ToArray(), MessageId = "1", ReplyTo = "caller", IsPersistent = true }, 1,
            Redelivered: false));

        (await _connection.NextSettledAsync()).Answer!.Value.IsPersistent.ShouldBeFalse();
    }

    [Theory]
    [InlineData(QueueKind.DurableClassic, true)]
    [InlineData(QueueKind.Quorum, true)]
    [InlineData(QueueKind.LegacyTransient, false)]
    public async Task An_order_that_no_worker_took_outlives_the_broker_in_memory_as_it_does_RabbitMQ(QueueKind kind, bool outlives)
    {
        var clock = new TestClock(DateTimeOffset.UnixEpoch.AddYears(56));
        var broker = new InMemoryBroker(clock);
        await using var client = new PpvClient(
            new InMemoryDialer(broker), new PpvClientOptions { Rpc = { Queue = "orders", QueueKind = kind } }, null, clock);
        var confirming = client.SendAsync(PpvOrder.Confirm(Connid));
        await Bounds.UntilAsync(() => broker.MessagesReady("orders") == 1, "the order");

        broker.IsRunning = false;
        broker.IsRunning = true;

        (await confirming.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
        broker.MessagesReady("orders").ShouldBe(outlives ? 1 : 0);
    }

    private PpvClient Client(QueueKind kind) =>
        new(new ScriptedDialer((_, _) => _connection),
            new PpvClientOptions { Broker = { Hosts = ["kfs-gax"] }, Rpc = { QueueKind = kind } }, null, null);
}
