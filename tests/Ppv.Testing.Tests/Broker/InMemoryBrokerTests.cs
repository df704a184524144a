using System.Text;
using System.Threading.Channels;
using Ppv.Protocol.Tests.Support;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Testing.Tests.Broker;

/// <summary>The broker in memory does what calls over a queue rely on RabbitMQ for.</summary>
public class InMemoryBrokerTests
{
    private static readonly BrokerHost Host = new("memory", 5672);
    private static readonly QueueDeclaration Orders = new("orders", QueueKind.LegacyTransient, TimeSpan.FromSeconds(30));
    private readonly TestClock _clock = new();
    private readonly InMemoryBroker _broker;

    public InMemoryBrokerTests() => _broker = new InMemoryBroker(_clock);

    [Fact]
    public async Task Messages_are_delivered_in_order_and_their_bodies_are_copies()
    {
        await using var connection = await ConnectAsync();
        var body = "1"u8.ToArray();
        await connection.PublishAsync("orders", new BrokerMessage { Body = body });
        body[0] = (byte)'x';
        await connection.PublishAsync("orders", Message("2"));

        var taken = await ConsumeAsync(connection);

        (await taken.NextAsync()).ShouldBe("1");
        (await taken.NextAsync()).ShouldBe("2");
    }

    [Fact]
    public async Task A_message_to_no_queue_is_returned()
    {
        await using var connection = await ConnectAsync();

        (await Should.ThrowAsync<NotConfirmedException>(connection.PublishAsync("nowhere", Message("1")))).IsReturned.ShouldBeTrue();
    }

    [Fact]
    public async Task Prefetch_bounds_what_is_out_and_an_acknowledgement_makes_room()
    {
        await using var connection = await ConnectAsync();
        foreach (var text in (string[])["1", "2", "3"]) await connection.PublishAsync("orders", Message(text));
        var taken = await ConsumeAsync(connection, prefetch: 2);
        var first = await taken.NextDeliveryAsync();
        await taken.NextDeliveryAsync();
        _broker.MessagesReady("orders").ShouldBe(1);

        await connection.SettleAsync(first, null);

        (await taken.NextAsync()).ShouldBe("3");
        _broker.MessagesReady("orders").ShouldBe(0);
    }

    [Fact]
    public async Task What_was_not_acknowledged_comes_again_first_in_order_and_marked()
    {
        var first = await ConnectAsync();
        foreach (var text in (string[])["1", "2", "3"]) await first.PublishAsync("orders", Message(text));
        var taken = await ConsumeAsync(first, prefetch: 2);
        (await taken.NextDeliveryAsync()).Redelivered.ShouldBeFalse();
        await taken.NextDeliveryAsync();

        await first.DisposeAsync();
        await using var second = await ConnectAsync();
        var again = await ConsumeAsync(second);

        var deliveries = new[] { await again.NextDeliveryAsync(), await again.NextDeliveryAsync(), await again.NextDeliveryAsync() };
        deliveries.Select(Text).ShouldBe(["1", "2", "3"]);
        deliveries.Select(delivery => delivery.Redelivered).ShouldBe([true, true, false]);
    }

    [Fact]
    public async Task A_late_acknowledgement_of_a_lost_connection_settles_nothing()
    {
        var first = await ConnectAsync();
        await first.PublishAsync("orders", Message("1"));
        var delivery = await (await ConsumeAsync(first)).NextDeliveryAsync();
        await first.DisposeAsync();

        await first.SettleAsync(delivery, null);

        _broker.MessagesReady("orders").ShouldBe(1);
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(60, 30)]
    [InlineData(null, 30)]
    public async Task The_shorter_of_the_queues_ttl_and_the_expiration_counts(int? expiration, int life)
    {
        await using var connection = await ConnectAsync();
        await connection.PublishAsync(
            "orders", Message("1") with { Expiration = expiration is { } seconds ? TimeSpan.FromSeconds(seconds) : null });

        _clock.Advance(TimeSpan.FromSeconds(life) - TimeSpan.FromTicks(1));
        _broker.MessagesReady("orders").ShouldBe(1);
        _clock.Advance(TimeSpan.FromTicks(1));
        _broker.MessagesReady("orders").ShouldBe(0);

        await connection.PublishAsync("orders", Message("2"));
        (await (await ConsumeAsync(connection)).NextAsync()).ShouldBe("2");
    }

    [Fact]
    public async Task Consumers_take_turns()
    {
        await using var one = await ConnectAsync();
        await using var two = await ConnectAsync();
        var (first, second) = (await ConsumeAsync(one), await ConsumeAsync(two));

        foreach (var text in (string[])["1", "2", "3", "4"]) await one.PublishAsync("orders", Message(text));

        (await first.NextAsync()).ShouldBe("1");
        (await second.NextAsync()).ShouldBe("2");
        (await first.NextAsync()).ShouldBe("3");
        (await second.NextAsync()).ShouldBe("4");
    }

    [Fact]
    public async Task A_cancelled_consumer_gets_no_more_but_may_acknowledge()
    {
        await using var connection = await ConnectAsync();
        await connection.PublishAsync("orders", Message("1"));
        var taken = await ConsumeAsync(connection, prefetch: 1);
        var delivery = await taken.NextDeliveryAsync();

        await connection.CancelConsumeAsync();
        await connection.SettleAsync(delivery, null);
        await connection.PublishAsync("orders", Message("2"));

        _broker.MessagesReady("orders").ShouldBe(1);
        taken.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_queue_with_other_arguments_is_taken_as_it_is_unless_it_must_match()
    {
        await using var connection = await ConnectAsync();
        var other = Orders with { MessageTtl = TimeSpan.FromSeconds(31) };

        await connection.DeclareQueueAsync(other, default);
        await connection.DeclareQueueAsync(Orders with { MustMatch = true }, default);
        var refused = await Should.ThrowAsync<BrokerException>(
            async () => await connection.DeclareQueueAsync(other with { MustMatch = true }, default));
        refused.NeedsAttention.ShouldBeTrue();
        refused.Message.ShouldContain("Ppv:Rpc:MessageTtl");
        await connection.DeclareQueueAsync(other with { Kind = QueueKind.Passive, MustMatch = true }, default);
        (await Should.ThrowAsync<BrokerException>(
            async () => await connection.DeclareQueueAsync(Orders with { Name = "other", Kind = QueueKind.Passive }, default)))
            .NeedsAttention.ShouldBeTrue();
    }

    [Fact]
    public async Task Reply_queues_go_with_their_connection()
    {
        var client = await ConnectAsync();
        await using var server = await ConnectAsync();
        var replies = Channel.CreateUnbounded<string>();
        var address = await client.ConsumeRepliesAsync(
            message => replies.Writer.TryWrite(Encoding.ASCII.GetString(message.Body.Span)), ReplyQueueKind.ExclusiveQueue, default);
        await server.PublishAsync(address, Message("hello"));
        (await replies.Reader.ReadAsync().AsTask().Within()).ShouldBe("hello");

        await client.DisposeAsync();

        (await Should.ThrowAsync<NotConfirmedException>(server.PublishAsync(address, Message("too late")))).IsReturned.ShouldBeTrue();
    }

    [Fact]
    public async Task A_stopped_broker_drops_connections_transient_queues_and_what_is_not_persistent_and_refuses_new_ones()
    {
        var connection = await ConnectAsync();
        await connection.DeclareQueueAsync(Orders with { Name = "durable", Kind = QueueKind.DurableClassic }, default);
        await connection.DeclareQueueAsync(Orders with { Name = "quorum", Kind = QueueKind.Quorum }, default);
        await connection.PublishAsync("durable", Message("lost"));
        await connection.PublishAsync("durable", Message("kept") with { IsPersistent = true });
        await connection.PublishAsync("durable", Message("lost too"));
        await connection.PublishAsync("quorum", Message("kept"));

        _broker.IsRunning = false;

        (await connection.Lost.Within()).ShouldContain("stopped");
        _broker.Connections.ShouldBe(0);
        Should.Throw<BrokerException>(() => _broker.Connect(Host)).NeedsAttention.ShouldBeFalse();
        (await Should.ThrowAsync<NotConfirmedException>(connection.PublishAsync("orders", Message("1")))).IsReturned.ShouldBeFalse();
        _broker.IsRunning = true;
        await using var next = _broker.Connect(Host);
        (await Should.ThrowAsync<NotConfirmedException>(next.PublishAsync("orders", Message("1")))).IsReturned.ShouldBeTrue();
        _broker.MessagesReady("durable").ShouldBe(1);
        _broker.MessagesReady("quorum").ShouldBe(1);
    }

    [Fact]
    public async Task A_delivery_is_settled_even_if_its_answer_finds_nobody()
    {
        await using var connection = await ConnectAsync();
        await connection.PublishAsync("orders", Message("1") with { ReplyTo = "gone" });
        var taken = await ConsumeAsync(connection, prefetch: 1);
        var delivery = await taken.NextDeliveryAsync();

        await connection.SettleAsync(delivery, Message("answer") with { CorrelationId = "c" });
        await connection.PublishAsync("orders", Message("2"));

        (await taken.NextAsync()).ShouldBe("2");
        taken.Returned.ShouldHaveSingleItem().CorrelationId.ShouldBe("c");
    }

    private static BrokerMessage Message(string text) => new() { Body = Encoding.ASCII.GetBytes(text) };

    private static string Text(BrokerDelivery delivery) => Encoding.ASCII.GetString(delivery.Message.Body.Span);

    private static async Task<Taken> ConsumeAsync(IBrokerConnection connection, int prefetch = 100)
    {
        var taken = new Taken();
        await connection.TryConsumeAsync(
            new ConsumeRequest("orders", ConsumerKind.Shared, prefetch, taken.Add, taken.AddReturned), default);
        return taken;
    }

    private async Task<IBrokerConnection> ConnectAsync()
    {
        var connection = _broker.Connect(Host);
        await connection.DeclareQueueAsync(Orders, default);
        return connection;
    }

    private sealed class Taken
    {
        private readonly Channel<BrokerDelivery> _deliveries = Channel.CreateUnbounded<BrokerDelivery>();

        public List<BrokerMessage> Returned { get; } = [];

        public int Count => _deliveries.Reader.Count;

        public void AddReturned(BrokerMessage answer) => Returned.Add(answer);

        public void Add(BrokerDelivery delivery) => _deliveries.Writer.TryWrite(delivery);

        public Task<BrokerDelivery> NextDeliveryAsync() => _deliveries.Reader.ReadAsync().AsTask().Within();

        public async Task<string> NextAsync() => Text(await NextDeliveryAsync());
    }
}
