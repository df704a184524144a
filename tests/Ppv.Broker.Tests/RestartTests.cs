using Ppv.Rpc.Orders;
using System.Collections.Concurrent;
using Ppv.Rpc;
using RabbitMQ.Client;

namespace Ppv.Broker.Tests;

/// <summary>What outlives a restart of the broker.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private TestBrokerNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await TestBrokerNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Orders_that_no_worker_took_outlive_a_restart_of_the_broker_where_their_queue_does_and_the_next_worker_has_them()
    {
        RpcOptions classic =
            Options(QueueKind.DurableClassic), quorum =
                Options(QueueKind.Quorum), passive = Options(QueueKind.Passive), onTransient = Options(QueueKind.Passive);
        await MakeQueueAsync(passive.Queue, durable: true);
        await MakeQueueAsync(onTransient.Queue, durable: false);
        RpcOptions[] all = [classic, quorum, passive, onTransient];
        foreach (var options in all) await PublishAsync(options);
        // A transient queue writes nothing to the disk, whatever the message says of itself.
        (await _node.ControlAsync("list_queues", "-q", "-p", _node.Address.VirtualHost, "name", "messages", "messages_persistent"))
            .Split('\n').Select(line => line.Split('\t')).ShouldContain(
            columns => columns[0] == onTransient.Queue && columns[1] == "1" && columns[2].Trim() == "0");

        await _node.RestartAsync();

        foreach (var options in (RpcOptions[])[classic, quorum, passive])
        {
            var begun = new ConcurrentQueue<string>();
            var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var server = new RpcServer(Broker, options, (call, _) =>
            {
                begun.Enqueue(call.Id);
                first.TrySetResult();
                return Task.FromResult(OrderReply.Completed("OK"));
            });
            server.Start();
            await first.Task.Within();
            begun.ShouldBe([$"order on {options.QueueKind}"]);
        }
    }

    private BrokerOptions Broker
    {
        get
        {
            var options = new BrokerOptions();
            _node.Address.ApplyTo(options);
            options.DialTimeout = TimeSpan.FromSeconds(10);
            return options;
        }
    }

    private static RpcOptions Options(QueueKind kind) => new()
    {
        Queue = TestBroker.UniqueQueueName("restart"),
        QueueKind = kind,
        MessageTtl = TimeSpan.FromMinutes(10),
        ReplyTimeout = TimeSpan.FromMinutes(10),
    };

    /// <summary>Publishes an order that nobody takes, by a client that is gone then and sends nothing again.</summary>
    private async Task PublishAsync(RpcOptions options)
    {
        await using var client = new RpcClient(Broker, options);
        var calling = client.SendAsync(new RpcRequest($"order on {options.QueueKind}", "{}"u8.ToArray()), Bounds.Token);
        var since = TimeProvider.System.GetTimestamp();
        using var connection = await _node.Address.ConnectAsync();
        using var channel = await connection.CreateChannelAsync();
        while (!client.Status.IsReady || await channel.MessageCountAsync(options.Queue) == 0)
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Bounds.Limit, "the order did not come to its queue");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        await client.DisposeAsync();
        (await calling.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
    }

    private async Task MakeQueueAsync(string queue, bool durable)
    {
        using var connection = await _node.Address.ConnectAsync();
        using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable, exclusive: false, autoDelete: false);
    }
}
