using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// The address that answers come to: an exclusive queue, or direct reply-to where that was chosen or nothing else is to be had.
/// </summary>
internal sealed class ReplyConsumer(
    Channels channels, Publisher publisher, ConnectionLife life, DirectReplyHosts directHosts, PlainLogger logger)
{
    public const string DirectReplyTo = "amq.rabbitmq.reply-to";

    /// <summary>The exclusive queue, to which we can send ourselves messages; none with direct reply-to.</summary>
    public string? Queue { get; private set; }

    public async Task<string> ConsumeAsync(Action<BrokerMessage> onMessage, ReplyQueueKind kind, CancellationToken cancellationToken)
    {
        try
        {
            return kind == ReplyQueueKind.DirectReplyTo || directHosts.Contains(life.Host)
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
            var queue = await channel.QueueDeclareAsync(
                "", durable: false, exclusive: true, autoDelete: true, cancellationToken: CancellationToken.None).ConfigureAwait(false);
            await ConsumeAsync(channel, queue.QueueName, onMessage).ConfigureAwait(false);
            channels.Guard(channel);
            return queue.QueueName;
        }
        catch
        {
            Channels.Abandon(channel);
            throw;
        }
    }

    /// <summary>
    /// On the very channel that publishes the requests, as the broker wants it (https://www.rabbitmq.com/docs/direct-reply-to).
    /// </summary>
    private Task<string> DirectAsync(Action<BrokerMessage> onMessage, CancellationToken cancellationToken) =>
        life.RunAsync(
            async _ =>
            {
                await ConsumeAsync(publisher.Channel, DirectReplyTo, onMessage).ConfigureAwait(false);
                return DirectReplyTo;
            },
            cancellationToken);

    private Task<string> ConsumeAsync(IChannel channel, string queue, Action<BrokerMessage> onMessage) => channel.BasicConsumeAsync(
        queue, autoAck: true, Consumer.Tag, noLocal: false, exclusive: false, arguments: null,
        new Consumer(channel, (in message, _, _, _) => onMessage(message), life.Lose), CancellationToken.None);
}

/// <summary>
/// The hosts on which trying to declare a reply queue cost the connection or its time: the next connection to them uses direct reply-to at
/// once. Forgotten when a reply queue was declared on any host, for then the brokers have probably come together again. Safe for use by
/// several threads.
/// </summary>
internal sealed class DirectReplyHosts
{
    private readonly ConcurrentDictionary<BrokerHost, byte> _hosts = new();

    public bool Contains(BrokerHost host) => _hosts.ContainsKey(host);

    public bool Add(BrokerHost host) => _hosts.TryAdd(host, 0);

    public void Clear() => _hosts.Clear();
}

/// <summary>What connections tell the log. Event ids 1300 to 1399.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(1300, LogLevel.Warning, "RabbitMQ on {Host} did not let us declare a reply queue: {Reason}. Answers come by direct "
        + "reply-to on this connection; calls work as before. "
        + "Give the user configure, write and read permissions on 'amq.gen-.*', or set Ppv:Rpc:ReplyQueueKind to DirectReplyTo.")]
    public static partial void RepliesComeDirectly(PlainLogger logger, BrokerHost host, string reason);

    [LoggerMessage(1301, LogLevel.Warning, "RabbitMQ on {Host} did not declare a reply queue: {Reason}. Perhaps most of its cluster's "
        + "nodes are down. The next connection to it has its answers "
        + "sent by direct reply-to.")]
    public static partial void RepliesWillComeDirectly(PlainLogger logger, BrokerHost host, string reason);
}
