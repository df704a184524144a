using Ppv.Rpc.Orders;
using System.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>How a leader hands over, and what it does when it leads no longer.</summary>
public sealed class HandoverTests
{
    [Fact]
    public async Task A_stopping_server_says_that_it_leaves_then_takes_no_more_then_finishes_then_says_what_it_knows()
    {
        await using var server = await ServingAsync();
        var running = new TaskCompletionSource<RpcReply>();
        server.Handler = (_, _) => running.Task;
        server.Deliver(server.First);
        await Bounds.UntilAsync(() => !server.Begun.IsEmpty, "the order");

        var stopping = server.Server.StopAsync();
        await Bounds.UntilAsync(() => server.First.ConsumeCancelled, "the cancel");
        server.Note!.State.ShouldBe(LeaderRecordState.Leaving);
        server.Note.Within!.Value.ShouldBeGreaterThan(new RpcOptions().DrainTimeout);
        stopping.IsCompleted.ShouldBeFalse();
        server.Begun.Single().Fence.LostReason.ShouldBeNull(); // What was begun may still go to its end.
        running.SetResult(OrderReply.Completed("OK"));
        await stopping.Within();

        (await server.First.NextSettledAsync()).Answer!.Value.Outcome.ShouldBe(RpcOutcome.Completed);
        server.First.Steps.ShouldBe(["consume", "take", "Active", "Leaving", "cancel", "Left"]);
        (server.Note!.Identity, server.Note.State, Encoding.ASCII.GetString(server.Note.Remembered!)).ShouldBe(
            ("me", LeaderRecordState.Left, "what me knows"));
        server.Begun.Single().Fence.LostReason.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_server_that_cannot_say_that_it_leaves_keeps_its_place_until_it_has_finished()
    {
        await using var server = await ServingAsync();
        var running = new TaskCompletionSource<RpcReply>();
        server.Handler = (_, _) => running.Task;
        server.Deliver(server.First);
        await Bounds.UntilAsync(() => !server.Begun.IsEmpty, "the order");
        server.First.LeavingNote = () => Task.FromResult(false);

        var stopping = server.Server.StopAsync();
        server.Deliver(server.First, "too late");
        server.First.ConsumeCancelled.ShouldBeFalse();
        running.SetResult(OrderReply.Completed("OK"));
        await stopping.Within();

        server.First.ConsumeCancelled.ShouldBeTrue();
        server.Begun.ShouldHaveSingleItem();
        server.First.Steps.ShouldNotContain("Left");
    }

    [Fact]
    public async Task What_does_not_finish_in_time_is_cancelled_before_the_last_word()
    {
        await using var server = await ServingAsync();
        server.Handler = async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, server.Clock, cancellationToken);
            return RpcReply.Fault;
        };
        server.Deliver(server.First);
        await Bounds.UntilAsync(() => !server.Begun.IsEmpty, "the order");

        var stopping = server.Server.StopAsync();
        await Bounds.UntilAsync(() => server.First.ConsumeCancelled, "the cancel");
        stopping.IsCompleted.ShouldBeFalse();
        server.Clock.Advance(new RpcOptions().DrainTimeout); // Once: the last word has no more than 2 s after it.
        await stopping.Within();

        server.First.NothingSettled.ShouldBeTrue();
        server.Note!.State.ShouldBe(LeaderRecordState.Left);
    }

    [Fact]
    public async Task A_standby_that_is_stopped_leaves_no_trace()
    {
        var server = new AloneServer();
        server.FindNote("another", LeaderRecordState.Active);
        server.First.Consuming = _ => false;
        await server.StartAsync();
        await server.IsAsync("standing by");
        await server.DisposeAsync();
        server.First.Steps.ShouldBeEmpty();
        server.Note!.Identity.ShouldBe("another");
    }

    [Fact]
    public async Task A_server_that_is_stopped_while_it_enters_enters_first_and_then_hands_over_what_it_has()
    {
        await using var server = new AloneServer();
        server.FindNote("another", LeaderRecordState.Active);
        await server.StartAsync();
        await Bounds.UntilAsync(() => server.Note is { Identity: "me" }, "the own note");
        server.Deliver(server.First);

        var stopping = server.Server.StopAsync();
        await server.PassUntilAsync(() => stopping.IsCompleted, "the end");

        (await server.First.NextSettledAsync()).Answer!.Value.Outcome.ShouldBe(RpcOutcome.Completed);
        server.First.Steps.ShouldBe(["consume", "take", "Active", "Leaving", "cancel", "Left"]);
    }

    [Fact]
    public async Task On_a_queue_that_lets_one_at_a_time_work_a_server_that_never_had_its_turn_leaves_no_trace()
    {
        var server = new AloneServer(configure: (rpc, _) => rpc.QueueKind = QueueKind.Quorum);
        server.First.Serving = () => false;
        server.FindNote("another", LeaderRecordState.Active);
        await server.StartAsync();
        await server.IsAsync("standing by");
        await server.DisposeAsync();
        server.First.Steps.ShouldBe(["consume", "cancel"]);
        server.Note!.Identity.ShouldBe("another");
    }

    [Fact]
    public async Task A_lost_connection_loses_the_place_for_what_was_begun_over_it()
    {
        await using var server = await ServingAsync();
        var running = new TaskCompletionSource();
        server.Handler = async (call, _) =>
        {
            await running.Task;
            return call.Fence.LostReason is { } reason ? throw new OperationCanceledException(reason) : OrderReply.Completed("OK");
        };
        server.Deliver(server.First);
        await Bounds.UntilAsync(() => !server.Begun.IsEmpty, "the order");
        server.First.Lose("the cable was cut");
        await Bounds.UntilAsync(() => server.Begun.Single().Fence.LostReason is not null, "the loss");
        server.Begun.Single().Fence.LostReason!.ShouldContain("the cable was cut");
        await Bounds.UntilAsync(() => server.Begun.Single().Stopping.IsCancellationRequested, "the end of what only waits");
        running.SetResult();
        await Bounds.UntilAsync(() => server.Server.RunningRequests == 0, "the end of the order");
        server.First.NothingSettled.ShouldBeTrue();
    }

    [Fact]
    public async Task A_place_that_was_not_proved_for_a_heartbeat_is_lost_and_its_connection_given_up_so_that_the_order_comes_again()
    {
        await using var server = await ServingAsync();
        var running = new TaskCompletionSource();
        server.Handler = async (call, _) =>
        {
            if (call.Id == "order") await running.Task;
            return call.Fence.LostReason is { } reason ? throw new OperationCanceledException(reason) : OrderReply.Completed("OK");
        };
        server.First.Probing = () => Task.FromResult(false);
        server.Deliver(server.First);
        await Bounds.UntilAsync(() => !server.Begun.IsEmpty, "the order");
        server.Clock.Advance(TimeSpan.FromSeconds(6)); // As if the process had been frozen.

        running.SetResult();
        await Bounds.UntilAsync(() => server.First.Disposed, "the end of the connection");
        server.First.NothingSettled.ShouldBeTrue();
        await server.PassUntilAsync(() => server.Second.Deliveries is not null, "another connection");
        server.Deliver(server.Second, "again");
        (await server.Second.NextSettledAsync()).Answer!.Value.Outcome.ShouldBe(RpcOutcome.Completed);
        server.Handover.Told.ShouldBe(["continue", "continue"]); // Its own note still lay there.
    }

    [Fact]
    public async Task A_server_that_does_not_work_alone_loses_nothing()
    {
        await using var server = new AloneServer(configure: (rpc, _) => rpc.SingleActiveConsumer = false);
        await server.StartAsync();
        server.Deliver(server.First);
        await server.First.NextSettledAsync();
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        server.First.Lose();
        server.Begun.Single().Fence.LostReason.ShouldBeNull();
    }

    private static async Task<AloneServer> ServingAsync()
    {
        var server = new AloneServer();
        server.FindNote("me", LeaderRecordState.Active);
        await server.StartAsync();
        await server.IsAsync("Connected to RabbitMQ on kfs-gax:5672.");
        return server;
    }
}
