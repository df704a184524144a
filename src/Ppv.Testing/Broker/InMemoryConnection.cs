using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Testing.Broker;

/// <summary>A connection to the broker in memory: every call takes effect at once.</summary>
internal sealed class InMemoryConnection(InMemoryBroker broker, BrokerHost host) : IBrokerConnection
{
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Action<BrokerMessage>? _onAnswerReturned;
    private string? _replyQueue;
    private volatile bool _isFrozen;

    public BrokerHost Host => host;

    public string BrokerName => "the broker in memory";

    public Version? Release => null;

    public bool IsFirstConsumer { get; private set; }

    public TimeSpan Heartbeat => broker.Heartbeat;

    public Task<string> Lost => _lost.Task;

    public string? BlockedReason => null;

    /// <summary>Whether nothing passes any more, and nobody was told.</summary>
    public bool IsFrozen => _isFrozen;

    public event Action? BlockedChanged
    {
        add { }
        remove { }
    }

    public Task DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken)
    {
        if (_isFrozen) return FailWhenLostAsync<bool>(cancellationToken);
        ThrowIfLost();
        broker.Declare(queue);
        return Task.CompletedTask;
    }

    public Task<string> ConsumeRepliesAsync(Action<BrokerMessage> onMessage, ReplyQueueKind kind, CancellationToken cancellationToken)
    {
        if (_isFrozen) return FailWhenLostAsync<string>(cancellationToken);
        ThrowIfLost();
        return Task.FromResult(_replyQueue = broker.ConsumeReplies(this, onMessage));
    }

    public async Task<bool> ProbeAsync()
    {
        if (_isFrozen) await Lost.ConfigureAwait(false);
        return !Lost.IsCompleted;
    }

    public Task<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken)
    {
        if (_isFrozen) return FailWhenLostAsync<QueueCounts>(cancellationToken);
        ThrowIfLost();
        return Task.FromResult(broker.Count(queue));
    }

    public Task<bool> TryConsumeAsync(ConsumeRequest request, CancellationToken cancellationToken)
    {
        if (_isFrozen) return FailWhenLostAsync<bool>(cancellationToken);
        ThrowIfLost();
        _onAnswerReturned = request.OnAnswerReturned;
        var granted = broker.TryConsume(this, request, out var isFirst);
        IsFirstConsumer = isFirst;
        return Task.FromResult(granted);
    }

    public Task<ReadOnlyMemory<byte>?> TakeLeaderRecordAsync(string queue, QueueKind kind, CancellationToken cancellationToken)
    {
        if (_isFrozen) return FailWhenLostAsync<ReadOnlyMemory<byte>?>(cancellationToken);
        ThrowIfLost();
        return Task.FromResult(
            broker.TakeLeaderRecord(queue) is { } record ? new ReadOnlyMemory<byte>(record) : (ReadOnlyMemory<byte>?)null);
    }

    public Task<bool> LeaveLeaderRecordAsync(string queue, ReadOnlyMemory<byte> record, CancellationToken cancellationToken)
    {
        if (_isFrozen) return FailWhenLostAsync<bool>(cancellationToken);
        ThrowIfLost();
        broker.LeaveLeaderRecord(queue, record.ToArray());
        return Task.FromResult(true);
    }

    public Task CancelConsumeAsync()
    {
        if (!_isFrozen) broker.CancelConsume(this);
        return Task.CompletedTask;
    }

    public void Publish(string queue, BrokerMessage message, IPublishListener listener)
    {
        if (_isFrozen && !Lost.IsCompleted)
        {
            _ = FailWhenLostAsync(listener);
            return;
        }

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
        if (_isFrozen) return FailWhenLostAsync<bool>(cancellationToken);
        ThrowIfLost();
        broker.Subscribe(_replyQueue ?? throw new InvalidOperationException("No reply queue is consumed yet."), topic);
        return Task.CompletedTask;
    }

    public Task<bool> PublishToTopicAsync(string topic, BrokerMessage message, CancellationToken cancellationToken)
    {
        if (_isFrozen) return FailWhenLostAsync<bool>(cancellationToken);
        ThrowIfLost();
        return Task.FromResult(broker.PublishToTopic(topic, message with { Body = message.Body.ToArray() }));
    }

    public Task SettleAsync(BrokerDelivery delivery, BrokerMessage? answer)
    {
        if (Lost.IsCompleted || _isFrozen) return Task.CompletedTask;
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
        if (!Lost.IsCompleted && !_isFrozen) broker.Return(delivery);
        return Task.CompletedTask;
    }

    public Task<bool> IsSharedAsync(string queue, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        return Task.FromResult(broker.IsShared(queue));
    }

    public ValueTask DisposeAsync() => CloseAsync("this program has closed it");

    public ValueTask CloseAsync(string reason)
    {
        broker.Disconnect(this, reason);
        return ValueTask.CompletedTask;
    }

    internal void Freeze(TimeSpan noticedAfter, TimeProvider timeProvider)
    {
        if (_isFrozen) return;
        _isFrozen = true;
        _ = NoticeAsync(noticedAfter, timeProvider);
    }

    private async Task NoticeAsync(TimeSpan after, TimeProvider timeProvider)
    {
        await Task.WhenAny(Lost, Task.Delay(after, timeProvider)).ConfigureAwait(false);
        broker.Disconnect(this, "nothing has come back from the broker in memory");
    }

    private async Task<T> FailWhenLostAsync<T>(CancellationToken cancellationToken)
    {
        await Lost.WaitAsync(cancellationToken).ConfigureAwait(false);
        throw new BrokerException("The broker in memory did not answer.", needsAttention: false);
    }

    private async Task FailWhenLostAsync(IPublishListener listener)
    {
        await Lost.ConfigureAwait(false);
        listener.OnNotConfirmed(new NotConfirmedException("The broker in memory did not confirm the message", isReturned: false));
    }

    internal void Close(string reason) => _lost.TrySetResult(reason);

    private void ThrowIfLost()
    {
        if (Lost.IsCompleted) throw new BrokerException("The connection to the broker in memory is closed.", needsAttention: false);
    }
}

/// <summary>Every host is the one broker in memory, but those that were added to it.</summary>
internal sealed class InMemoryDialer(InMemoryBroker broker) : IBrokerDialer
{
    public Task<IBrokerConnection> DialAsync(BrokerHost host, string clientName, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IBrokerConnection>(broker.Of(host.Name).Connect(host));
    }
}
