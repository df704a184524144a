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

    [Theory]
    [InlineData(QueueKind.DurableClassic)]
    [InlineData(QueueKind.Quorum)]
    public async Task What_is_given_back_comes_to_the_next_consumer_and_no_channel_is_left_behind(QueueKind kind)
    {
        await using var first = await DialAsync(kind);
        await using var second = await DialAsync(kind);
        var (one, two) = (Channel.CreateUnbounded<BrokerDelivery>(), Channel.CreateUnbounded<BrokerDelivery>());
        var consumer = kind == QueueKind.Quorum ? ConsumerKind.SingleActive : ConsumerKind.Exclusive;
        var channels = await ChannelsAsync();
        for (var pause = 0; pause < 3; pause++)
        {
            (await first.TryConsumeAsync(_queue, consumer, delivery => one.Writer.TryWrite(delivery))).ShouldBeTrue();
            await second.PublishAsync(_queue, RealConnection.Message($"settled {pause}"));
            await second.PublishAsync(_queue, RealConnection.Message($"given back {pause}"));
            var settled = await one.Reader.ReadAsync(Bounds.Token);
            var givenBack = await one.Reader.ReadAsync(Bounds.Token);
            await first.CancelConsumeAsync();
            await first.ReturnAsync(givenBack);
            await first.SettleAsync(settled, null);

            (await second.TryConsumeAsync(_queue, consumer, delivery => two.Writer.TryWrite(delivery))).ShouldBeTrue();
            var again = await two.Reader.ReadAsync(Bounds.Token);
            (again.Message.Text(), again.Redelivered).ShouldBe(($"given back {pause}", true));
            await second.SettleAsync(again, null);
            await second.CancelConsumeAsync();
        }

        var since = TimeProvider.System.GetTimestamp();
        while (await ChannelsAsync() > channels + 1) TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Bounds.Limit);
        (first.Lost.IsCompleted, second.Lost.IsCompleted).ShouldBe((false, false));
        await DeleteAsync();

        // Of this test's connections only: those of others come and go.
        async Task<int> ChannelsAsync() => (await broker.Broker.ControlAsync("list_connections", "client_properties", "channels"))
            .Split('\n').Where(line => line.Contains(_queue, StringComparison.Ordinal))
            .Sum(line => int.Parse(line.Split('\t')[^1], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_is_to_be_alone_on_a_queue_that_lets_others_in_is_told_so_and_consumes_nothing(bool bySingleActive)
    {
        await using var connection = await DialAsync(QueueKind.Quorum, bySingleActive);
        await connection.ConsumeRepliesAsync();

        var refused = await Should.ThrowAsync<NotAloneException>(connection.TryConsumeAsync(_queue, ConsumerKind.Exclusive));

        refused.NeedsAttention.ShouldBeTrue();
        foreach (var part in (string[])[_queue, connection.BrokerName, "Ppv:Rpc:QueueKind", "default queue type"])
            refused.Message.ShouldContain(part);
        connection.Lost.IsCompleted.ShouldBeFalse();
        var since = TimeProvider.System.GetTimestamp();
        while ((await connection.CountAsync(_queue, Bounds.Token)).Consumers > 0)
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Bounds.Limit);
        (await connection.ProbeAsync().Within()).ShouldBeTrue();
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

    private async Task<IBrokerConnection> DialAsync(QueueKind kind, bool bySingleActive = true)
    {
        var connection = await RealConnection.Dialer(RealConnection.Options(broker.Address), null).DialAsync(
            new BrokerHost(broker.Address.Host, broker.Address.Port), _queue, Bounds.Token); // Known to the broker by this name.
        await connection.DeclareQueueAsync(new QueueDeclaration(_queue, kind, RealConnection.Ttl, bySingleActive), Bounds.Token);
        return connection;
    }

    private async Task DeleteAsync()
    {
        using var plain = await broker.Broker.ConnectAsync();
        using var channel = await plain.CreateChannelAsync();
        await channel.QueueDeleteAsync(_queue);
    }
}
