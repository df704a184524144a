using Ppv.Rpc.Orders;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Server;

/// <summary>What a server that is paused has taken and not done goes back to the queue, and nothing more comes to it.</summary>
public sealed class PausedServerTests
{
    [Fact]
    public async Task What_only_waits_goes_back_to_the_queue_at_once_while_what_was_begun_is_finished()
    {
        await using var server = new AloneServer();
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Handler = async (call, _) =>
        {
            if (call.Id == "waits") await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.Stopping);
            await answer.Task;
            return OrderReply.Completed("OK");
        };
        await StartAsync(server);
        var waits = server.Deliver(server.First, "waits");
        server.Deliver(server.First, "runs");
        await Bounds.UntilAsync(() => server.Begun.Count == 2, "both");

        var pausing = server.Server.PauseAsync();

        await Bounds.UntilAsync(() => server.First.Returned.Contains(waits), "the one that waits");
        pausing.IsCompleted.ShouldBeFalse();
        answer.SetResult();
        (await server.First.NextSettledAsync()).Delivery.Message.MessageId.ShouldBe("runs");
        await pausing.Within();
        server.First.Returned.ShouldBe([waits]);
        server.First.Disposed.ShouldBeFalse();
    }

    [Fact]
    public async Task What_the_drain_cuts_off_goes_back_too_and_so_does_what_comes_after_it()
    {
        await using var server = new AloneServer(configure: (rpc, _) => rpc.DrainTimeout = TimeSpan.Zero);
        server.Handler = async (_, end) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
            return OrderReply.Completed("OK");
        };
        await StartAsync(server);
        var cutOff = server.Deliver(server.First, "cut off");
        await Bounds.UntilAsync(() => server.Begun.Count == 1, "the request");

        await server.Server.PauseAsync().Within();
        var straggler = server.Deliver(server.First, "straggler");

        await Bounds.UntilAsync(() => server.First.Returned.Count == 2, "both");
        server.First.Returned.ShouldBe([cutOff, straggler], ignoreOrder: true);
        server.Begun.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_consumer_that_is_granted_while_the_server_is_paused_is_cancelled()
    {
        await using var server = new AloneServer(configure: (rpc, _) => rpc.DrainTimeout = TimeSpan.Zero);
        using var grant = new ManualResetEventSlim();
        using var asked = new ManualResetEventSlim();
        server.First.Consuming = _ =>
        {
            asked.Set();
            return grant.Wait(Hang.Limit);
        };
        server.Server.Start();
        await Task.Run(() => asked.Wait(Hang.Limit));

        var pausing = server.Server.PauseAsync();
        await Bounds.LetOthersWorkAsync();
        grant.Set();
        await pausing.Within();

        server.First.ConsumeCancelled.ShouldBeTrue();
        server.First.Disposed.ShouldBeFalse();
    }

    private static async Task StartAsync(AloneServer server)
    {
        await server.StartAsync();
        await server.ServesAsync();
    }
}
