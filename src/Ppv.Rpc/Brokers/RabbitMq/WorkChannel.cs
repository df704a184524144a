using RabbitMQ.Client;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// A channel that work comes on, with the answers and acknowledgements, which the broker takes in their order. Acknowledgements are sent on
/// another turn of the thread pool, those that are due by then together: it is the broker that has less to do. Safe for use by several
/// threads.
/// </summary>
/// <param name="channel">The channel.</param>
/// <param name="life">Its connection's.</param>
/// <param name="onIdle">Told once, when nothing more comes (<see cref="Retire"/>) and all that came was settled or given back.</param>
internal sealed class WorkChannel(IChannel channel, ConnectionLife life, Action onIdle) : IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private readonly DeliveryTags _tags = new();
    private readonly ReusedProperties _properties = new();
    private bool _isQueued, _isRetired, _isClosed;

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
                    // Some releases give every mandatory answer to a direct reply-to back, also those that came to their caller.
                    var mandatory = !replyTo!.StartsWith(ReplyConsumer.DirectReplyTo, StringComparison.Ordinal);
                    published = channel.BasicPublishAsync(
                        "", replyTo, mandatory, _properties.For(message), message.Body, CancellationToken.None);
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

    /// <summary>Gives a delivery back to its queue.</summary>
    public async Task ReturnAsync(ulong tag)
    {
        ConnectionLife.LeaveTrace();
        try
        {
            ValueTask rejected;
            lock (_lock)
            {
                if (!_tags.Return(tag)) return;
                rejected = channel.BasicRejectAsync(tag, requeue: true, CancellationToken.None);
            }

            await life.WaitAsync(rejected).ConfigureAwait(false);
        }
        catch (Exception e) when (RabbitMqErrors.IsTrouble(e))
        {
            life.Lose($"giving an order back failed: {RabbitMqErrors.Text(e)}");
        }

        Acknowledge();
    }

    /// <summary>Nothing more comes: the consumer was cancelled, and its last delivery was passed on.</summary>
    public void Retire()
    {
        lock (_lock) _isRetired = true;
        Acknowledge();
    }

    /// <summary>Sends the acknowledgements that are due.</summary>
    public void Acknowledge()
    {
        lock (_lock)
        {
            _isQueued = false;
            while (_tags.TryTake(out var tag, out var multiple) && !life.Lost.IsCompleted) _ = SendAsync(tag, multiple);
            if (!_isRetired || _isClosed || !_tags.IsIdle) return;
            _isClosed = true;
        }

        onIdle();
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
