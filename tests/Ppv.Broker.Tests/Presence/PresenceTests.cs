using System.Text;
using Microsoft.Extensions.Logging;
using Ppv.Broker.Tests.Brokers;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Presence;

namespace Ppv.Broker.Tests.Presence;

/// <summary>Who is on a real bus. Other tests' programs are there too, so each test looks at its own queue.</summary>
public class PresenceTests(SharedBroker broker)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private readonly string _queue = TestBroker.UniqueQueueName("presence");

    [Fact]
    public async Task Leader_standby_and_gateway_are_seen_and_one_that_was_killed_is_not_any_more()
    {
        await using var proxy = new TcpProxy(broker.Address.Host, broker.Address.Port);
        await using var leader = Server(broker.Address.Through(proxy));
        await UntilAsync(leader, (leader, PresencePlace.Leader));
        await using var standby = Server(broker.Address);
        await using var client = Client(broker.Address);
        client.Start();

        // The leader's connection comes from the outside, so what it sees it sees over the bus.
        await UntilAsync(leader, (leader, PresencePlace.Leader), (standby, PresencePlace.Standby), (client, null));

        proxy.Cut();
        await UntilAsync(standby, (standby, PresencePlace.Leader), (client, null));
    }

    [Fact]
    public async Task Orders_and_inquiries_at_once_do_not_get_into_each_others_way()
    {
        await using var server = Server(broker.Address);
        await using var client = Client(broker.Address);
        client.Start();
        await UntilAsync(server, (server, PresencePlace.Leader), (client, null));

        var asking = Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
                (await client.AskPresenceAsync(Bounds.Limit, Bounds.Token, [server.Instance])).ShouldContain(
                    report => report.Instance == server.Instance);
        });
        var ordering = Enumerable.Range(0, 500).Select(async number =>
        {
            var reply = await client.SendAsync(new RpcRequest($"order-{number}", Encoding.ASCII.GetBytes($"{number}")), Bounds.Token);
            (reply.Outcome, Encoding.ASCII.GetString(reply.Body.Span)).ShouldBe((RpcOutcome.Completed, $"{number}\r"));
        });

        await Task.WhenAll(ordering.Append(asking)).Within();
        client.PendingRequests.ShouldBe(0);
    }

    [Fact]
    public async Task An_old_gateway_gets_the_same_bytes_as_before()
    {
        await using var server = Server(broker.Address, QueueKind.LegacyTransient);
        await UntilAsync(server, (server, PresencePlace.Leader));
        await using var gateway = await OldGateway.StartAsync(broker.Address, _queue);

        var reply = await gateway.SendAsync("1", correlationId: "from the old gateway");

        reply.Body.ShouldBe("1\r");
        (reply.Properties.CorrelationId, reply.Properties.IsTypePresent(), reply.Properties.IsHeadersPresent())
            .ShouldBe(("from the old gateway", false, false));
    }

    [Fact]
    public async Task Without_the_rights_everything_works_as_before_and_the_log_says_once_what_is_missing()
    {
        await using var user = await LimitedUser.MakeAsync(
            broker, "^(presence.*|amq\\.gen-.*)$", "^amq\\.default$", "^(presence.*|amq\\.gen-.*)$");
        var log = new CollectingLoggerProvider();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        await using var unseen = Server(user.Address, log: factory);
        await log.WaitForAsync(entry => entry.EventId.Id == 1390, Bounds.Limit);
        await using var client = Client(user.Address);

        (await client.SendAsync(new RpcRequest("order", "1"u8.ToArray()), Bounds.Token)).Outcome.ShouldBe(RpcOutcome.Completed);

        var said = log.Snapshot().Where(entry => entry.EventId.Id == 1390).ShouldHaveSingleItem();
        said.Level.ShouldBe(LogLevel.Information);
        said.Message.ShouldContain("Give the user write permission on 'amq.gen-.*' and read permission on 'amq.direct'.");
        log.Snapshot().ShouldNotContain(entry => entry.Level >= LogLevel.Warning);
        (await Should.ThrowAsync<BrokerException>(unseen.AskPresenceAsync(Look, Bounds.Token))).Message
            .ShouldContain("Give the user write permission on it.");
        unseen.Status.IsReady.ShouldBeTrue();
    }

    [Fact]
    public async Task With_direct_reply_to_everything_works_as_before_and_nobody_is_seen()
    {
        await using var direct = Server(broker.Address, replies: ReplyQueueKind.DirectReplyTo);
        await using var client = Client(broker.Address, ReplyQueueKind.DirectReplyTo);
        await using var other = Server(broker.Address, queue: _queue + ".other");

        (await client.SendAsync(new RpcRequest("order", "1"u8.ToArray()), Bounds.Token)).Outcome.ShouldBe(RpcOutcome.Completed);

        await UntilAsync(other, (other, PresencePlace.Leader));
        (await OursAsync(other)).ShouldHaveSingleItem().Instance.ShouldBe(other.Instance);
        (await Should.ThrowAsync<BrokerException>(client.AskPresenceAsync(Look, Bounds.Token))).Message.ShouldContain("ReplyQueueKind");
        client.Status.IsReady.ShouldBeTrue();
    }

    [Fact]
    public async Task Nobody_can_have_presence_write_to_the_queue_of_orders()
    {
        await using var server = Server(broker.Address);
        await UntilAsync(server, (server, PresencePlace.Leader));
        await using var connection = await broker.Address.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        var target = (await channel.QueueDeclareAsync(_queue + ".target", durable: false, exclusive: true, autoDelete: true)).QueueName;

        await channel.BasicPublishAsync("amq.direct", "ppv.presence", mandatory: true, new RabbitMQ.Client.BasicProperties
        {
            Type = "ppv.presence", ReplyTo = target, CorrelationId = "1",
        }, ReadOnlyMemory<byte>.Empty);

        // The server hears inquiries in order: when it has answered a later one, it has dropped that one.
        await UntilAsync(server, (server, PresencePlace.Leader));
        (await channel.MessageCountAsync(target)).ShouldBe(0u);
    }

    /// <summary>Asks until exactly these are seen on the test's queue, each in its place.</summary>
    private async Task UntilAsync(object asker, params (object Who, string? Place)[] expected)
    {
        var wanted = expected.Select(one => (InstanceOf(one.Who), one.Place)).ToList();
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var seen = await OursAsync(asker);
            if (seen.Count == wanted.Count && wanted.TrueForAll(
                one => seen.Any(report => (report.Instance, report.Place) == one && report.IsReady)))
                return;
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(
                Bounds.Limit, string.Join(", ", seen.Select(report => $"{report.Role} {report.Place}: {report.Description}")));
        }
    }

    private async Task<List<PresenceReport>> OursAsync(object asker)
    {
        try
        {
            var reports = asker is RpcServer server
                ? await server.AskPresenceAsync(Look, Bounds.Token)
                : await ((RpcClient)asker).AskPresenceAsync(Look, Bounds.Token);
            return [.. reports.Where(report => report.Queues.Any(queue => queue.StartsWith(_queue, StringComparison.Ordinal)))];
        }
        catch (BrokerException e) when (e.Message.StartsWith("There is no connection", StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            return [];
        }
    }

    private static Guid InstanceOf(object who) => who is RpcServer server ? server.Instance : ((RpcClient)who).Instance;

    private RpcServer Server(
        BrokerAddress address, QueueKind kind = QueueKind.DurableClassic, ReplyQueueKind replies = ReplyQueueKind.ExclusiveQueue,
        string? queue = null, ILoggerFactory? log = null)
    {
        var rpc = new RpcOptions
        {
            Queue = queue ?? _queue, QueueKind = kind, ReplyQueueKind = replies, SingleActiveConsumer = true, TakeoverGrace = TimeSpan.Zero,
        };
        var server = new RpcServer(
            RealConnection.Options(address), rpc,
            (call, _) => Task.FromResult(new RpcReply((byte[])[.. call.Body.Span, (byte)'\r'], RpcOutcome.Completed, null)), log);
        server.Start();
        return server;
    }

    private RpcClient Client(BrokerAddress address, ReplyQueueKind replies = ReplyQueueKind.ExclusiveQueue) => new(
        RealConnection.Options(address), new RpcOptions { Queue = _queue, ReplyQueueKind = replies });
}
