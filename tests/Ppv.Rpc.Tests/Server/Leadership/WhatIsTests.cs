using Ppv.Rpc.Brokers;
using Ppv.Rpc.Server.Leadership;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>A leader goes by what is, and not by what was asked for: the heartbeat, being alone, the record that lies there.</summary>
public sealed class WhatIsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 5)] // None was agreed on.
    [InlineData(60, 5)]
    public async Task The_fence_stands_without_a_proof_for_the_heartbeat_that_was_agreed_on(int agreed, int seconds)
    {
        await using var server = new AloneServer();
        server.First.Heartbeat = TimeSpan.FromSeconds(agreed);
        await ServesAsync(server);
        server.Deliver(server.First);
        await server.First.NextSettledAsync();
        server.Note!.StandsFor.ShouldBe(TimeSpan.FromSeconds(seconds));
        var fence = server.Begun.Single().Fence;
        server.First.Probing = () => Task.FromResult(false);
        server.Clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(100));
        fence.LostReason.ShouldBeNull();

        server.Clock.Advance(TimeSpan.FromMilliseconds(300));

        fence.LostReason!.ShouldContain($"the heartbeat of {seconds} s that was agreed on");
    }

    [Fact]
    public async Task With_a_shorter_heartbeat_than_configured_the_connection_is_probed_more_often()
    {
        await using var server = new AloneServer(configure: (_, broker) =>
            (broker.ProbeInterval, broker.ProbeTimeout) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)));
        server.First.Heartbeat = TimeSpan.FromSeconds(1);
        await ServesAsync(server);
        server.Deliver(server.First);
        await server.First.NextSettledAsync();
        var until = server.Clock.GetUtcNow() + TimeSpan.FromSeconds(10);
        await server.PassUntilAsync(() => server.Clock.GetUtcNow() >= until, "ten seconds", 50);
        server.Begun.Single().Fence.LostReason.ShouldBeNull();
    }

    [Theory]
    [InlineData(QueueKind.DurableClassic)]
    [InlineData(QueueKind.LegacyTransient)]
    [InlineData(QueueKind.Passive)]
    public async Task Where_it_could_not_be_alone_it_serves_nothing_and_says_why_and_looks_again_after_a_while(QueueKind kind)
    {
        await using var server = new AloneServer(configure: (rpc, _) => rpc.QueueKind = kind);
        server.First.Consuming = request =>
        {
            var early = new BrokerMessage { Body = default, ReplyTo = "replies", MessageId = "early" };
            request.OnDelivery(new BrokerDelivery(early, 1, false));
            throw new NotAloneException("prod.ppv.kfs", "RabbitMQ on kfs-gax:5672");
        };
        var since = server.Clock.GetUtcNow();
        server.Server.Start();
        await Bounds.UntilAsync(
            () => server.Server.Status.Description.Contains("Ppv:Rpc:QueueKind", StringComparison.Ordinal), "the reason");
        server.Server.Status.IsReady.ShouldBeFalse();
        server.First.Disposed.ShouldBeFalse();

        await server.PassUntilAsync(() => server.Second.Consumed is not null, "the next look", 200);

        (server.Clock.GetUtcNow() - since).ShouldBeGreaterThanOrEqualTo(new BrokerOptions().MaxReconnectDelay);
        server.Begun.ShouldBeEmpty();
        server.First.Steps.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_record_that_could_not_be_left_is_tried_again_until_it_stands_and_until_then_the_status_says_so()
    {
        var attempts = 0;
        await using var server = new AloneServer();
        server.First.LeavingNote = () => Task.FromResult(Interlocked.Increment(ref attempts) > 4);
        await server.StartAsync();
        await server.PassUntilAsync(() => server.Server.Status.Description.Contains("no record", StringComparison.Ordinal), "the words");
        server.Server.Status.IsReady.ShouldBeTrue();
        var since = server.Clock.GetUtcNow();

        await server.PassUntilAsync(() => server.Note is not null, "the record");

        (server.Note!.Identity, server.Note.State).ShouldBe(("me", LeaderRecordState.Active));
        attempts.ShouldBe(5);
        (server.Clock.GetUtcNow() - since).TotalSeconds.ShouldBeInRange(14, 18); // 1, 2, 4 and 8 s.
        await server.IsAsync("Connected to RabbitMQ on kfs-gax:5672.");
        await Bounds.UntilAsync(
            () => server.Server.Status.Description.EndsWith("5672.", StringComparison.Ordinal), "nothing more to be said");
    }

    [Fact]
    public async Task A_leader_that_leads_no_longer_does_not_take_the_place_of_the_next_ones_record()
    {
        await using var server = new AloneServer();
        server.First.LeavingNote = () => Task.FromResult(false);
        await server.StartAsync();
        await server.PassUntilAsync(() => server.Server.Status.Description.Contains("no record", StringComparison.Ordinal), "the words");
        var attempts = 0;
        server.First.LeavingNote = () => Task.FromResult(Interlocked.Increment(ref attempts) > 0);
        server.First.Probing = () => Task.FromResult(false);
        server.FindNote("another", LeaderRecordState.Active);
        server.Second.Consuming = _ => false;

        server.Clock.Advance(TimeSpan.FromSeconds(40)); // As if it had been frozen.
        await server.PassUntilAsync(() => server.First.Disposed, "the end of the connection", 1);

        attempts.ShouldBe(0);
        server.Note!.Identity.ShouldBe("another");
    }

    [Fact]
    public async Task What_a_stopping_leader_leaves_is_not_replaced_by_what_it_could_not_leave_before()
    {
        var underWay = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var attempts = 0;
        var server = new AloneServer();
        await using var _ = server;
        server.First.LeavingNote = () => Interlocked.Increment(ref attempts) switch
        {
            1 => Task.FromResult(false),
            2 => underWay.Task,
            _ => Task.FromResult(true),
        };
        await server.StartAsync();
        await server.PassUntilAsync(() => Volatile.Read(ref attempts) == 2, "the second attempt");

        var stopping = server.Server.StopAsync();
        for (var turn = 0; turn < 20; turn++) await Bounds.LetOthersWorkAsync();
        attempts.ShouldBe(2); // Never two at a time.
        underWay.SetResult(true);
        await server.PassUntilAsync(() => stopping.IsCompleted, "the end");

        server.First.Steps.ShouldBe(["consume", "take", "Active", "Leaving", "cancel", "Left"]);
    }

    [Fact]
    public async Task A_last_word_is_tried_again_for_a_moment()
    {
        var isKept = true;
        await using var server = new AloneServer();
        server.First.LeavingNote = () => Task.FromResult(isKept);
        await ServesAsync(server);
        var running = new TaskCompletionSource<RpcReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Handler = (_, _) => running.Task;
        server.Deliver(server.First);
        await Bounds.UntilAsync(() => !server.Begun.IsEmpty, "the order");
        var stopping = server.Server.StopAsync();
        await Bounds.UntilAsync(() => server.First.ConsumeCancelled, "the cancel");
        isKept = false;
        running.SetResult(Ppv.Rpc.Orders.OrderReply.Completed("OK"));
        for (var turn = 0; turn < 20; turn++) await Bounds.LetOthersWorkAsync();
        isKept = true;
        await server.PassUntilAsync(() => stopping.IsCompleted, "the end");
        server.Note!.State.ShouldBe(LeaderRecordState.Left);
    }

    private static async Task ServesAsync(AloneServer server)
    {
        server.FindNote("me", LeaderRecordState.Active);
        await server.StartAsync();
        await server.IsAsync("Connected to RabbitMQ on kfs-gax:5672.");
    }
}
