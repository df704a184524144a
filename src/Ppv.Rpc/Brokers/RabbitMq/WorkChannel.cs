using RabbitMQ.Client;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// A channel that work comes on, with the answers and acknowledgements, which the broker takes in their order. Acknowledgements are sent on
/// another turn of the thread pool, those that are due by then together: it is the broker that has less to do. Safe for use by several
/// threads.
/// </summary>
internal sealed class WorkChannel(IChannel channel, ConnectionLife life) : IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private readonly DeliveryTags _tags = new();
    private readonly ReusedProperties _properties = new();
    private bool _isQueued;

    public IChannel Channel => channel;

    /// <summary>A delivery came.</summary>
    public void Begin(ulong tag)
    {
        lock (_lock) _tags.Begin(tag);
    }

    /// <summary>Publishes the answer to a delivery, if there is one; the delivery is acknowledged soon after.</summary>
    public async Task SettleAsync(ulong tag, string? replyTo, BrokerMessage? answer)
    {
        ConnectionLife.LeaveTrace();
        try
        {
            ValueTask published = default;
            bool isQueued;
            lock (_lock)
            {
                // Without confirms, which nobody would wait for: the acknowledgement comes after it on the same channel.
                if (answer is { } message)
                {
                    published = channel.BasicPublishAsync(
                        "", replyTo!, mandatory: true, _properties.For(message), message.Body, CancellationToken.None);
                    _properties.Written(published.IsCompleted);
                }

                _tags.Settle(tag);
                (isQueued, _isQueued) = (_isQueued, true);
            }

            if (!isQueued) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            await life.WaitAsync(published).ConfigureAwait(false);
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e))
        {
            life.Lose($"answering failed: {RabbitMqErrors.Text(e)}");
        }
    }

    /// <summary>Sends the acknowledgements that are due.</summary>
    public void Acknowledge()
    {
        lock (_lock)
        {
            _isQueued = false;
            while (_tags.TryTake(out var tag, out var multiple) && !life.Lost.IsCompleted) _ = SendAsync(tag, multiple);
        }
    }

    void IThreadPoolWorkItem.Execute() => Acknowledge();

    private async Task SendAsync(ulong tag, bool multiple)
    {
        try
        {
            await life.WaitAsync(channel.BasicAckAsync(tag, multiple, CancellationToken.None)).ConfigureAwait(false);
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e))
        {
            life.Lose($"acknowledging failed: {RabbitMqErrors.Text(e)}");
        }
    }
}
