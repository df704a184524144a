using System.Collections.Concurrent;
using System.Globalization;
using Ppv.Rpc;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Ppv.Benchmarks.Comparison;

/// <summary>
/// What one writes by hand with RabbitMQ.Client: direct reply-to, a dictionary of waiting calls, and publisher confirms on the requests or
/// none. No deadlines, no limits, no failover, nothing settled when the connection breaks.
/// </summary>
internal sealed class HandWrittenPeer : IPeer
{
    private static readonly byte[] Body = """{"connid":"012703395c597610","EV":"262193"}"""u8.ToArray();
    private static readonly byte[] Ok = "OK\r"u8.ToArray();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _pending = new();
    private readonly IConnection _serverConnection;
    private readonly IConnection _clientConnection;
    private readonly IChannel _client;
    private readonly string _queue;
    private long _lastId;

    private readonly DeliveryModes _deliveryMode;

    private HandWrittenPeer(IConnection serverConnection, IConnection clientConnection, IChannel client, string queue, bool isDurable)
    {
        (_serverConnection, _clientConnection, _client, _queue) = (serverConnection, clientConnection, client, queue);
        _deliveryMode = isDurable ? DeliveryModes.Persistent : DeliveryModes.Transient;
    }

    public static async Task<HandWrittenPeer> StartAsync(BrokerOptions broker, bool isDurable, bool confirms)
    {
        var factory = AmqpAddress.FactoryFor(broker);
        var serverConnection = await factory.CreateConnectionAsync();
        var clientConnection = await factory.CreateConnectionAsync();

        var server = await serverConnection.CreateChannelAsync();
        var queue = (await server.QueueDeclareAsync(
            $"bench.hand.{Guid.NewGuid():N}", durable: isDurable, exclusive: false, autoDelete: true)).QueueName;
        await server.BasicQosAsync(0, 256, global: false);
        var requests = new AsyncEventingBasicConsumer(server);
        requests.ReceivedAsync += async (_, request) =>
        {
            await server.BasicPublishAsync("", request.BasicProperties.ReplyTo!, false,
                new BasicProperties { CorrelationId = request.BasicProperties.CorrelationId }, Ok);
            await server.BasicAckAsync(request.DeliveryTag, multiple: false);
        };
        await server.BasicConsumeAsync(queue, autoAck: false, requests);

        var client = await clientConnection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: confirms, publisherConfirmationTrackingEnabled: confirms));
        var peer = new HandWrittenPeer(serverConnection, clientConnection, client, queue, isDurable);
        var replies = new AsyncEventingBasicConsumer(client);
        replies.ReceivedAsync += (_, reply) =>
        {
            if (peer._pending.TryRemove(reply.BasicProperties.CorrelationId!, out var waiting)) waiting.TrySetResult();
            return Task.CompletedTask;
        };
        await client.BasicConsumeAsync("amq.rabbitmq.reply-to", autoAck: true, replies);
        return peer;
    }

    public async Task CallAsync()
    {
        var id = Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = waiting;
        var properties = new BasicProperties
        {
            CorrelationId = id,
            ReplyTo = "amq.rabbitmq.reply-to",
            DeliveryMode = _deliveryMode,
            Expiration = "30000",
            ContentType = "application/json",
        };
        await _client.BasicPublishAsync("", _queue, mandatory: true, properties, Body);
        await waiting.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _clientConnection.DisposeAsync();
        await _serverConnection.DisposeAsync();
    }
}
