using System.Collections.Concurrent;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Ppv.Broker.Tests.Support;

/// <summary>
/// The old gateway's part, byte for byte (contract §2): Python-style text, a uuid, a reply queue of its own; no message id, no headers.
/// </summary>
internal sealed class OldGateway : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly string _queue;
    private readonly string _replyTo;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Reply>> _waiting = new();

    private OldGateway(IConnection connection, IChannel channel, string queue, string replyTo) =>
        (_connection, _channel, _queue, _replyTo) = (connection, channel, queue, replyTo);

    /// <summary>What came back: the body as it is, and the properties.</summary>
    public sealed record Reply(string Body, IReadOnlyBasicProperties Properties);

    public static async Task<OldGateway> StartAsync(BrokerAddress address, string queue, bool directReplyTo = false)
    {
        var connection = await address.ConnectAsync();
        var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(
            queue, durable: false, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-message-ttl"] = 30000 });
        var replyTo = directReplyTo ? "amq.rabbitmq.reply-to" : (await channel.QueueDeclareAsync("", exclusive: true)).QueueName;
        var gateway = new OldGateway(connection, channel, queue, replyTo);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, reply) =>
        {
            gateway._waiting[reply.BasicProperties.CorrelationId ?? ""].TrySetResult(
                new Reply(Encoding.ASCII.GetString(reply.Body.Span), new BasicProperties(reply.BasicProperties)));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(replyTo, autoAck: true, consumer);
        return gateway;
    }

    public async Task<Reply> SendAsync(string content, string? correlationId = null, Action<BasicProperties>? change = null)
    {
        var properties = new BasicProperties { ContentType = "application/json", CorrelationId = correlationId
            ?? Guid.NewGuid().ToString(), ReplyTo = _replyTo };
        change?.Invoke(properties);
        var waiting = _waiting[properties.CorrelationId ?? ""] = new TaskCompletionSource<Reply>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        await _channel.BasicPublishAsync("", _queue, mandatory: false, properties, Encoding.UTF8.GetBytes(content));
        return await waiting.Task.Within();
    }

    /// <summary>Publishes any bytes, and waits for nothing.</summary>
    public async Task PostAsync(byte[] body, BasicProperties properties) =>
        await _channel.BasicPublishAsync("", _queue, mandatory: false, properties, body);

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();
}
