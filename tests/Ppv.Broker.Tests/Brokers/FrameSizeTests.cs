using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using Ppv.Broker.Tests.Failover;
using Ppv.Rpc;

namespace Ppv.Broker.Tests.Brokers;

/// <summary>What one caller sends along cuts nobody's connection, also on a broker that takes small frames only.</summary>
[Collection(FailoverGroup.Name)]
public sealed class FrameSizeTests(OwnNode own) : IClassFixture<OwnNode>
{
    [Fact]
    public async Task A_caller_with_long_headers_is_answered_and_so_is_everybody_else_over_the_same_connection()
    {
        await own.Node.ControlAsync("eval", "application:set_env(rabbit, frame_max, 4096).");
        using var spans = new OurSpans();
        var log = new CollectingLoggerProvider();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        var rpc = new RpcOptions { Queue = TestBroker.UniqueQueueName("frames"), QueueKind = QueueKind.DurableClassic };
        var running = new TaskCompletionSource();
        await using var server = new RpcServer(RealConnection.Options(own.Node.Address), rpc, async (call, _) =>
        {
            if (call.Id == "other") await running.Task.Within();
            return new RpcReply("OK"u8.ToArray(), RpcOutcome.Completed, null);
        });
        await using var client = new RpcClient(RealConnection.Options(own.Node.Address), rpc, factory);
        server.Start();
        var other = client.SendAsync(new RpcRequest("other", "{}"u8.ToArray()), Bounds.Token);

        using (var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start())
        {
            caller.TraceStateString = $"vendor={new string('x', 5_700)}";
            var reply = await client.SendAsync(new RpcRequest("long", Encoding.ASCII.GetBytes("{}")), Bounds.Token);
            reply.Outcome.ShouldBe(RpcOutcome.Completed, reply.Reason);
        }

        running.SetResult();
        (await other).Outcome.ShouldBe(RpcOutcome.Completed);
        log.Snapshot().ShouldAllBe(entry => entry.Level < LogLevel.Warning);
    }
}
