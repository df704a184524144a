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
        var said = RabbitMqErrors.LeaderRecordFailed(Closed(code, "SOMETHING"), Host, "orders.note", "keep the note for the next server");

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

    private static OperationInterruptedException Closed(int code, string text) =>
        new(new ShutdownEventArgs(ShutdownInitiator.Peer, (ushort)code, text));
}
