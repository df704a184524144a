namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// Tries a connection from end to end. That a connection is open proves nothing: a frozen broker, or a way that swallows everything, leaves
/// it open.
/// </summary>
internal sealed class ConnectionProbe(
    Publisher publisher, ReplyConsumer replies, WorkConsumer work, ControlChannel control, BrokerAlarm alarm, ConnectionLife life)
{
    public const string MessageType = "ppv.probe";

    private readonly Lock _lock = new();
    private Task<bool>? _running, _next;
    private volatile Expected? _expected;
    private int _noneInARow;

    /// <summary>
    /// At most one at a time: all who ask while one is under way get the result of the next one, since what was begun before they asked
    /// proves nothing of later.
    /// </summary>
    public Task<bool> RunAsync()
    {
        lock (_lock)
        {
            if (_next is not null) return _next; // It is not begun yet.
            return _running is { IsCompleted: false } running ? _next = RunAfterAsync(running) : _running = Task.Run(RunOnceAsync);
        }
    }

    /// <summary>Takes a message that came to the reply address if it is a probe.</summary>
    public bool Takes(BrokerMessage message)
    {
        if (message.Type != MessageType) return false;
        if (_expected is { } expected && expected.CorrelationId == message.CorrelationId) expected.Back.TrySetResult();
        return true;
    }

    private async Task<bool> RunAfterAsync(Task<bool> running)
    {
        // Never at once: who has the lock is about to say that this is the next one.
        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Task<bool> next;
        lock (_lock) (_next, next) = (null, _running = Task.Run(RunOnceAsync));

        return await next.ConfigureAwait(false);
    }

    private async Task<bool> RunOnceAsync()
    {
        // In an alarm the broker reads nothing: probes would only lie there.
        if (alarm.Reason is not null || life.Lost.IsCompleted) return false;
        var alarms = alarm.Changes;
        try
        {
            await life.RunAsync(
                async token =>
                {
                    await Task.WhenAll(RoundTripAsync(token), CheckConsumerAsync(token)).ConfigureAwait(false);
                    return true;
                },
                CancellationToken.None, life.Options.ProbeTimeout).ConfigureAwait(false);
            return !life.Lost.IsCompleted;
        }
        catch (TimeoutException)
        {
            var limit = FormattableString.Invariant($"{life.Options.ProbeTimeout.TotalSeconds:0.###} s");
            if (!alarm.WasSince(alarms))
                life.Lose($"no answer to a probe within {limit}: the broker is frozen or its traffic is swallowed");
            return false;
        }
        catch (Exception e)
        {
            // Whatever it was, it does not work, and who probes is told by the loss.
            life.Lose($"a probe failed: {RabbitMqErrors.Text(e)}");
            return false;
        }
    }

    private async Task RoundTripAsync(CancellationToken cancellationToken)
    {
        if (replies.Queue is not { } queue)
        {
            // Nobody can send himself a message by direct reply-to. This call changes nothing and needs no queue, only an answer.
            await control.RunAsync(
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
        await publisher.PublishAsync(
            queue, new BrokerMessage { Body = ReadOnlyMemory<byte>.Empty, Type = MessageType, CorrelationId = expected.CorrelationId })
            .ConfigureAwait(false);
        await expected.Back.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// A consumer can be gone without our being told (#1915, #1993). A node that can't reach the leader of a quorum queue knows of none
    /// either, for a moment: there it counts when it lasts.
    /// </summary>
    private async Task CheckConsumerAsync(CancellationToken cancellationToken)
    {
        if (work.Queue is not { } queue) return;
        var count = (await QueueControl.CountAsync(control, queue, cancellationToken).ConfigureAwait(false)).Consumers;
        var enough = work.IsByTurns ? life.Options.Heartbeat / life.Options.ProbeInterval : 1;
        if (count == 0 && work.Queue is not null && ++_noneInARow >= enough)
            life.Lose($"the broker knows of no consumer of queue '{queue}': ours is gone without our being told");
        if (count > 0) _noneInARow = 0;
    }

    private sealed record Expected(string CorrelationId, TaskCompletionSource Back);
}
