using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Testing.Broker;

/// <summary>A connection to the broker in memory: every call takes effect at once.</summary>
internal sealed class InMemoryConnection(InMemoryBroker broker, BrokerHost host) : IBrokerConnection
{
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Action<BrokerMessage>? _onAnswerReturned;
    private string? _replyQueue;

    public BrokerHost Host => host;

    public string BrokerName => "the broker in memory";

    public Version? Release => null;

    public bool IsFirstConsumer { get; private set; }

    public TimeSpan Heartbeat => broker.Heartbeat;

    public Task<string> Lost => _lost.Task;

    public string? BlockedReason => null;

    public event Action? BlockedChanged
    {
        add { }
        remove { }
    }

    public Task DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        broker.Declare(queue);
        return Task.CompletedTask;
    }

    public Task<string> ConsumeRepliesAsync(Action<BrokerMessage> onMessage, ReplyQueueKind kind, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        return Task.FromResult(_replyQueue = broker.ConsumeReplies(this, onMessage));
    }

    public Task<bool> ProbeAsync() => Task.FromResult(!Lost.IsCompleted);

    public Task<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        return Task.FromResult(broker.Count(queue));
    }

    public Task<bool> TryConsumeAsync(ConsumeRequest request, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        _onAnswerReturned = request.OnAnswerReturned;
        var granted = broker.TryConsume(this, request, out var isFirst);
        IsFirstConsumer = isFirst;
        return Task.FromResult(granted);
    }

    public Task<ReadOnlyMemory<byte>?> TakeLeaderRecordAsync(string queue, QueueKind kind, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        return Task.FromResult(
            broker.TakeLeaderRecord(queue) is { } record ? new ReadOnlyMemory<byte>(record) : (ReadOnlyMemory<byte>?)null);
    }

    public Task<bool> LeaveLeaderRecordAsync(string queue, ReadOnlyMemory<byte> record, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        broker.LeaveLeaderRecord(queue, record.ToArray());
        return Task.FromResult(true);
    }

    public Task CancelConsumeAsync()
    {
        broker.CancelConsume(this);
        return Task.CompletedTask;
    }

    public void Publish(string queue, BrokerMessage message, IPublishListener listener)
    {
        try
        {
            if (Lost.IsCompleted)
            {
                throw new NotConfirmedException(
                    "The broker in memory did not confirm the message: the connection is closed", isReturned: false);
            }

            // The publisher may reuse its memory once this has returned.
            broker.Publish(queue, message with { Body = message.Body.ToArray() });
        }
        catch (NotConfirmedException e)
        {
            listener.OnNotConfirmed(e);
            return;
        }

        listener.OnConfirmed();
    }

    public Task SubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        broker.Subscribe(_replyQueue ?? throw new InvalidOperationException("No reply queue is consumed yet."), topic);
        return Task.CompletedTask;
    }

    public Task<bool> PublishToTopicAsync(string topic, BrokerMessage message, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        return Task.FromResult(broker.PublishToTopic(topic, message with { Body = message.Body.ToArray() }));
    }

    public Task SettleAsync(BrokerDelivery delivery, BrokerMessage? answer)
    {
        if (Lost.IsCompleted) return Task.CompletedTask;
        try
        {
            if (answer is { } message) broker.Publish(delivery.Message.ReplyTo!, message with { Body = message.Body.ToArray() });
        }
        catch (NotConfirmedException)
        {
            _onAnswerReturned?.Invoke(answer!.Value);
        }

        broker.Acknowledge(delivery);
        return Task.CompletedTask;
    }

    public Task ReturnAsync(BrokerDelivery delivery)
    {
        if (!Lost.IsCompleted) broker.Return(delivery);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        broker.Disconnect(this, "we closed it");
        return ValueTask.CompletedTask;
    }

    internal void Close(string reason) => _lost.TrySetResult(reason);

    private void ThrowIfLost()
    {
        if (Lost.IsCompleted) throw new BrokerException("The connection to the broker in memory is closed.", needsAttention: false);
    }
}

/// <summary>Every host is the one broker in memory.</summary>
internal sealed class InMemoryDialer(InMemoryBroker broker) : IBrokerDialer
{
    public Task<IBrokerConnection> DialAsync(BrokerHost host, string clientName, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IBrokerConnection>(broker.Connect(host));
    }
}
