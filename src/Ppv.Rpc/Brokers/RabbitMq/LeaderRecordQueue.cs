using RabbitMQ.Client.Exceptions;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// The record that one leader leaves for the next: a queue that holds one message and drops it for a newer one. Beside a quorum queue it is
/// a quorum queue itself: a record that lies on one node only is, while a link of that node's is broken, there for some and missing for
/// others.
/// </summary>
internal sealed class LeaderRecordQueue(ControlChannel control, Publisher publisher, ConnectionLife life)
{
    private volatile QueueKind _kind = QueueKind.DurableClassic;

    public static string NameOf(string queue) => queue + ".note";

    /// <summary>
    /// Takes it without declaring its queue: where there is no queue there is no record, and a declaration might want a majority of nodes
    /// that is not there.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>?> TakeAsync(string queue, QueueKind kind, CancellationToken cancellationToken)
    {
        _kind = kind;
        try
        {
            return await life.RunAsync(
                token => control.RunAsync(
                    async channel =>
                        await channel.BasicGetAsync(
                            NameOf(queue), autoAck: true, CancellationToken.None).ConfigureAwait(false) is { } record
                        ? new ReadOnlyMemory<byte>(record.Body.ToArray())
                        : (ReadOnlyMemory<byte>?)null, // A bare null would be an empty record.
                    token),
                cancellationToken).ConfigureAwait(false);
        }
        catch (OperationInterruptedException e) when (RabbitMqErrors.Code(e) == RabbitMqErrors.NotFound)
        {
            return null;
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e) && !cancellationToken.IsCancellationRequested)
        {
            throw RabbitMqErrors.LeaderRecordFailed(e, life.Host, NameOf(queue), "tell whether the last server left a note");
        }
    }

    private Dictionary<string, object?> Arguments => _kind == QueueKind.Quorum
        ? new() { ["x-max-length"] = 1, ["x-queue-type"] = "quorum" }
        : new() { ["x-max-length"] = 1 };

    public async Task<bool> LeaveAsync(string queue, ReadOnlyMemory<byte> record, CancellationToken cancellationToken)
    {
        try
        {
            return await life.RunAsync(
                async token =>
                {
                    await control.RunAsync(
                        channel => channel.QueueDeclareAsync(
                            NameOf(queue), durable: _kind != QueueKind.LegacyTransient, exclusive: false, autoDelete: false, Arguments,
                            cancellationToken: CancellationToken.None),
                        token).ConfigureAwait(false);
                    await publisher.PublishAsync(NameOf(queue), new BrokerMessage { Body = record }).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (OperationInterruptedException e) when (RabbitMqErrors.Code(e) is RabbitMqErrors.NotFound or RabbitMqErrors.InternalError)
        {
            return false;
        }
        catch (NotConfirmedException e) when (e.IsReturned)
        {
            return false;
        }
        catch (Exception e) when (e is NotConfirmedException || (RabbitMqErrors.IsTrouble(e) && !cancellationToken.IsCancellationRequested))
        {
            throw RabbitMqErrors.LeaderRecordFailed(e, life.Host, NameOf(queue), "keep the record for the next leader");
        }
    }
}
