using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.CrashWorker;

/// <summary>A connection on which the process dies between the reply to a confirm and its acknowledgement, or after both.</summary>
internal sealed class CrashingConnection(IBrokerConnection inner, Crash crash) : IBrokerConnection
{
    public BrokerHost Host => inner.Host;

    public string BrokerName => inner.BrokerName;

    public Version? Release => inner.Release;

    public bool IsFirstConsumer => inner.IsFirstConsumer;

    public TimeSpan Heartbeat => inner.Heartbeat;

    public Task<string> Lost => inner.Lost;

    public string? BlockedReason => inner.BlockedReason;

    public Task DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken) =>
        inner.DeclareQueueAsync(queue, cancellationToken);

    public Task<string> ConsumeRepliesAsync(Action<BrokerMessage> onMessage, ReplyQueueKind kind, CancellationToken cancellationToken) =>
        inner.ConsumeRepliesAsync(onMessage, kind, cancellationToken);

    public event Action? BlockedChanged
    {
        add => inner.BlockedChanged += value;
        remove => inner.BlockedChanged -= value;
    }

    public Task<bool> ProbeAsync() => inner.ProbeAsync();

    public Task<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) => inner.CountAsync(queue, cancellationToken);

    public Task<bool> TryConsumeAsync(ConsumeRequest request, CancellationToken cancellationToken) =>
        inner.TryConsumeAsync(request, cancellationToken);

    public Task<ReadOnlyMemory<byte>?> TakeLeaderRecordAsync(string queue, QueueKind kind, CancellationToken cancellationToken) =>
        inner.TakeLeaderRecordAsync(queue, kind, cancellationToken);

    public Task<bool> LeaveLeaderRecordAsync(string queue, ReadOnlyMemory<byte> note, CancellationToken cancellationToken) =>
        inner.LeaveLeaderRecordAsync(queue, note, cancellationToken);

    public Task CancelConsumeAsync() => inner.CancelConsumeAsync();

    public void Publish(string queue, BrokerMessage message, IPublishListener listener) => inner.Publish(queue, message, listener);

    public Task SubscribeAsync(string topic, CancellationToken cancellationToken) => inner.SubscribeAsync(topic, cancellationToken);

    public Task<bool> PublishToTopicAsync(string topic, BrokerMessage message, CancellationToken cancellationToken) =>
        inner.PublishToTopicAsync(topic, message, cancellationToken);

    public Task ReturnAsync(BrokerDelivery delivery) => inner.ReturnAsync(delivery);

    public async Task SettleAsync(BrokerDelivery delivery, BrokerMessage? answer)
    {
        var order = delivery.Message.MessageId;
        if (answer is { } message && crash is { At: CrashPoint.BeforeAcknowledgement } && crash.OrderId == order)
        {
            // This completes when the broker has taken the reply, and unlike the real one it does not acknowledge.
            await inner.PublishAsync(delivery.Message.ReplyTo!, message);
            crash.Reached(CrashPoint.BeforeAcknowledgement, order);
        }

        await inner.SettleAsync(delivery, answer);
        if (crash is not { At: CrashPoint.AfterReply } || crash.OrderId != order) return;

        // What was settled may still be in our own buffers. This sends it first, and the broker reads a channel in order: once it answers,
        // it has read that.
        await inner.CancelConsumeAsync();
        crash.Reached(CrashPoint.AfterReply, order);
    }

    public Task<bool> IsSharedAsync(string queue, CancellationToken cancellationToken) => inner.IsSharedAsync(queue, cancellationToken);

    public ValueTask CloseAsync(string reason) => inner.CloseAsync(reason);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
