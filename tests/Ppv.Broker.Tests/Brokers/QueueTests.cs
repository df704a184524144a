using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using RabbitMQ.Client;

namespace Ppv.Broker.Tests.Brokers;

/// <summary>A queue that is there is taken as it is; one that is missing is declared as its kind says.</summary>
public class QueueTests(SharedBroker broker)
{
    private readonly string _queue = TestBroker.UniqueQueueName("queue");

    [Theory]
    [InlineData(QueueKind.LegacyTransient)]
    [InlineData(QueueKind.DurableClassic)]
    [InlineData(QueueKind.Quorum)]
    public async Task A_missing_queue_is_declared_as_its_kind(QueueKind kind)
    {
        await using var connection = await RealConnection.DialAsync(broker.Address);
        var arguments = new Dictionary<string, object?> { ["x-message-ttl"] = 30_000 };
        if (kind == QueueKind.Quorum) (arguments["x-queue-type"], arguments["x-single-active-consumer"]) = ("quorum", true);

        await connection.DeclareQueueAsync(new QueueDeclaration(_queue, kind, RealConnection.Ttl), Bounds.Token);

        // The broker refuses a declaration that differs in anything.
        using var plain = await broker.Broker.ConnectAsync();
        using var channel = await plain.CreateChannelAsync();
        await channel.QueueDeclareAsync(_queue, durable: kind != QueueKind.LegacyTransient, exclusive: false, autoDelete: false, arguments);
        await channel.QueueDeleteAsync(_queue);
    }

    [Fact]
    public async Task A_quorum_queue_for_several_servers_has_no_single_active_consumer()
    {
        await using var connection = await RealConnection.DialAsync(broker.Address);

        await connection.DeclareQueueAsync(
            new QueueDeclaration(_queue, QueueKind.Quorum, RealConnection.Ttl, SingleActiveConsumer: false), Bounds.Token);

        using var plain = await broker.Broker.ConnectAsync();
        using var channel = await plain.CreateChannelAsync();
        await channel.QueueDeclareAsync(_queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string,
            object?> { ["x-message-ttl"] = 30_000, ["x-queue-type"] = "quorum" });
        await channel.QueueDeleteAsync(_queue);
    }

    [Theory]
    [InlineData(QueueKind.LegacyTransient)]
    [InlineData(QueueKind.DurableClassic)]
    [InlineData(QueueKind.Quorum)]
    [InlineData(QueueKind.Passive)]
    public async Task A_queue_that_is_there_may_have_other_arguments_unless_it_must_match(QueueKind kind)
    {
        using var plain = await broker.Broker.ConnectAsync();
        using var channel = await plain.CreateChannelAsync();
        await channel.QueueDeclareAsync(
            _queue, durable: false, exclusive: false, autoDelete: true, new Dictionary<string, object?> { ["x-message-ttl"] = 12_345 });
        await using var connection = await RealConnection.DialAsync(broker.Address);
        var declaration = new QueueDeclaration(_queue, kind, RealConnection.Ttl);

        await connection.DeclareQueueAsync(declaration, Bounds.Token);
        if (kind == QueueKind.Passive)
        {
            await connection.DeclareQueueAsync(declaration with { MustMatch = true }, Bounds.Token);
            return;
        }

        var refused = await Should.ThrowAsync<BrokerException>(
            connection.DeclareQueueAsync(declaration with { MustMatch = true }, Bounds.Token));

        refused.NeedsAttention.ShouldBeTrue();
        foreach (var part in (string[])[_queue, "406", "30000 ms", "Ppv:Rpc:MessageTtl"]) refused.Message.ShouldContain(part);
        connection.Lost.IsCompleted.ShouldBeFalse();
        (await connection.CountAsync(_queue, Bounds.Token)).Consumers.ShouldBe(0);
    }

    [Fact]
    public async Task A_passive_queue_that_is_missing_needs_a_person()
    {
        await using var connection = await RealConnection.DialAsync(broker.Address);

        var refused = await Should.ThrowAsync<BrokerException>(
            connection.DeclareQueueAsync(new QueueDeclaration(_queue, QueueKind.Passive, RealConnection.Ttl), Bounds.Token));

        refused.NeedsAttention.ShouldBeTrue();
        refused.Message.ShouldContain("404");
        connection.Lost.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Consumers_are_counted_and_a_missing_queue_is_said_to_be_missing()
    {
        await using var connection = await RealConnection.DialAsync(broker.Address);
        (await Should.ThrowAsync<BrokerException>(connection.CountAsync(_queue, Bounds.Token))).Message.ShouldContain("404");

        await connection.DeclareQueueAsync(new QueueDeclaration(_queue, QueueKind.LegacyTransient, RealConnection.Ttl), Bounds.Token);

        (await connection.CountAsync(_queue, Bounds.Token)).Consumers.ShouldBe(0);
        (await connection.TryConsumeAsync(_queue, ConsumerKind.Shared)).ShouldBeTrue();
        (await connection.CountAsync(_queue, Bounds.Token)).Consumers.ShouldBe(1);
    }
}
