using System.Text;
using System.Threading.Channels;
using Ppv.Protocol.Tests.Support;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Testing.Tests.Broker;

/// <summary>Consumers that work alone, and notes between servers, as RabbitMQ has them.</summary>
public class InMemoryConsumerTests
{
    private readonly InMemoryBroker _broker = new();

    [Fact]
    public async Task Messages_that_wait_and_consumers_are_counted()
    {
        await using var connection = await ConnectAsync(QueueKind.DurableClassic);
        await connection.PublishAsync("orders", new BrokerMessage { Body = new byte[1] });
        (await connection.CountAsync("orders", default)).ShouldBe(new QueueCounts(1, 0));
        (await TryConsumeAsync(connection, ConsumerKind.Shared)).ShouldBeTrue();
        (await connection.CountAsync("orders", default)).Consumers.ShouldBe(1);
    }

    [Fact]
    public async Task An_exclusive_consumer_keeps_others_out_until_it_is_gone()
    {
        var first = await ConnectAsync(QueueKind.DurableClassic);
        await using var second = await ConnectAsync(QueueKind.DurableClassic);
        (await second.CountAsync("orders", default)).Consumers.ShouldBe(0);
        (await TryConsumeAsync(first, ConsumerKind.Exclusive)).ShouldBeTrue();

        (await TryConsumeAsync(second, ConsumerKind.Exclusive)).ShouldBeFalse();
        (await Should.ThrowAsync<BrokerException>(
            async () => await TryConsumeAsync(second, ConsumerKind.Shared))).NeedsAttention.ShouldBeTrue();
        (await second.CountAsync("orders", default)).Consumers.ShouldBe(1);
        (await second.ProbeAsync()).ShouldBeTrue();

        await first.DisposeAsync();
        (await first.ProbeAsync()).ShouldBeFalse();
        (await TryConsumeAsync(second, ConsumerKind.Exclusive)).ShouldBeTrue();
        await second.CancelConsumeAsync();
        (await TryConsumeAsync(second, ConsumerKind.Shared)).ShouldBeTrue();
    }

    [Fact]
    public async Task Where_others_consume_nobody_consumes_alone()
    {
        await using var connection = await ConnectAsync(QueueKind.DurableClassic);
        (await TryConsumeAsync(connection, ConsumerKind.Shared)).ShouldBeTrue();

        (await TryConsumeAsync(connection, ConsumerKind.Exclusive)).ShouldBeFalse();
    }

    [Fact]
    public async Task Who_is_to_be_alone_on_a_quorum_queue_is_told_that_it_could_not_be()
    {
        await using var connection = await ConnectAsync(QueueKind.Quorum);

        await Should.ThrowAsync<NotAloneException>(async () => await TryConsumeAsync(connection, ConsumerKind.Exclusive));
        (await connection.CountAsync("orders", default)).Consumers.ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_single_active_consumers_the_first_has_all_and_the_next_takes_over(bool cancels)
    {
        await using var first = await ConnectAsync(QueueKind.Quorum);
        await using var second = await ConnectAsync(QueueKind.Quorum);
        var (one, two) = (Channel.CreateUnbounded<BrokerDelivery>(), Channel.CreateUnbounded<BrokerDelivery>());
        await TryConsumeAsync(first, ConsumerKind.SingleActive, one);
        await TryConsumeAsync(second, ConsumerKind.SingleActive, two);
        (await second.CountAsync("orders", default)).Consumers.ShouldBe(2);
        foreach (var text in (string[])["1", "2", "3"]) await second.PublishAsync("orders", Message(text));
        for (var n = 0; n < 2; n++) await first.SettleAsync(await one.Reader.ReadAsync().AsTask().Within(), null);
        await one.Reader.ReadAsync().AsTask().Within();
        await second.PublishAsync("orders", Message("4"));
        two.Reader.Count.ShouldBe(0);

        if (cancels) await first.CancelConsumeAsync();
        else await first.DisposeAsync();
        if (cancels) await second.PublishAsync("orders", Message("5"));

        var next = await two.Reader.ReadAsync().AsTask().Within();
        Encoding.ASCII.GetString(next.Message.Body.Span).ShouldBe(cancels ? "5" : "3");
    }

    [Fact]
    public async Task A_note_is_taken_once_a_newer_one_replaces_it_and_none_outlives_the_broker()
    {
        await using var connection = await ConnectAsync(QueueKind.DurableClassic);
        (await connection.TakeLeaderRecordAsync("orders", QueueKind.DurableClassic, default)).ShouldBeNull();
        (await connection.LeaveLeaderRecordAsync("orders", "first"u8.ToArray(), default)).ShouldBeTrue();
        (await connection.LeaveLeaderRecordAsync("orders", "second"u8.ToArray(), default)).ShouldBeTrue();
        (await connection.TakeLeaderRecordAsync("other", QueueKind.DurableClassic, default)).ShouldBeNull();

        Encoding.ASCII.GetString(
            (await connection.TakeLeaderRecordAsync("orders", QueueKind.DurableClassic, default)).ShouldNotBeNull().Span).ShouldBe(
                "second");
        (await connection.TakeLeaderRecordAsync("orders", QueueKind.DurableClassic, default)).ShouldBeNull();

        await connection.LeaveLeaderRecordAsync("orders", "third"u8.ToArray(), default);
        _broker.IsRunning = false;
        _broker.IsRunning = true;
        await using var next = await ConnectAsync(QueueKind.DurableClassic);
        (await next.TakeLeaderRecordAsync("orders", QueueKind.DurableClassic, default)).ShouldBeNull();
    }

    private static BrokerMessage Message(string text) => new() { Body = Encoding.ASCII.GetBytes(text) };

    private static Task<bool> TryConsumeAsync(IBrokerConnection connection, ConsumerKind kind, Channel<BrokerDelivery>? taken = null) =>
        connection.TryConsumeAsync(
            new ConsumeRequest("orders", kind, 100, delivery => taken?.Writer.TryWrite(delivery), _ => { }), default);

    private async Task<IBrokerConnection> ConnectAsync(QueueKind kind)
    {
        var connection = _broker.Connect(new BrokerHost("memory", 5672));
        await connection.DeclareQueueAsync(new QueueDeclaration("orders", kind, TimeSpan.FromSeconds(30)), default);
        return connection;
    }
}
