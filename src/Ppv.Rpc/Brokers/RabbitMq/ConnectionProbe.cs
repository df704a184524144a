namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// Tries a connection from end to end. That a connection is open proves nothing: a frozen broker, or a way that swallows everything, leaves
/// it open.
/// </summary>
internal sealed class ConnectionProbe
{
    public const string MessageType = "ppv.probe";

    private readonly Publisher _publisher;
    private readonly ReplyConsumer _replies;
    private readonly WorkConsumer _work;
    private readonly ControlChannel _control;
    private readonly BrokerAlarm _alarm;
    private readonly ConnectionLife _life;
    private readonly OneAtATime _probes;
    private volatile Expected? _expected;
    private int _noneInARow;

    public ConnectionProbe(
        Publisher publisher, ReplyConsumer replies, WorkConsumer work, ControlChannel control, BrokerAlarm alarm, ConnectionLife life) =>
        (_publisher, _replies, _work, _control, _alarm, _life, _probes) =
            (publisher, replies, work, control, alarm, life, new OneAtATime(RunOnceAsync));

    /// <summary>One that has not begun yet when it is asked for, since what was begun before proves nothing of later.</summary>
    public Task<bool> RunAsync() => _probes.RunAsync();

    /// <summary>Takes a message that came to the reply address if it is a probe.</summary>
    public bool Takes(BrokerMessage message)
    {
        if (message.Type != MessageType) return false;
        if (_expected is { } expected && expected.CorrelationId == message.CorrelationId) expected.Back.TrySetResult();
        return true;
    }

    private async Task<bool> RunOnceAsync()
    {
        // In an alarm the broker reads nothing: probes would only lie there.
        if (_alarm.Reason is not null || _life.Lost.IsCompleted) return false;
        var alarms = _alarm.Changes;
        try
        {
            await _life.RunAsync(
                async token =>
                {
                    await Task.WhenAll(RoundTripAsync(token), CheckConsumerAsync(token)).ConfigureAwait(false);
                    return true;
                },
                CancellationToken.None, _life.Options.ProbeTimeout).ConfigureAwait(false);
            return !_life.Lost.IsCompleted;
        }
        catch (TimeoutException)
        {
            var limit = FormattableString.Invariant($"{_life.Options.ProbeTimeout.TotalSeconds:0.###} s");
            if (!_alarm.WasSince(alarms))
                _life.Lose($"no answer to a probe within {limit}: the broker is frozen or its traffic is swallowed");
            return false;
        }
        catch (Exception e)
        {
            // Whatever it was, it does not work, and who probes is told by the loss.
            _life.Lose($"a probe failed: {RabbitMqErrors.Text(e)}");
            return false;
        }
    }

    private async Task RoundTripAsync(CancellationToken cancellationToken)
    {
        if (_replies.Queue is not { } queue)
        {
            // Nobody can send himself a message by direct reply-to. This call changes nothing and needs no queue, only an answer.
            await _control.RunAsync(
                async channel =>
                {
                    await channel.BasicQosAsync(0, 1, global: false, CancellationToken.None).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
            return;
        }

        var expected = _expected = new Expected(
            Guid.NewGuid().ToString("N"), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await _publisher.PublishAsync(
            queue, new BrokerMessage { Body = ReadOnlyMemory<byte>.Empty, Type = MessageType, CorrelationId = expected.CorrelationId })
            .ConfigureAwait(false);
        await expected.Back.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// A consumer can be gone without our being told (RabbitMQ.Client#1915, RabbitMQ.Client#1993). A node that can't reach the leader of a
    /// quorum queue knows of none either, for a moment: there it counts when it lasts.
    /// </summary>
    private async Task CheckConsumerAsync(CancellationToken cancellationToken)
    {
        if (_work.Queue is not { } queue) return;
        var count = (await QueueControl.CountAsync(_control, queue, cancellationToken).ConfigureAwait(false)).Consumers;
        var enough = _work.IsByTurns ? _life.Options.Heartbeat / _life.Options.ProbeInterval : 1;
        if (count == 0 && _work.Queue is not null && ++_noneInARow >= enough)
            _life.Lose($"the broker knows of no consumer of queue '{queue}': ours is gone without our being told");
        if (count > 0) _noneInARow = 0;
    }

    private sealed record Expected(string CorrelationId, TaskCompletionSource Back);
}
