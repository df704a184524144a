using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// Looks for queues and declares them. Looking comes first: it works also where a declaration would need a majority of nodes that is not
/// there.
/// </summary>
internal sealed class QueueControl(ControlChannel control, ConnectionLife life, TimeProvider timeProvider)
{
    private const int MaxDeclareRetries = 20;
    private static readonly TimeSpan DeclareRetryDelay = TimeSpan.FromMilliseconds(100);

    public async Task DeclareAsync(QueueDeclaration queue, CancellationToken cancellationToken)
    {
        try
        {
            await life.RunAsync(
                async token =>
                    (await IsThereAsync(queue, token).ConfigureAwait(false) && (!queue.MustMatch || queue.Kind == QueueKind.Passive))
                    || await DeclareMissingAsync(queue, token).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e) && !cancellationToken.IsCancellationRequested)
        {
            throw RabbitMqErrors.DeclareFailed(e, life.Host, queue);
        }
    }

    public async Task<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken)
    {
        try
        {
            return await life.RunAsync(token => CountAsync(control, queue, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e) && !cancellationToken.IsCancellationRequested)
        {
            throw RabbitMqErrors.CountFailed(e, life.Host, queue);
        }
    }

    public static Task<QueueCounts> CountAsync(ControlChannel control, string queue, CancellationToken cancellationToken) =>
        control.RunAsync(
            async channel =>
            {
                var found = await channel.QueueDeclarePassiveAsync(queue, CancellationToken.None).ConfigureAwait(false);
                return new QueueCounts((int)found.MessageCount, (int)found.ConsumerCount);
            },
            cancellationToken);

    private async Task<bool> IsThereAsync(QueueDeclaration queue, CancellationToken cancellationToken)
    {
        try
        {
            await CountAsync(control, queue.Name, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationInterruptedException e) when (RabbitMqErrors.Code(e) == RabbitMqErrors.NotFound && queue.Kind != QueueKind.Passive)
        {
            return false;
        }
    }

    /// <summary>
    /// Declares it. While a cluster takes note that the node of a transient queue is gone, it says for a moment that the queue is there and
    /// can't be reached (404): on the way to another host nothing would be won by that.
    /// </summary>
    private async Task<bool> DeclareMissingAsync(QueueDeclaration queue, CancellationToken cancellationToken)
    {
        for (var left = queue.Kind == QueueKind.LegacyTransient ? MaxDeclareRetries : 0; ; left--)
        {
            try
            {
                return await control.RunAsync(channel => DeclareAsync(channel, queue), cancellationToken).ConfigureAwait(false);
            }
            catch (OperationInterruptedException e) when (left > 0 && RabbitMqErrors.Code(e) == RabbitMqErrors.NotFound)
            {
                await Task.Delay(DeclareRetryDelay, timeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task<bool> DeclareAsync(IChannel channel, QueueDeclaration queue)
    {
        await channel.QueueDeclareAsync(
            queue.Name, durable: queue.Kind != QueueKind.LegacyTransient, exclusive: false, autoDelete: false, Arguments(queue),
            cancellationToken: CancellationToken.None)
            .ConfigureAwait(false);
        return true;
    }

    private static Dictionary<string, object?> Arguments(QueueDeclaration queue)
    {
        var arguments = new Dictionary<string, object?> { ["x-message-ttl"] = (int)queue.MessageTtl.TotalMilliseconds };
        if (queue.Kind != QueueKind.Quorum) return arguments;
        arguments["x-queue-type"] = "quorum";
        if (queue.SingleActiveConsumer) arguments["x-single-active-consumer"] = true;
        return arguments;
    }
}
