using Ppv.Rpc.Brokers;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>How a server that works alone stands by and takes over.</summary>
public sealed class StandbyTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task While_another_server_has_the_queue_it_stands_by_ready_and_looks_four_times_a_second()
    {
        await using var server = new AloneServer();
        var asked = 0;
        server.First.Consuming = _ => Interlocked.Increment(ref asked) > 5;
        await server.StartAsync();

        await server.IsAsync("Connected to RabbitMQ on kfs-gax:5672, standing by: another server leads queue prod.ppv.kfs.");
        server.First.Steps.ShouldBeEmpty();
        var since = server.Clock.GetUtcNow();
        await server.PassUntilAsync(() => server.First.Consumed is not null, "the place", 25);

        asked.ShouldBe(6);
        (server.Clock.GetUtcNow() - since).TotalSeconds.ShouldBeInRange(1.2, 2);
        server.First.Consumed!.Kind.ShouldBe(ConsumerKind.Exclusive);
    }

    [Theory]
    [InlineData(true, QueueKind.DurableClassic, ConsumerKind.Exclusive)]
    [InlineData(true, QueueKind.LegacyTransient, ConsumerKind.Exclusive)]
    [InlineData(true, QueueKind.Passive, ConsumerKind.Exclusive)]
    [InlineData(true, QueueKind.Quorum, ConsumerKind.SingleActive)]
    [InlineData(false, QueueKind.Quorum, ConsumerKind.Shared)]
    [InlineData(null, QueueKind.DurableClassic, ConsumerKind.Shared)]
    public async Task The_kind_of_consumer_follows_from_the_queue_and_whether_it_works_alone(bool? alone, QueueKind queue, object kind)
    {
        await using var server = new AloneServer(configure: (rpc, _) => (rpc.SingleActiveConsumer, rpc.QueueKind) = (alone, queue));
        await server.StartAsync();
        server.First.Consumed!.Kind.ShouldBe((ConsumerKind)kind);
        server.First.Declared.ShouldBe(
            new QueueDeclaration("prod.ppv.kfs", queue, TimeSpan.FromSeconds(30), alone ?? true, MustMatch: alone == true));
        server.First.Replies.ShouldNotBeNull(); // Without them no probe would come back.
    }

    /// <summary>
    /// The state comes from the connection and from what is done over it, so a look that falls between the two must not find it ready.
    /// </summary>
    [Fact]
    public async Task It_says_ready_only_when_it_consumes_however_often_one_looks()
    {
        for (var i = 0; i < 1000; i++)
        {
            await using var server = new AloneServer(configure: (rpc, _) => rpc.SingleActiveConsumer = null);
            var looking = Task.Run(() =>
            {
                while (!server.Server.Status.IsReady) { }
                return server.First.Consumed is not null;
            });
            server.Server.Start();
            (await looking.Within()).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task After_a_server_that_left_no_word_it_forgets_and_waits_the_grace_while_deliveries_are_held()
    {
        await using var server = new AloneServer();
        server.FindNote("another", LeaderRecordState.Active);
        await server.StartAsync();
        await server.IsAsync("taking over");
        await Bounds.UntilAsync(() => server.Note is { Identity: "me" }, "the own note");
        var since = server.Clock.GetUtcNow();
        server.Deliver(server.First);
        server.Clock.Advance(Grace - TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < 1000; i++) await Task.Yield();
        server.Begun.ShouldBeEmpty();

        await server.PassUntilAsync(() => !server.Begun.IsEmpty, "the order", 1);

        (server.Clock.GetUtcNow() - since).ShouldBeInRange(Grace, Grace * 2);
        server.Handover.Told.ShouldBe(["start over"]);
        server.First.Steps.ShouldBe(["consume", "take", "Active"]);
        (await server.First.NextSettledAsync()).Answer!.Value.Outcome.ShouldBe(RpcOutcome.Completed);
    }

    [Theory]
    [InlineData("me", "Active", "continue")]
    [InlineData("me", "Left", "continue")]
    [InlineData("another", "Left", "import its calls")]
    public async Task Where_nothing_can_be_on_its_way_it_begins_at_once(string identity, string state, string told)
    {
        await using var server = new AloneServer();
        server.FindNote(identity, Enum.Parse<LeaderRecordState>(state), "its calls");
        await server.StartAsync();
        await server.IsAsync("Connected to RabbitMQ on kfs-gax:5672."); // The clock stands still.
        server.Handover.Told.ShouldBe([told]);
        server.Note!.State.ShouldBe(LeaderRecordState.Active);
    }

    [Fact]
    public async Task A_handover_that_cannot_be_read_is_none()
    {
        await using var server = new AloneServer();
        server.FindNote("another", LeaderRecordState.Left);
        await server.StartAsync();
        await server.ServesAsync();
        server.Handover.Told.ShouldBe(["start over"]);
    }

    [Fact]
    public async Task It_waits_for_the_last_word_of_a_server_that_is_about_to_leave()
    {
        await using var server = new AloneServer();
        server.FindNote("another", LeaderRecordState.Leaving, within: TimeSpan.FromSeconds(30));
        await server.StartAsync();
        await server.IsAsync("taking over");
        server.Deliver(server.First);
        await server.PassUntilAsync(() => server.First.Steps.Count > 4, "some looks", 10);
        server.Begun.ShouldBeEmpty();
        server.Handover.Told.ShouldBeEmpty();

        server.FindNote("another", LeaderRecordState.Left, "its calls");
        await server.PassUntilAsync(() => !server.Begun.IsEmpty, "the order", 10);

        server.Handover.Told.ShouldBe(["import its calls"]);
    }

    [Fact]
    public async Task It_does_not_wait_longer_than_the_other_one_wanted_and_then_takes_it_for_dead()
    {
        await using var server = new AloneServer();
        server.FindNote("another", LeaderRecordState.Leaving, within: TimeSpan.FromSeconds(10));
        var since = server.Clock.GetUtcNow();
        await server.StartAsync();
        await server.IsAsync("taking over");
        await server.ServesAsync();
        (server.Clock.GetUtcNow() - since).TotalSeconds.ShouldBeInRange(10, 12);
        server.Handover.Told.ShouldBe(["start over"]);
    }

    [Fact]
    public async Task What_came_while_it_entered_is_not_begun_when_the_place_is_lost_meanwhile()
    {
        await using var server = new AloneServer();
        server.FindNote("another", LeaderRecordState.Active);
        await server.StartAsync();
        await server.IsAsync("taking over");
        server.Deliver(server.First, "held");
        server.First.Lose();
        await server.PassUntilAsync(() => server.Second.Consumed is not null, "another connection");
        server.Deliver(server.Second, "next");
        await server.PassUntilAsync(() => !server.Begun.IsEmpty, "an order");
        server.Begun.ShouldHaveSingleItem().Id.ShouldBe("next");
        server.First.NothingSettled.ShouldBeTrue();
    }

    [Fact]
    public async Task When_it_cannot_be_known_who_was_here_nothing_is_served_over_that_connection()
    {
        await using var server = new AloneServer();
        server.First.TakingNote = () => throw new BrokerException("The queue of notes can't be read.", needsAttention: false);
        server.Server.Start();
        await server.PassUntilAsync(() => server.Second.Consumed is not null, "another connection");
        server.First.Disposed.ShouldBeTrue();
        server.Handover.Told.ShouldNotContain("continue");
        await server.ServesAsync();
    }

    [Fact]
    public async Task The_grace_is_waited_even_when_entering_failed_after_the_own_note_was_left()
    {
        await using var server = new AloneServer();
        server.FindNote("another", LeaderRecordState.Active);
        await server.StartAsync();
        await Bounds.UntilAsync(() => server.Note is { Identity: "me" }, "the own note");
        var since = server.Clock.GetUtcNow();
        server.First.Lose();
        await server.PassUntilAsync(() => server.Second.Consumed is not null, "the second entering", 1);
        server.Deliver(server.Second);
        await server.PassUntilAsync(() => !server.Begun.IsEmpty, "the order", 1);
        (server.Clock.GetUtcNow() - since).ShouldBeGreaterThanOrEqualTo(Grace);
        server.Handover.Told.ShouldBe(["start over", "continue since"]);
    }

    [Fact]
    public async Task A_process_that_died_in_its_grace_waits_the_rest_and_believes_nothing_older()
    {
        await using var server = new AloneServer();
        server.FindNote("me", LeaderRecordState.Active, since: server.Clock.GetUtcNow());
        await server.StartAsync();
        await server.IsAsync("taking over");
        await server.ServesAsync();
        server.Handover.Told.ShouldBe(["continue since"]);
    }

    [Fact]
    public async Task After_a_short_loss_of_the_broker_and_its_notes_what_is_remembered_holds_and_after_a_long_one_not()
    {
        var grace = TimeSpan.FromSeconds(30); // Far longer than what the clock is moved by until it is connected again.
        await using var server = new AloneServer(
            connections: 3, configure: (rpc, broker) => (rpc.TakeoverGrace, broker.Heartbeat) = (grace, TimeSpan.FromMinutes(1)));
        server.FindNote("me", LeaderRecordState.Active);
        await server.StartAsync();
        await server.IsAsync("Connected to RabbitMQ on kfs-gax:5672.");

        server.First.Note[0] = null;
        server.First.Lose();
        await server.PassUntilAsync(() => server.Second.Steps.Contains("Active"), "the second entering", 5);
        server.Handover.Told.ShouldBe(["continue", "continue"]);
        await server.ServesAsync();

        server.Second.Probing = () => Task.FromResult(false); // Nothing proves the place any more.
        server.Clock.Advance(grace);
        server.First.Note[0] = null;
        server.Second.Lose();
        await server.PassUntilAsync(() => server.Handover.Told.Count == 3, "the third entering", 5);
        server.Handover.Told.Last().ShouldBe("start over");
    }

    [Fact]
    public async Task A_broker_that_keeps_no_notes_is_served_nevertheless()
    {
        await using var server = new AloneServer();
        server.First.LeavingNote = () => Task.FromResult(false);
        await server.StartAsync();
        server.Deliver(server.First);
        await server.PassUntilAsync(() => !server.Begun.IsEmpty, "the order");
    }

    [Fact]
    public async Task On_a_queue_that_lets_one_at_a_time_work_the_first_delivery_tells_that_it_is_ones_turn()
    {
        await using var server = new AloneServer(configure: (rpc, _) => rpc.QueueKind = QueueKind.Quorum);
        server.First.Serving = () => false;
        server.FindNote("another", LeaderRecordState.Left, "its calls");
        await server.StartAsync();
        await server.IsAsync("standing by");
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        server.First.Steps.ShouldBe(["consume"]);

        server.First.Serving = () => true;
        server.Deliver(server.First);
        await Bounds.UntilAsync(() => !server.Begun.IsEmpty, "the order"); // The clock stands still.

        server.First.Steps.ShouldBe(["consume", "take", "Active"]);
        server.Handover.Told.ShouldBe(["import its calls"]);
    }

    [Fact]
    public async Task Without_notes_it_waits_the_grace_each_time_somebody_else_may_have_served()
    {
        await using var server = new AloneServer(withoutHandover: true);
        await server.StartAsync();
        await server.IsAsync("taking over");
        await server.ServesAsync();
        server.First.Steps.ShouldBe(["consume"]);
    }

    [Fact]
    public async Task Independent_brokers_are_served_all_at_once_without_notes_and_nothing_is_forgotten()
    {
        await using var server = new AloneServer(
            configure: (_, broker) => (broker.Topology, broker.Hosts) = (BrokerTopology.Independent, ["kfs-gax", "bs-gax"]));
        server.Server.Start();
        await server.PassUntilAsync(() => server.First.Deliveries is not null && server.Second.Deliveries is not null, "both places");
        server.Deliver(server.First, "at one");
        server.Deliver(server.Second, "at the other");
        await server.PassUntilAsync(() => server.Begun.Count == 2, "both orders");
        server.Handover.Told.ShouldBe(["continue", "continue"]);
        server.First.Steps.ShouldBe(["consume"]);

        server.First.Lose();
        await Bounds.UntilAsync(() => server.Server.Status.Description.Contains("down", StringComparison.Ordinal)
            || server.Server.Status.Description.Contains("lost", StringComparison.Ordinal), "the loss");
        server.Server.Status.IsReady.ShouldBeTrue();
        server.Deliver(server.Second, "still");
        await server.PassUntilAsync(() => server.Begun.Count == 3, "the order on the broker that lives");
        server.Server.Completion.IsCompleted.ShouldBeFalse();
    }
}
