using System.Threading.Channels;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using RabbitMQ.Client;

namespace Ppv.Broker.Tests.Brokers;

/// <summary>Who consumes a queue alone keeps others out, and lets the next one in when gone.</summary>
public class ConsumerTests(SharedBroker broker)
{
    private readonly string _queue = TestBroker.UniqueQueueName("consumer");

    [Fact]
    public async Task An_exclusive_consumer_keeps_a_second_one_out_until_its_connection_is_closed()
    {
        var first = await DialAsync(QueueKind.DurableClassic);
        await using var second = await DialAsync(QueueKind.DurableClassic);
        var taken = Channel.CreateUnbounded<BrokerDelivery>();
        (await first.TryConsumeAsync(_queue, ConsumerKind.Exclusive)).ShouldBeTrue();
        for (var attempt = 0; attempt < 20; attempt++) (await Consume()).ShouldBeFalse();
        second.Lost.IsCompleted.ShouldBeFalse();

        await first.DisposeAsync();

        var since = TimeProvider.System.GetTimestamp();
        while (!await Consume()) TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Bounds.Limit);
        await second.PublishAsync(_queue, RealConnection.Message("hello"));
        var delivery = await taken.Reader.ReadAsync(Bounds.Token);
        delivery.Message.Text().ShouldBe("hello");
        await second.SettleAsync(delivery, null);
        (await second.CountAsync(_queue, Bounds.Token)).Consumers.ShouldBe(1);
        await DeleteAsync();

        Task<bool> Consume() => second.TryConsumeAsync(_queue, ConsumerKind.Exclusive, delivery => taken.Writer.TryWrite(delivery));
    }

    [Fact]
    public async Task Of_many_that_want_to_consume_alone_at_once_one_does_and_none_loses_its_connection()
    {
        var connections = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => DialAsync(QueueKind.DurableClassic)));

        var granted = await Task.WhenAll(connections.Select(connection => connection.TryConsumeAsync(_queue, ConsumerKind.Exclusive)));

        granted.Count(one => one).ShouldBe(1);
        connections.ShouldAllBe(connection => !connection.Lost.IsCompleted);
        foreach (var connection in connections) (await connection.CountAsync(_queue, Bounds.Token)).Consumers.ShouldBe(1);
        foreach (var connection in connections) await connection.DisposeAsync();
        await DeleteAsync();
    }

    [Fact]
    public async Task On_a_quorum_queue_one_of_two_is_active_and_the_other_takes_over()
    {
        var first = await DialAsync(QueueKind.Quorum);
        await using var second = await DialAsync(QueueKind.Quorum);
        var (one, two) = (Channel.CreateUnbounded<BrokerDelivery>(), Channel.CreateUnbounded<BrokerDelivery>());
        (await first.TryConsumeAsync(_queue, ConsumerKind.SingleActive, delivery => one.Writer.TryWrite(delivery))).ShouldBeTrue();
        (await second.TryConsumeAsync(_queue, ConsumerKind.SingleActive, delivery => two.Writer.TryWrite(delivery))).ShouldBeTrue();
        foreach (var text in (string[])["1", "2", "3"]) await second.PublishAsync(_queue, RealConnection.Message(text));
        for (var taken = 0; taken < 3; taken++) await first.SettleAsync(await one.Reader.ReadAsync(Bounds.Token), null);
        two.Reader.Count.ShouldBe(0);

        await first.DisposeAsync();
        await second.PublishAsync(_queue, RealConnection.Message("4"));

        (await two.Reader.ReadAsync(Bounds.Token)).Message.Text().ShouldBe("4");
        await DeleteAsync();
    }

    [Fact]
    public async Task When_the_broker_cancels_the_consumer_the_connection_is_lost()
    {
        await using var connection = await DialAsync(QueueKind.DurableClassic);
        (await connection.TryConsumeAsync(_queue, ConsumerKind.Exclusive)).ShouldBeTrue();

        await DeleteAsync();

        (await connection.Lost.Within()).ShouldContain("cancelled our consumer");
    }

    [Fact]
    public async Task After_cancelling_nothing_more_comes_and_what_came_can_be_settled()
    {
        await using var connection = await DialAsync(QueueKind.DurableClassic);
        var taken = Channel.CreateUnbounded<BrokerDelivery>();
        await connection.TryConsumeAsync(_queue, ConsumerKind.Exclusive, delivery => taken.Writer.TryWrite(delivery));
        await connection.PublishAsync(_queue, RealConnection.Message("1"));
        var delivery = await taken.Reader.ReadAsync(Bounds.Token);

        await connection.CancelConsumeAsync();
        await connection.PublishAsync(_queue, RealConnection.Message("2"));
        await connection.SettleAsync(delivery, null);

        (await connection.ProbeAsync()).ShouldBeTrue("a consumer that we cancelled ourselves is not missed");
        taken.Reader.Count.ShouldBe(0);
        using var plain = await broker.Broker.ConnectAsync();
        using var channel = await plain.CreateChannelAsync();
        (await channel.QueueDeleteAsync(_queue)).ShouldBe(1u);
    }

    [Fact]
    public async Task What_came_before_a_cancel_is_settled_as_itself_when_the_queue_is_consumed_again()
    {
        await using var connection = await DialAsync(QueueKind.DurableClassic);
        var taken = Channel.CreateUnbounded<BrokerDelivery>();
        await connection.TryConsumeAsync(_queue, ConsumerKind.Exclusive, delivery => taken.Writer.TryWrite(delivery));
        await connection.PublishAsync(_queue, RealConnection.Message("1"));
        var first = await taken.Reader.ReadAsync(Bounds.Token);
        await connection.CancelConsumeAsync();
        await connection.TryConsumeAsync(_queue, ConsumerKind.Exclusive, delivery => taken.Writer.TryWrite(delivery));
        await connection.PublishAsync(_queue, RealConnection.Message("2"));
        await taken.Reader.ReadAsync(Bounds.Token);

        await connection.SettleAsync(first, null);

        (await connection.CountAsync(_queue, Bounds.Token)).Consumers.ShouldBe(1);
        await connection.DisposeAsync();
        await using var next = await DialAsync(QueueKind.DurableClassic);
        var again = Channel.CreateUnbounded<BrokerDelivery>();
        await next.TryConsumeAsync(_queue, ConsumerKind.Shared, delivery => again.Writer.TryWrite(delivery));
        (await again.Reader.ReadAsync(Bounds.Token)).Message.Text().ShouldBe("2");
        await DeleteAsync();
    }

    private async Task<IBrokerConnection> DialAsync(QueueKind kind)
    {
        var connection = await RealConnection.DialAsync(broker.Address);
        await connection.DeclareQueueAsync(new QueueDeclaration(_queue, kind, RealConnection.Ttl), Bounds.Token);
        return connection;
    }

    private async Task DeleteAsync()
    {
        using var plain = await broker.Broker.ConnectAsync();
        using var channel = await plain.CreateChannelAsync();
        await channel.QueueDeleteAsync(_queue);
    }
}
