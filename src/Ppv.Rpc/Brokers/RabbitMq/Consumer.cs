using RabbitMQ.Client;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>Takes a message that the broker delivered.</summary>
/// <param name="message">The message; its body is a copy.</param>
/// <param name="tag">The delivery, on its channel.</param>
/// <param name="redelivered">Whether somebody had it before and did not acknowledge it.</param>
/// <param name="returns">How often it came back to the queue, where the queue counts that.</param>
internal delegate void TakeMessage(in BrokerMessage message, ulong tag, bool redelivered, ushort returns);

/// <summary>Passes on what the broker delivers, and says when it delivers no more without having been asked.</summary>
/// <param name="channel">The channel; no other consumer of ours is on it.</param>
/// <param name="onMessage">Takes a message.</param>
/// <param name="onCancelledByBroker">Told why there will be no more.</param>
internal sealed class Consumer(IChannel channel, TakeMessage onMessage, Action<string> onCancelledByBroker)
    : AsyncDefaultBasicConsumer(channel)
{
    /// <summary>The consumer's tag: unique on its channel is enough, and the broker writes it into every delivery.</summary>
    public const string Tag = "ppv";

    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Completes when we cancelled it and the last delivery was passed on: the library hands deliveries over from a queue of its own, in
    /// which some may still lie when its cancelling has returned.
    /// </summary>
    public Task Cancelled => _cancelled.Task;

    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey,
        IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        var returns = redelivered ? MessageMapping.ReturnsIn(properties.Headers) : (ushort)0;
        onMessage(MessageMapping.ToMessage(properties, body), deliveryTag, redelivered, returns);
        return Task.CompletedTask;
    }

    public override async Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        await base.HandleBasicCancelOkAsync(consumerTag, cancellationToken).ConfigureAwait(false);
        _cancelled.TrySetResult();
    }

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        onCancelledByBroker("the broker cancelled our consumer: its queue was deleted or its node went down");
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }
}
