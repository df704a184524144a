using System.Text;
using Microsoft.Extensions.Logging;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Broker.Tests.Brokers;

/// <summary>Answers come by a queue of our own or by direct reply-to; when there is no queue to be had, directly.</summary>
public class ReplyQueueKindTests(SharedBroker broker)
{
    private readonly string _queue = TestBroker.UniqueQueueName("reply");

    [Theory]
    [InlineData(ReplyQueueKind.ExclusiveQueue)]
    [InlineData(ReplyQueueKind.DirectReplyTo)]
    public async Task A_call_is_answered_by_either_address(ReplyQueueKind kind)
    {
        var rpc = new RpcOptions { Queue = _queue, QueueKind = QueueKind.LegacyTransient, ReplyQueueKind = kind };
        var log = new CollectingLoggerProvider();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        await using var server = new RpcServer(
            RealConnection.Options(broker.Address), rpc, (call, _) => Task.FromResult(Answer(call.Body)), factory);
        await using var client = new RpcClient(RealConnection.Options(broker.Address), rpc);
        server.Start();

        for (var call = 0; call < 3; call++)
        {
            var reply = await client.SendAsync(new RpcRequest($"id{call}", Encoding.ASCII.GetBytes($"{call}")), Bounds.Token);
            (reply.Outcome, Encoding.ASCII.GetString(reply.Body.Span)).ShouldBe((RpcOutcome.Completed, $"answer to {call}"));
        }

        // What the broker sends back comes before it has closed the channel.
        await server.StopAsync(Bounds.Token);
        log.Snapshot().ShouldAllBe(entry => entry.Level < LogLevel.Warning);
    }

    [Fact]
    public async Task Who_may_not_declare_a_reply_queue_gets_the_answers_directly_and_the_log_says_so()
    {
        var user = $"limited-{Guid.NewGuid():N}";
        await broker.Broker.ControlAsync("add_user", user, user);
        await broker.Broker.ControlAsync("set_permissions", "-p", broker.Address.VirtualHost, user, "^reply", ".*", ".*");
        var log = new CollectingLoggerProvider();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        await using var connection = await RealConnection.DialAsync(
            broker.Address with { UserName = user, Password = user }, logger: factory.CreateLogger("test"));

        (await connection.ConsumeRepliesAsync()).ShouldBe("amq.rabbitmq.reply-to");

        connection.Lost.IsCompleted.ShouldBeFalse();
        (await connection.ProbeAsync().Within()).ShouldBeTrue();
        var said = log.Snapshot().ShouldHaveSingleItem();
        (said.Level, said.EventId.Id).ShouldBe((LogLevel.Warning, 1300));
        said.Message.ShouldContain("403");
        await broker.Broker.ControlAsync("delete_user", user);
    }

    [Fact]
    public async Task When_declaring_one_cost_the_connection_the_next_one_to_the_host_gets_the_answers_directly()
    {
        await using var proxy = new TcpProxy(broker.Address.Host, broker.Address.Port);
        var options = RealConnection.Options(broker.Address);
        options.OperationTimeout = TimeSpan.FromSeconds(1);
        var dialer = RealConnection.Dialer(options);
        var host = new BrokerHost("127.0.0.1", proxy.Port);
        await using (var first = await dialer.DialAsync(host, "test", Bounds.Token))
        {
            proxy.Freeze();
            (await Should.ThrowAsync<Ppv.Rpc.Brokers.BrokerException>(first.ConsumeRepliesAsync())).NeedsAttention.ShouldBeFalse();
            proxy.Restore();
        }

        await using var second = await dialer.DialAsync(host, "test", Bounds.Token);
        (await second.ConsumeRepliesAsync()).ShouldBe("amq.rabbitmq.reply-to");

        // A success elsewhere says that the brokers are well again.
        await using var other = await dialer.DialAsync(new BrokerHost(broker.Address.Host, broker.Address.Port), "test", Bounds.Token);
        (await other.ConsumeRepliesAsync()).ShouldStartWith("amq.gen-");
        await using var third = await dialer.DialAsync(host, "test", Bounds.Token);
        (await third.ConsumeRepliesAsync()).ShouldStartWith("amq.gen-");
    }

    private static RpcReply Answer(ReadOnlyMemory<byte> body) =>
        new(Encoding.ASCII.GetBytes($"answer to {Encoding.ASCII.GetString(body.Span)}"), RpcOutcome.Completed, null);
}
