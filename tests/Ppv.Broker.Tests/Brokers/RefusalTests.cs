using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using RabbitMQ.Client;

namespace Ppv.Broker.Tests.Brokers;

/// <summary>Refusals that have a code in common are told apart by the broker's own words, and each has its advice.</summary>
public class RefusalTests(SharedBroker broker)
{
    private static readonly ConnectionId Connid = ConnectionId.Parse("012703395c597610");
    private readonly string _queue = TestBroker.UniqueQueueName("refusal");

    [Fact]
    public async Task A_limit_on_queues_is_no_reason_to_delete_ours()
    {
        await using var host = await OwnVirtualHost.MakeAsync(broker, """{"max-queues": 0}""");
        await using var connection = await RealConnection.DialAsync(host.Address);

        var said = await Should.ThrowAsync<BrokerException>(connection.DeclareQueueAsync(
            new QueueDeclaration(_queue, QueueKind.DurableClassic, RealConnection.Ttl), Bounds.Token));

        said.ShouldSatisfyAllConditions(
            () => said.NeedsAttention.ShouldBeTrue(),
            () => said.Message.ShouldContain("406"),
            () => said.Message.ShouldContain("queue limit"),
            () => said.Message.ShouldContain("set_vhost_limits"),
            () => said.Message.ShouldNotContain("delete the queue"),
            () => said.Message.ShouldNotContain("other arguments"));
    }

    [Fact]
    public async Task A_limit_on_the_connections_of_a_virtual_host_is_no_reason_to_create_it()
    {
        await using var host = await OwnVirtualHost.MakeAsync(broker, """{"max-connections": 0}""");

        var said = await RefusedAsync(host.Address);

        said.ShouldSatisfyAllConditions(
            () => said.NeedsAttention.ShouldBeTrue(),
            () => said.Message.ShouldContain("530"),
            () => said.Message.ShouldContain("connection limit (0) is reached"),
            () => said.Message.ShouldContain("max-connections"),
            () => said.Message.ShouldNotContain("create the virtual host"));
    }

    [Theory]
    [InlineData("""{"max-connections": 0}""", "max-connections")]
    [InlineData("""{"max-channels": 1}""", "max-channels")]
    public async Task A_limit_of_the_user_is_no_reason_to_create_the_virtual_host(string limit, string name)
    {
        await using var user = await LimitedUser.MakeAsync(broker, ".*", ".*", ".*");
        await broker.Broker.ControlAsync("set_user_limits", user.Address.UserName, limit);

        var said = await RefusedAsync(user.Address);

        said.ShouldSatisfyAllConditions(
            () => said.NeedsAttention.ShouldBeTrue(),
            () => said.Message.ShouldContain("530"),
            () => said.Message.ShouldContain(name),
            () => said.Message.ShouldContain("set_user_limits"),
            () => said.Message.ShouldNotContain("create the virtual host"));
    }

    [Theory]
    [InlineData(ReplyQueueKind.ExclusiveQueue)]
    [InlineData(ReplyQueueKind.DirectReplyTo)]
    public async Task A_user_who_may_not_publish_is_an_error_as_other_missing_permissions_are(ReplyQueueKind replies)
    {
        await using var worker = await WorkerHost.StartAsync(
            options => { broker.Address.ApplyTo(options.Broker); options.Rpc.Queue = _queue; });
        await worker.ReadyAsync();
        await using var user = await LimitedUser.MakeAsync(broker, ".*", "^(?!amq\\.default$).*", ".*");
        await using var gateway = await GatewayHost.StartAsync(options =>
        {
            user.Address.ApplyTo(options.Broker);
            (options.Rpc.Queue, options.Rpc.ReplyQueueKind) = (_queue, replies);
        });
        if (replies == ReplyQueueKind.DirectReplyTo) await gateway.ReadyAsync(); // There nobody finds out before the first order.

        var reply = await gateway.SendAsync(PpvOrder.Event(Connid, "1"));

        var said = await gateway.Log.WaitForAsync(entry => entry.EventId.Id == 1003, Bounds.Limit);
        said.Level.ShouldBe(LogLevel.Error);
        foreach (var part in (string[])["403", "write permission", "amq.default"]) said.Message.ShouldContain(part);
        // Whoever notices first tells the caller: who publishes, who waits for the answer, or who finds no connection any more.
        reply.Reason!.ShouldBeOneOf(
            "The broker did not confirm the message.",
            "The connection to the broker was lost while waiting for the answer.",
            "There is no connection to the broker.");
        gateway.Log.Snapshot().ShouldNotContain(entry => entry.EventId.Id == 1001);
    }

    [Fact]
    public async Task A_nack_names_the_policy_that_may_be_behind_it()
    {
        await using var host = await OwnVirtualHost.MakeAsync(broker);
        await host.SetPolicyAsync("""{"max-length": 1, "overflow": "reject-publish"}""");
        await using var connection = await RealConnection.DialAsync(host.Address);
        await connection.DeclareQueueAsync(new QueueDeclaration(_queue, QueueKind.DurableClassic, RealConnection.Ttl), Bounds.Token);
        await connection.PublishAsync(_queue, RealConnection.Message("1")).Within();

        var said = await Should.ThrowAsync<NotConfirmedException>(
            connection.PublishAsync(_queue, RealConnection.Message("2")).Within());

        foreach (var part in (string[])["nack", _queue, "max-length", "reject-publish", "list_policies"]) said.Message.ShouldContain(part);
        said.IsReturned.ShouldBeFalse();
    }

    [Fact]
    public async Task A_connection_that_we_close_says_why()
    {
        var connection = await RealConnection.DialAsync(broker.Address);

        await connection.CloseAsync("the queue can't be served over it");

        (await connection.Lost).ShouldBe("the queue can't be served over it");
    }

    [Fact]
    public async Task A_stranger_on_the_queue_is_no_leader_and_the_worker_is_not_well()
    {
        await using var foreign = await broker.Broker.ConnectAsync();
        await using var channel = await foreign.CreateChannelAsync();
        await using var first = await RealConnection.DialAsync(broker.Address);
        await first.DeclareQueueAsync(new QueueDeclaration(_queue, QueueKind.LegacyTransient, RealConnection.Ttl), Bounds.Token);
        await channel.BasicConsumeAsync(_queue, autoAck: true, new AsyncDefaultBasicConsumer(channel));
        await using var worker = await WorkerHost.StartAsync(
            options =>
            {
                broker.Address.ApplyTo(options.Broker);
                (options.Rpc.Queue, options.Rpc.QueueKind) = (_queue, QueueKind.LegacyTransient);
            });

        var said = await worker.Log.WaitForAsync(entry => entry.EventId.Id == 1243, Bounds.Limit);

        foreach (var part in (string[])[_queue, "list_consumers", "not a server of ours"]) said.Message.ShouldContain(part);
        var (status, body) = await worker.ReadinessAsync();
        status.ShouldBe(503);
        body.ShouldContain("list_consumers");

        await foreign.CloseAsync();
        await worker.Log.WaitForAsync(entry => entry.EventId.Id is 1207 or 1209 or 1220, Bounds.Limit);
        (await worker.ReadinessAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_server_of_ours_on_the_queue_is_its_leader_and_the_other_one_is_well()
    {
        await using var leader = await WorkerHost.StartAsync(
            options => { broker.Address.ApplyTo(options.Broker); options.Rpc.Queue = _queue; });
        await leader.Log.WaitForAsync(entry => entry.EventId.Id is 1207 or 1209 or 1220, Bounds.Limit);
        await using var other = await RealConnection.DialAsync(broker.Address);

        (await other.IsSharedAsync(_queue, Bounds.Token)).ShouldBeFalse();

        (await other.TryConsumeAsync(_queue, ConsumerKind.Exclusive)).ShouldBeFalse();
        other.Lost.IsCompleted.ShouldBeFalse();
    }

    /// <summary>The library does not wait for the virtual host to be opened, so that the refusal may come with the next call.</summary>
    private static async Task<BrokerException> RefusedAsync(BrokerAddress address) =>
        await Should.ThrowAsync<BrokerException>(async () =>
        {
            await using var connection = await RealConnection.DialAsync(address);
            await connection.ConsumeRepliesAsync();
        });
}
