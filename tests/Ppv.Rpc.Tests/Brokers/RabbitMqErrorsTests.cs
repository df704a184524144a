using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Ppv.Rpc.Tests.Brokers;

/// <summary>What the broker says becomes one sentence that says what to do, and whether a person must.</summary>
public class RabbitMqErrorsTests
{
    private static readonly BrokerHost Host = new("kfs-gax", 5672);
    private static readonly QueueDeclaration Classic = new("orders", QueueKind.DurableClassic, TimeSpan.FromSeconds(30));
    private const string NoQueue = "NOT_FOUND - no queue 'orders' in vhost '/ppv'";
    private const string NodeDown = "NOT_FOUND - home node 'rabbit@bs' of durable queue 'orders' in vhost '/ppv' is down or inaccessible";

    [Theory]
    [InlineData(403, "ACCESS_REFUSED - access to queue 'orders' in vhost '/ppv' refused for user "
        + "'ppv'", QueueKind.DurableClassic, true, "permissions")]
    [InlineData(404, NoQueue, QueueKind.Passive, true, "Create it")]
    [InlineData(404, NodeDown, QueueKind.Passive, false, "Start the node")]
    [InlineData(404, NodeDown, QueueKind.DurableClassic, false, "Start the node")]
    [InlineData(405, "RESOURCE_LOCKED - cannot obtain exclusive access", QueueKind.DurableClassic, true, "another Ppv:Rpc:Queue")]
    [InlineData(406, "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl'", QueueKind.DurableClassic, true, "Ppv:Rpc:MessageTtl")]
    [InlineData(541, "INTERNAL_ERROR", QueueKind.DurableClassic, false, "most nodes of its cluster are down")]
    [InlineData(320, "CONNECTION_FORCED - broker forced connection closure", QueueKind.DurableClassic, false, "CONNECTION_FORCED")]
    public void A_declaration_that_failed_says_what_to_do(int code, string text, QueueKind kind, bool needsAttention, string advice)
    {
        var said = RabbitMqErrors.DeclareFailed(Closed(code, text), Host, Classic with { Kind = kind });

        said.NeedsAttention.ShouldBe(needsAttention);
        foreach (var part in (string[])["orders", "kfs-gax", $"{code}", text, advice]) said.Message.ShouldContain(part);
    }

    public static TheoryData<Exception> TimeOuts => [new TimeoutException(), new TaskCanceledException(), new OperationCanceledException()];

    [Theory]
    [MemberData(nameof(TimeOuts))]
    public void The_librarys_time_outs_are_time_outs_whatever_they_are_called(Exception error)
    {
        var said = RabbitMqErrors.DeclareFailed(error, Host, Classic);

        said.NeedsAttention.ShouldBeFalse();
        said.Message.ShouldContain("did not answer in time");
        said.Message.ShouldContain("most nodes of its cluster are down");
        said.Message.ShouldNotContain("cancel");
    }

    [Theory]
    [InlineData(530, "NOT_ALLOWED - access to vhost '/ppv' refused for user 'ppv'", true, "Check Ppv:Broker:VirtualHost")]
    [InlineData(530, "NOT_ALLOWED - vhost /ppv not found", true, "Check Ppv:Broker:VirtualHost")]
    [InlineData(541, "INTERNAL_ERROR - access to vhost '/ppv' refused for user 'ppv': vhost '/ppv' is "
        + "down", false, "rabbitmqctl restart_vhost -p /ppv")]
    [InlineData(541, "INTERNAL_ERROR", false, "Check that it runs")]
    public void A_virtual_host_that_can_not_be_used_is_told_from_a_broker_that_is_not_reached(
        int code, string text, bool needsAttention, string advice)
    {
        var said = RabbitMqErrors.DialFailed(Closed(code, text), Host, new BrokerOptions { VirtualHost = "/ppv" });

        said.NeedsAttention.ShouldBe(needsAttention);
        foreach (var part in (string[])["kfs-gax", advice]) said.Message.ShouldContain(part);
    }

    [Fact]
    public void That_somebody_consumes_alone_is_told_from_a_missing_permission()
    {
        var inUse = Closed(403, "ACCESS_REFUSED - queue 'orders' in vhost '/ppv' in exclusive use");
        var refused = Closed(403, "ACCESS_REFUSED - access to queue 'orders' in vhost '/ppv' refused for user 'ppv'");

        RabbitMqErrors.IsInUseByOneAlone(inUse).ShouldBeTrue();
        RabbitMqErrors.IsInUseByOneAlone(refused).ShouldBeFalse();
        RabbitMqErrors.ConsumeFailed(inUse, Host, "orders").Message.ShouldContain("Another server works alone");
        RabbitMqErrors.ConsumeFailed(refused, Host, "orders").Message.ShouldContain("read permission");
    }

    [Theory]
    [InlineData(403, true, "permissions")]
    [InlineData(406, true, "Delete it")]
    [InlineData(541, false, "541")]
    public void A_note_that_failed_names_its_queue(int code, bool needsAttention, string advice)
    {
        var said = RabbitMqErrors.LeaderRecordFailed(
            Closed(code, "SOMETHING - inequivalent arg 'x-queue-type'"), Host, "orders.note", "keep the note for the next server");

        said.NeedsAttention.ShouldBe(needsAttention);
        said.Message.ShouldContain("orders.note");
        said.Message.ShouldContain(advice);
    }

    [Theory]
    [InlineData(NoQueue, true)]
    [InlineData(NodeDown, false)]
    public void Counting_and_consuming_tell_a_missing_queue_from_a_missing_node(string text, bool needsAttention)
    {
        RabbitMqErrors.CountFailed(Closed(404, text), Host, "orders").NeedsAttention.ShouldBe(needsAttention);
        RabbitMqErrors.ConsumeFailed(Closed(404, text), Host, "orders").NeedsAttention.ShouldBe(needsAttention);
    }

    [Theory]
    [InlineData("PRECONDITION_FAILED - cannot declare queue 'orders' in vhost '/ppv': queue limit in vhost '/ppv' (5) is "
        + "reached", "set_vhost_limits")]
    [InlineData("PRECONDITION_FAILED - cannot declare queue 'orders': queue limit in cluster (9) is reached", "cluster_queue_limit")]
    [InlineData("PRECONDITION_FAILED - invalid arg 'x-queue-type' for queue 'orders' in vhost '/ppv'", "Ppv:Rpc:QueueKind")]
    public void A_declaration_that_was_refused_for_something_else_than_its_arguments_never_advises_to_delete_the_queue(
        string text, string advice)
    {
        var said = RabbitMqErrors.DeclareFailed(Closed(406, text), Host, Classic);

        said.NeedsAttention.ShouldBeTrue();
        foreach (var part in (string[])["kfs-gax", text, advice]) said.Message.ShouldContain(part);
        said.Message.ShouldNotContain("delete the queue");
    }

    [Theory]
    [InlineData("NOT_ALLOWED - access to vhost '/ppv' refused for user 'ppv': connection limit (3) is reached", "set_vhost_limits")]
    [InlineData("NOT_ALLOWED - connection refused for user 'ppv': user connection limit (3) is reached", "set_user_limits")]
    [InlineData("NOT_ALLOWED - connection refused: node connection limit (3) is reached", "connection_max")]
    [InlineData("NOT_ALLOWED - number of channels opened for user 'ppv' has reached the maximum allowed user limit of "
        + "(3)", "set_user_limits")]
    [InlineData("NOT_ALLOWED - number of channels opened on node 'rabbit@kfs' has reached the maximum allowed limit of "
        + "(3)", "channel_max_per_node")]
    public void A_limit_is_told_from_a_virtual_host_that_is_not_there(string text, string advice)
    {
        var said = RabbitMqErrors.Failed(Closed(530, text), Host, new BrokerOptions(), "open an address for answers");

        said.NeedsAttention.ShouldBeTrue();
        foreach (var part in (string[])["kfs-gax", text, advice]) said.Message.ShouldContain(part);
        said.Message.ShouldNotContain("create the virtual host");
    }

    [Theory]
    [InlineData("403 ACCESS_REFUSED - access to exchange 'amq.default' in vhost '/ppv' refused for user 'ppv'", true)]
    [InlineData("a probe failed: the connection was lost: 403 ACCESS_REFUSED - access to exchange 'amq.default' in vhost '/ppv' refused "
        + "for user 'ppv'", true)]
    [InlineData("403 ACCESS_REFUSED - access to exchange 'amq.direct' in vhost '/ppv' refused for user 'ppv'", false)]
    [InlineData("320 CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'", false)]
    [InlineData("the cable was cut", false)]
    public void A_loss_for_which_a_person_must_act_says_what_to_do(string reason, bool isKnown)
    {
        (BrokerWords.Read(reason) is { NeedsAttention: true }).ShouldBe(isKnown);
        BrokerWords.Advise(reason).ShouldStartWith(reason);
        BrokerWords.Advise(reason).Contains("write permission", StringComparison.Ordinal).ShouldBe(isKnown);
        BrokerWords.Read(BrokerWords.Advise(reason)).ShouldBe(BrokerWords.Read(reason));
    }

    private static OperationInterruptedException Closed(int code, string text) =>
        new(new ShutdownEventArgs(ShutdownInitiator.Peer, (ushort)code, text));
}
