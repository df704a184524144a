using Ppv.Rpc.Brokers;
using Ppv.Rpc.Orders;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>
/// On a queue that chooses its consumer by itself the leadership stands for as long as the queue serves this server, and whoever takes over
/// waits until the one before knows.
/// </summary>
public sealed class ServedTests
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_leader_that_is_served_no_more_has_lost_its_leadership_though_its_connection_is_well_and_takes_over_anew()
    {
        await using var server = await ServingAsync();
        server.Deliver(server.First);
        await server.First.NextSettledAsync();
        server.First.Serving = () => false;
        server.Second.Serving = () => false;
        var since = server.Clock.GetUtcNow();

        await server.PassUntilAsync(() => server.First.Disposed, "the end of the connection");

        (server.Clock.GetUtcNow() - since).ShouldBeLessThan(Heartbeat + TimeSpan.FromSeconds(1));
        server.Begun.Single().Fence.LostReason!.ShouldContain("not been proved");
        await server.PassUntilAsync(() => server.Second.Deliveries is not null, "the next connection");
        server.FindNote("another", LeaderRecordState.Active);
        server.Second.Serving = () => true;
        await server.PassUntilAsync(() => server.Handover.Told.Count == 2, "taking over anew");
        server.Handover.Told.ShouldBe(["continue", "start over"]);
    }

    [Fact]
    public async Task A_leader_that_is_served_keeps_its_leadership_for_as_long_as_it_takes()
    {
        await using var server = await ServingAsync();
        server.Deliver(server.First);
        await server.First.NextSettledAsync();
        await PassAsync(server, Heartbeat * 3);
        server.Begun.Single().Fence.LostReason.ShouldBeNull();
        server.First.Disposed.ShouldBeFalse();
        server.First.Dropped.ShouldBe(server.First.SentToItself.Count);
        server.First.SentToItself.ShouldAllBe(sent => sent.Expiration == Heartbeat && sent.ReplyTo == null);
    }

    [Fact]
    public async Task An_overloaded_leader_keeps_its_leadership_and_works_on_no_more_than_its_prefetch()
    {
        await using var server = await ServingAsync(rpc => rpc.Prefetch = 2);
        server.First.Consumed!.Prefetch.ShouldBe(ConsumeRequest.LargestPrefetch);
        var turns = new SemaphoreSlim(0);
        server.Handler = async (_, cancellationToken) =>
        {
            await turns.WaitAsync(cancellationToken);
            return OrderReply.Completed("OK");
        };
        for (var order = 0; order < 5; order++) server.Deliver(server.First, $"{order}");

        await PassAsync(server, Heartbeat * 2);
        server.Begun.Select(call => call.Id).ShouldBe(["0", "1"], ignoreOrder: true);
        server.Begun.ShouldAllBe(call => call.Fence.LostReason == null);

        turns.Release();
        await Bounds.UntilAsync(() => server.Begun.Count == 3, "the next one");
        server.Begun.Last().Id.ShouldBe("2");
        server.Server.RunningRequests.ShouldBe(2);
        turns.Release(10);
        for (var order = 0; order < 5; order++) await server.First.NextSettledAsync();
    }

    [Fact]
    public async Task What_waits_behind_the_prefetch_is_finished_when_the_server_stops()
    {
        await using var server = await ServingAsync(rpc => rpc.Prefetch = 1);
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Handler = async (_, _) =>
        {
            await turn.Task;
            return OrderReply.Completed("OK");
        };
        for (var order = 0; order < 3; order++) server.Deliver(server.First, $"{order}");
        var stopping = server.Server.StopAsync();
        await Bounds.UntilAsync(() => server.First.ConsumeCancelled, "the cancel");
        turn.SetResult();
        await stopping.Within();
        for (var order = 0; order < 3; order++) (await server.First.NextSettledAsync()).Delivery.Message.MessageId.ShouldBe($"{order}");
        server.Note!.State.ShouldBe(LeaderRecordState.Left);
    }

    [Theory]
    [InlineData(QueueKind.Quorum, true)]
    [InlineData(QueueKind.DurableClassic, true)]
    [InlineData(QueueKind.Quorum, false)]
    public async Task What_another_server_sent_itself_is_dropped_and_proves_nothing(QueueKind kind, bool alone)
    {
        await using var server = new AloneServer(configure: (rpc, _) => (rpc.QueueKind, rpc.SingleActiveConsumer) = (kind, alone));
        server.First.Serving = () => false;
        server.FindNote("me", LeaderRecordState.Active);
        await server.StartAsync();
        await Bounds.UntilAsync(() => server.First.Deliveries is not null, "the consumer");

        foreach (var id in (string?[])["another1", null, ""])
        {
            server.First.Deliveries!(new BrokerDelivery(
                new BrokerMessage { Body = default, Type = ServiceProbe.MessageType, CorrelationId = id, ReplyTo = "replies" }, 1, false));
        }

        await Bounds.UntilAsync(() => server.First.Dropped == 3, "the acknowledgements");
        server.Begun.ShouldBeEmpty();
        if (kind == QueueKind.Quorum && alone) server.Handover.Told.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, 6)] // The own limit and the grace.
    [InlineData(2, 6)] // The longer one of both.
    [InlineData(20, 21)]
    [InlineData(3600, 61)] // No heartbeat is longer.
    public async Task After_one_that_was_at_work_it_waits_until_that_one_knows_of_its_loss(int? standsFor, int seconds)
    {
        await using var server = new AloneServer(configure: (rpc, _) => rpc.QueueKind = QueueKind.Quorum);
        server.FindNote("another", LeaderRecordState.Active, standsFor: standsFor is { } stands ? TimeSpan.FromSeconds(stands) : null);
        await server.StartAsync();
        await Bounds.UntilAsync(() => !server.Handover.Told.IsEmpty, "the takeover");
        server.Deliver(server.First);
        var since = server.Clock.GetUtcNow();

        await server.PassUntilAsync(() => !server.Begun.IsEmpty, "the order", 50);

        (server.Clock.GetUtcNow() - since).TotalSeconds.ShouldBeInRange(seconds - 0.1, seconds + 2);
        (server.Note!.Identity, server.Note.StandsFor, server.Note.Waits).ShouldBe(("me", Heartbeat, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_process_that_died_while_it_waited_waits_the_rest()
    {
        await using var server = new AloneServer(configure: (rpc, _) => rpc.QueueKind = QueueKind.DurableClassic);
        server.FindNote("me", LeaderRecordState.Active, since: server.Clock.GetUtcNow(), waits: TimeSpan.FromSeconds(21));
        await server.StartAsync();
        server.Deliver(server.First);
        var since = server.Clock.GetUtcNow();
        await server.PassUntilAsync(() => !server.Begun.IsEmpty, "the order", 50);
        (server.Clock.GetUtcNow() - since).TotalSeconds.ShouldBeInRange(20.9, 23);
    }

    [Fact]
    public async Task A_word_that_the_one_before_left_before_it_knew_of_its_loss_does_not_stay()
    {
        await using var server = new AloneServer(configure: (rpc, _) => rpc.QueueKind = QueueKind.Quorum);
        server.FindNote("another", LeaderRecordState.Active);
        await server.StartAsync();
        await Bounds.UntilAsync(() => !server.Handover.Told.IsEmpty, "the takeover");
        server.FindNote("another", LeaderRecordState.Leaving);

        await server.ServesAsync();

        server.Note!.Identity.ShouldBe("me");
        server.First.Steps.ShouldBe(["consume", "take", "Active"]);
    }

    /// <summary>The queue was given to another one, and back, before the leadership would have ended by itself.</summary>
    [Fact]
    public async Task A_leader_that_was_away_for_an_instant_takes_over_anew()
    {
        await using var server = await ServingAsync();
        server.Deliver(server.First);
        await server.First.NextSettledAsync();
        var sent = server.First.SentToItself.Count;
        server.First.Serving = () => server.First.SentToItself.Count > sent + 1; // Another one gets one.
        server.Second.Serving = () => false;

        await server.PassUntilAsync(() => server.First.Disposed, "the end of the connection", 100);

        server.First.SentToItself.Count.ShouldBe(sent + 2);
        server.Begun.Single().Fence.LostReason!.ShouldContain("served another server in between");
    }

    /// <summary>
    /// The one before may serve on while another one, that the queue had chosen for a moment, waits its grace. A record of one that has
    /// begun nothing would make it believe later that nobody else has led.
    /// </summary>
    [Fact]
    public async Task Who_only_waited_leaves_no_record_and_starts_over_again_when_it_gets_the_place_the_next_time()
    {
        await using var server = new AloneServer(configure: (rpc, _) => rpc.QueueKind = QueueKind.Quorum);
        server.FindNote("another", LeaderRecordState.Active);
        await server.StartAsync();
        await Bounds.UntilAsync(() => !server.Handover.Told.IsEmpty, "the takeover");
        server.First.Serving = () => false;
        await server.PassUntilAsync(() => server.First.Disposed, "the end of the connection");
        server.Note.ShouldBeNull();

        await server.PassUntilAsync(() => server.Handover.Told.Count == 2, "the next takeover");
        server.Handover.Told.ShouldBe(["start over", "start over"]);
        server.Deliver(server.Second);
        var since = server.Clock.GetUtcNow();
        await server.PassUntilAsync(() => !server.Begun.IsEmpty, "the order", 50);
        (server.Clock.GetUtcNow() - since).TotalSeconds.ShouldBeInRange(5.5, 8);
    }

    /// <summary>It stood still before it left its record, and somebody else has begun since, perhaps.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("another")]
    public async Task Who_is_not_served_after_it_has_left_its_record_begins_nothing_and_takes_it_away(string? there)
    {
        await using var server = new AloneServer(configure: (rpc, _) => rpc.QueueKind = QueueKind.Quorum);
        server.FindNote("before", LeaderRecordState.Active);
        server.Second.Serving = () => false;
        server.First.LeavingNote = () =>
        {
            server.First.Serving = () => false;
            return Task.FromResult(true);
        };
        server.First.TakingNote = () =>
        {
            if (server.First.Steps.Contains("Active") && there is not null)
                server.FindNote(there, LeaderRecordState.Left, "its calls", coveredFor: Heartbeat, standsFor: Heartbeat);
            return Task.CompletedTask;
        };
        await server.StartAsync();
        server.Deliver(server.First);

        await server.PassUntilAsync(() => server.First.Disposed, "the end of the connection", 50);

        server.Begun.ShouldBeEmpty();
        (server.Note is null).ShouldBe(there is null);
        // By the time it lies there again another one may have left his: so nobody believes more than that somebody was there.
        if (server.Note is { } note)
            (note.Identity, note.State, note.CoveredFor, note.StandsFor).ShouldBe(("", LeaderRecordState.Active, null, Heartbeat));
    }

    [Fact]
    public async Task Without_a_record_of_its_own_it_does_not_serve()
    {
        await using var server = new AloneServer(configure: (rpc, _) => rpc.QueueKind = QueueKind.Quorum);
        server.First.LeavingNote = () => Task.FromResult(false);
        server.Server.Start();
        await server.PassUntilAsync(() => server.First.Disposed, "the end of the connection");
        server.First.Steps.ShouldBe(["consume", "take"]);
        await server.PassUntilAsync(() => server.Note is { Identity: "me" }, "the next attempt");
    }

    [Fact]
    public async Task Who_is_served_no_more_when_it_has_said_that_it_leaves_finishes_nothing()
    {
        await using var server = await ServingAsync();
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Handler = async (call, _) =>
        {
            await running.Task;
            return call.Fence.LostReason is { } reason ? throw new OperationCanceledException(reason) : OrderReply.Completed("OK");
        };
        server.Deliver(server.First);
        await Bounds.UntilAsync(() => !server.Begun.IsEmpty, "the order");
        server.First.Serving = () => false; // The queue has chosen another one, which waits for nobody.

        var stopping = server.Server.StopAsync();
        await server.PassUntilAsync(() => server.Begun.Single().Fence.LostReason is not null, "the loss");
        running.SetResult();
        await server.PassUntilAsync(() => stopping.IsCompleted, "the end", 1000);

        server.First.NothingSettled.ShouldBeTrue();
        server.First.Steps.ShouldNotContain("Left");
    }

    [Fact]
    public async Task After_an_alarm_that_lasted_longer_than_it_may_stand_it_takes_over_anew()
    {
        await using var server = await ServingAsync();
        server.First.Probing = () => Task.FromResult(server.First.BlockedReason is null);
        server.Handler = (call, _) => call.Fence.LostReason is { } reason
            ? throw new OperationCanceledException(reason)
            : Task.FromResult(OrderReply.Completed("OK"));
        server.First.Block("low on memory");
        server.Deliver(server.First);
        await PassAsync(server, Heartbeat * 2);
        server.Begun.ShouldBeEmpty();
        server.First.Disposed.ShouldBeFalse(); // Its requests would only come again, to wait as well.

        server.First.Block(null);
        await server.PassUntilAsync(() => server.Handover.Told.Count == 2, "taking over anew");

        server.First.Disposed.ShouldBeTrue();
        server.First.NothingSettled.ShouldBeTrue();
        server.Handover.Told.ShouldBe(["continue", "continue"]);
    }

    private static async Task<AloneServer> ServingAsync(Action<RpcOptions>? configure = null)
    {
        var server = new AloneServer(configure: (rpc, _) =>
        {
            rpc.QueueKind = QueueKind.Quorum;
            configure?.Invoke(rpc);
        });
        server.FindNote("me", LeaderRecordState.Active);
        await server.StartAsync();
        await server.IsAsync("Connected to RabbitMQ on kfs-gax:5672.");
        return server;
    }

    private static async Task PassAsync(AloneServer server, TimeSpan time)
    {
        var until = server.Clock.GetUtcNow() + time;
        await server.PassUntilAsync(() => server.Clock.GetUtcNow() >= until, "the time", 100);
    }
}
