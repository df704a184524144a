using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>The address that answers come to: an exclusive queue, or direct reply-to where that was chosen or nothing else is to be had.</summary>
internal sealed class ReplyConsumer(Channels channels, Publisher publisher, ConnectionLife life, DirectReplyHosts directHosts, ILogger logger)
{
    public const string DirectReplyTo = "amq.rabbitmq.reply-to";

    /// <summary>The exclusive queue, to which we can send ourselves messages; none with direct reply-to.</summary>
    public string? Queue { get; private set; }

    public async Task<string> ConsumeAsync(Action<BrokerMessage> onMessage, ReplyAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return address == ReplyAddress.DirectReplyTo || directHosts.Contains(life.Host)
                ? await DirectAsync(onMessage, cancellationToken).ConfigureAwait(false)
                : await ExclusiveOrDirectAsync(onMessage, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e) && !cancellationToken.IsCancellationRequested)
        {
            throw RabbitMqErrors.Failed(e, life.Host, life.Options, "open an address for answers");
        }
    }

    private async Task<string> ExclusiveOrDirectAsync(Action<BrokerMessage> onMessage, CancellationToken cancellationToken)
    {
        try
        {
            Queue = await life.RunAsync(_ => ExclusiveAsync(onMessage), cancellationToken).ConfigureAwait(false);
            directHosts.Clear();
            return Queue;
        }
        catch (OperationInterruptedException e) when (channels.IsConnected)
        {
            BrokerLog.RepliesComeDirectly(logger, life.Host, RabbitMqErrors.Text(e));
            return await DirectAsync(onMessage, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e) && !cancellationToken.IsCancellationRequested)
        {
            if (directHosts.Add(life.Host)) BrokerLog.RepliesWillComeDirectly(logger, life.Host, RabbitMqErrors.Text(e));
            throw;
        }
    }

    private async Task<string> ExclusiveAsync(Action<BrokerMessage> onMessage)
    {
        var channel = await channels.OpenAsync().ConfigureAwait(false);
        try
        {
            var queue = await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: true, cancellationToken: CancellationToken.None).ConfigureAwait(false);
            await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, ConsumerFor(channel, onMessage), CancellationToken.None).ConfigureAwait(false);
            channels.Guard(channel);
            return queue.QueueName;
        }
        catch
        {
            Channels.Abandon(channel);
            throw;
        }
    }

    /// <summary>On the very channel that publishes the requests, as the broker wants it (https://www.rabbitmq.com/docs/direct-reply-to).</summary>
    private Task<string> DirectAsync(Action<BrokerMessage> onMessage, CancellationToken cancellationToken) =>
        life.RunAsync(
            async _ =>
            {
                await publisher.Channel.BasicConsumeAsync(DirectReplyTo, autoAck: true, ConsumerFor(publisher.Channel, onMessage), CancellationToken.None).ConfigureAwait(false);
                return DirectReplyTo;
            },
            cancellationToken);

    private Consumer ConsumerFor(IChannel channel, Action<BrokerMessage> onMessage) => new(channel, delivery => onMessage(delivery.Message), life.Lose);
}
