using Ppv.Rpc.Orders;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>While the broker takes no messages nothing is begun whose answer could not leave, and nothing is lost.</summary>
public class AlarmTests
{
    private const string Alarm = "low on memory";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_that_comes_in_an_alarm_is_begun_once_when_the_alarm_is_over(bool alone)
    {
        await using var server = await StartAsync(alone);
        server.First.Block(Alarm);
        server.Deliver(server.First, "held");
        server.Deliver(server.First, "held too");
        await PassAsync(server, 20); // Longer than the heartbeat: the place can't be proved meanwhile, and is not lost for that.

        server.Begun.ShouldBeEmpty();
        server.First.NothingSettled.ShouldBeTrue();
        server.First.Block(null);

        foreach (var _ in (string[])["held", "held too"])
            (await server.First.NextSettledAsync()).Answer!.Value.Outcome.ShouldBe(RpcOutcome.Completed);
        server.Begun.Select(call => call.Id).ShouldBe(["held", "held too"], ignoreOrder: true);
        server.Begun.ShouldAllBe(call => call.Fence.LostReason == null);
        server.First.Disposed.ShouldBeFalse();
    }

    [Fact]
    public async Task What_comes_right_after_a_long_alarm_waits_until_a_probe_begun_after_it_is_back()
    {
        await using var server = await StartAsync(alone: true);
        server.First.Block(Alarm);
        await PassAsync(server, 20);
        var back = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        server.First.Probing = () => back.Task;
        server.First.Block(null);
        server.Deliver(server.First);
        await StaysHeldAsync(server);
        server.First.Disposed.ShouldBeFalse();

        back.SetResult(true);

        (await server.First.NextSettledAsync()).Answer!.Value.Outcome.ShouldBe(RpcOutcome.Completed);
        server.Begun.ShouldHaveSingleItem().Fence.LostReason.ShouldBeNull();
        server.First.Disposed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_place_that_stays_unproved_after_an_alarm_is_lost()
    {
        await using var server = await StartAsync(alone: true);
        server.First.Block(Alarm);
        await PassAsync(server, 20);
        server.First.Probing = () => Task.FromResult(false);
        server.First.Block(null);
        server.Deliver(server.First);

        await PassAsync(server, 10);

        server.First.Disposed.ShouldBeTrue();
        server.Begun.ShouldBeEmpty();
    }

    [Fact]
    public async Task Its_deadline_is_the_old_one_so_that_what_is_too_late_by_then_is_answered_and_not_executed()
    {
        await using var server = await StartAsync(alone: true);
        server.Handler = (call, _) => Task.FromResult(
            call.Deadline < server.Clock.GetUtcNow()
                ? OrderReply.Failed("ER995", RpcOutcome.NotExecuted, "Too late.")
                : OrderReply.Completed("OK"));
        server.First.Block(Alarm);
        server.Deliver(server.First);
        await StaysHeldAsync(server);
        server.Clock.Advance(TimeSpan.FromSeconds(61));

        server.First.Block(null);

        (await server.First.NextSettledAsync()).Answer!.Value.Outcome.ShouldBe(RpcOutcome.NotExecuted);
        server.Begun.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_waited_for_its_turn_when_the_alarm_came_finds_out_before_it_acts_and_is_begun_anew()
    {
        var isItsTurn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var objections = 0;
        await using var server = await StartAsync(alone: true);
        server.Handler = async (call, _) =>
        {
            await isItsTurn.Task;
            if (call.Fence.LostReason is not { } reason) return OrderReply.Completed("OK");
            Interlocked.Increment(ref objections);
            reason.ShouldContain(Alarm);
            server.First.Block(null); // Over before anybody has looked again: what was said once counts.
            call.Fence.LostReason.ShouldBe(reason);
            throw new OperationCanceledException(reason);
        };
        server.Deliver(server.First);
        await Bounds.UntilAsync(() => !server.Begun.IsEmpty, "the request");

        server.First.Block(Alarm);
        isItsTurn.SetResult();

        (await server.First.NextSettledAsync()).Answer!.Value.Outcome.ShouldBe(RpcOutcome.Completed);
        (objections, server.Begun.Count).ShouldBe((1, 2));
        server.First.NothingSettled.ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_held_when_the_connection_is_lost_is_left_to_be_delivered_again()
    {
        await using var server = await StartAsync(alone: false);
        server.First.Block(Alarm);
        var delivery = server.Deliver(server.First);
        await StaysHeldAsync(server);
        server.First.Lose();
        await server.PassUntilAsync(() => server.Second.Deliveries is not null, "the next connection");
        await Bounds.UntilAsync(() => server.Server.RunningRequests == 0, "the end of what was held");
        server.Begun.ShouldBeEmpty();

        server.Second.Deliveries!(delivery with { Redelivered = true });

        (await server.Second.NextSettledAsync()).Answer!.Value.Outcome.ShouldBe(RpcOutcome.Completed);
        server.Begun.Count.ShouldBe(1);
        server.First.NothingSettled.ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_held_when_the_server_stops_goes_back_to_the_queue()
    {
        await using var server = await StartAsync(alone: false);
        server.First.Block(Alarm);
        server.Deliver(server.First);

        var stopping = server.Server.StopAsync();
        await server.PassUntilAsync(() => stopping.IsCompleted, "the end", 1000);

        server.Begun.ShouldBeEmpty();
        server.First.NothingSettled.ShouldBeTrue();
    }

    private static async Task PassAsync(AloneServer server, int seconds)
    {
        for (; seconds > 0; seconds--)
        {
            server.Clock.Advance(TimeSpan.FromSeconds(1));
            await Bounds.LetOthersWorkAsync();
        }
    }

    private static async Task StaysHeldAsync(AloneServer server)
    {
        for (var i = 0; i < 50; i++) await Bounds.LetOthersWorkAsync();
        server.Begun.ShouldBeEmpty();
    }

    private static async Task<AloneServer> StartAsync(bool alone)
    {
        var server = new AloneServer(configure: (rpc, _) => rpc.SingleActiveConsumer = alone);
        server.First.Probing = () => Task.FromResult(server.First.BlockedReason is null);
        server.FindNote("me", LeaderRecordState.Active);
        await server.StartAsync();
        await server.IsAsync("Connected to RabbitMQ on kfs-gax:5672.");
        return server;
    }
}
