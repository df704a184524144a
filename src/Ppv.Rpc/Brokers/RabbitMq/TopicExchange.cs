using RabbitMQ.Client.Exceptions;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// Messages to everybody who subscribed to a topic, over an exchange that every virtual host has. Subscribing binds the reply queue that
/// is there already: any new queue would want a majority of nodes that may not be there, and cost the connection. On a channel of its own,
/// which a refusal closes.
/// </summary>
internal sealed class TopicExchange(ControlChannel channel, ReplyConsumer replies, ConnectionLife life)
{
    public const string Name = "amq.direct";

    public async Task SubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        if (replies.Queue is not { } queue)
            throw new BrokerException(
                "Answers come by direct reply-to on this connection, and there is no queue for anything else.", needsAttention: false);
        try
        {
            await life.RunAsync(
                token => channel.RunAsync(
                    async open =>
                    {
                        await open.QueueBindAsync(queue, Name, topic, cancellationToken: CancellationToken.None).ConfigureAwait(false);
                        return true;
                    },
                    token),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e) && !cancellationToken.IsCancellationRequested)
        {
            throw RabbitMqErrors.SubscribeFailed(e, life.Host, Name);
        }
    }

    public async Task<bool> PublishAsync(string topic, BrokerMessage message, CancellationToken cancellationToken)
    {
        try
        {
            return await life.RunAsync(
                token => channel.RunAsync(
                    async open =>
                    {
                        await open.BasicPublishAsync(
                            Name, topic, mandatory: true, MessageMapping.ToProperties(message), message.Body, CancellationToken.None)
                            .ConfigureAwait(false);
                        return true;
                    },
                    token),
                cancellationToken).ConfigureAwait(false);
        }
        catch (PublishReturnException)
        {
            return false;
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e) && !cancellationToken.IsCancellationRequested)
        {
            throw RabbitMqErrors.PublishToTopicFailed(e, life.Host, Name);
        }
    }
}
