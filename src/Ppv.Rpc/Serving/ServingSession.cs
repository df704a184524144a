using System.Diagnostics.CodeAnalysis;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Errors;

namespace Ppv.Rpc.Serving;

/// <summary>
/// The serving of the queue over one connection: wait for the place where the server works alone, enter it, serve, hand it over. The steps after the start run by
/// themselves; <see cref="EndAsync"/> and <see cref="Lose"/> may come at any time.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The token sources have neither timers nor links, so there is nothing to dispose of.")]
internal sealed class ServingSession
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    private readonly IBrokerConnection _connection;
    private readonly ServingDuty _duty;
    private readonly PlaceHistory _history;
    private readonly PlaceNotes _notes;
    private readonly ServingPlace? _place;
    private readonly HeldDeliveries _deliveries;
    private readonly RunningTasks _running = new();
    private readonly CancellationTokenSource _waits = new();
    private readonly CancellationTokenSource _isLost = new();
    private readonly CancellationTokenSource _drainBegins = new();
    private readonly CancellationTokenSource _drainIsOver = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _ending = new();
    private readonly Lock _turning = new();
    private volatile ServingPhase _phase = ServingPhase.Starting;
    private volatile bool _consumes;
    private Task _run = Task.CompletedTask;
    private Task? _end;

    public ServingSession(IBrokerConnection connection, ServingDuty duty, PlaceHistory history)
    {
        (_connection, _duty, _history, _notes) = (connection, duty, history, new PlaceNotes(connection, duty));
        _place = duty.IsAlone ? new ServingPlace(connection.Lost, duty.Broker.Heartbeat, reason => _ = GiveUpAsync(reason), duty.TimeProvider) : null;
        _deliveries = new HeldDeliveries(Begin, duty.TimeProvider);
    }

    /// <summary>Whether it serves, or stands by: as ready as it can be.</summary>
    public ConnectionStatus Status => _phase switch
    {
        ServingPhase.Starting => new ConnectionStatus(false, $"Connected to {_connection.BrokerName}, and about to consume queue {_duty.Rpc.Queue}."),
        ServingPhase.StandingBy => new ConnectionStatus(true, _duty.ConsumerKind == ConsumerKind.SingleActive
            ? $"Connected to {_connection.BrokerName}, standing by: queue {_duty.Rpc.Queue} gives its requests to one server at a time, and gave this one none yet."
            : $"Connected to {_connection.BrokerName}, standing by: another server has queue {_duty.Rpc.Queue}."),
        ServingPhase.Entering => new ConnectionStatus(true, $"Connected to {_connection.BrokerName}, taking over queue {_duty.Rpc.Queue}."),
        ServingPhase.Serving => new ConnectionStatus(true, $"Connected to {_connection.BrokerName}."),
        _ => new ConnectionStatus(false, $"Connected to {_connection.BrokerName}, and about to leave queue {_duty.Rpc.Queue}."),
    };

    /// <summary>Completes when nothing is begun here any more and nothing more is left for the next one.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Begins, as soon as the session before has ended.</summary>
    public void Start(Task predecessor) => _run = Task.Run(() => RunAsync(predecessor));

    /// <summary>A probe that was begun then has come back.</summary>
    public void Prove(long timestamp) => _place?.Prove(timestamp);

    /// <summary>The connection is gone.</summary>
    public void Lose(string reason)
    {
        _place?.Lose($"The connection is gone, and with it the place on the queue ({reason}).");
        Turn(ServingPhase.Ended);
        _deliveries.Drop();
        _ = _isLost.CancelAsync();
        _ = _waits.CancelAsync();
        if (_place is not null) _ = _drainBegins.CancelAsync(); // Who waits for a line comes again, with the next delivery.
        _ended.TrySetResult();
    }

    /// <summary>Ends in good order: takes no more, finishes what was begun, leaves word. Bounded by <see cref="RpcOptions.DrainTimeout"/>.</summary>
    /// <param name="cancellationToken">Ends the waiting for what was begun early; it does not fail the call.</param>
    public Task EndAsync(CancellationToken cancellationToken)
    {
        lock (_ending) return _end ??= EndOnceAsync(cancellationToken);
    }

    private async Task RunAsync(Task predecessor)
    {
        try
        {
            await predecessor.WaitAsync(_waits.Token).ConfigureAwait(false);
            var acquiredAt = await AcquireAsync().ConfigureAwait(false);
            if (_place is not null)
            {
                Turn(ServingPhase.Entering);
                await new PlaceEntry(_connection, _duty, _history, _notes, _place).EnterAsync(acquiredAt, _isLost.Token).ConfigureAwait(false);
                _place.Alone = _duty.KnowsItsQueue ? _history.Alone : null;
                _history.Last = _place;
            }
            else if (_duty.Succession is { } succession)
            {
                await succession.ContinueAsync(null, _isLost.Token).ConfigureAwait(false);
            }

            if (_place?.LostReason is not null) return; // Its end is under way, and brings the next connection.
            Turn(ServingPhase.Serving);
            _deliveries.Open();
        }
        catch (OperationCanceledException) when (_waits.IsCancellationRequested)
        {
            // It was stopped or lost before it had anything to end.
        }
        catch (BrokerException e)
        {
            await GiveUpAsync(e.Message).ConfigureAwait(false);
        }
        catch (Exception bug)
        {
            // Nobody awaits this; without the connection it starts anew, and it never serves half-prepared.
            ServerLog.ServingFailed(_duty.Logger, _duty.Rpc.Queue, _connection.Host, bug);
            await _connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the queue is this server's; until it is consumed, where it is shared.</summary>
    /// <returns>The moment at which it was, or an earlier one that proves as much.</returns>
    private async Task<long> AcquireAsync()
    {
        var request = new ConsumeRequest(
            _duty.Rpc.Queue, _duty.ConsumerKind, _duty.Rpc.Prefetch, _deliveries.Take, answer => ServerLog.AnswerReturned(_duty.Logger, answer.CorrelationId));
        long askedAt;
        while (true)
        {
            _waits.Token.ThrowIfCancellationRequested();
            askedAt = _duty.TimeProvider.GetTimestamp();
            // Not cancelled: it must be known whether it was granted.
            if (await _connection.TryConsumeAsync(request, CancellationToken.None).ConfigureAwait(false)) break;
            if (_phase == ServingPhase.Starting) ServerLog.StandingBy(_duty.Logger, _duty.Rpc.Queue, _connection.Host);
            Turn(ServingPhase.StandingBy);
            await Task.Delay(PollInterval, _duty.TimeProvider, _waits.Token).ConfigureAwait(false);
        }

        _consumes = true;
        _place?.Prove(askedAt);
        if (_duty.ConsumerKind != ConsumerKind.SingleActive) return _duty.TimeProvider.GetTimestamp();

        // The broker tells nobody whose turn it is; a delivery does.
        Turn(ServingPhase.StandingBy);
        await _deliveries.First.WaitAsync(_waits.Token).ConfigureAwait(false);
        return _duty.TimeProvider.GetTimestamp();
    }

    /// <summary>The consumer's callback must be free for the next delivery at once, so each request runs on its own.</summary>
    private void Begin(BrokerDelivery delivery, Moment arrivedAt)
    {
        var running = new Task<Task>(() => WorkAsync(delivery, arrivedAt), TaskCreationOptions.DenyChildAttach);
        var whole = running.Unwrap();
        _running.Add(whole);
        _duty.Running.Add(whole);
        running.Start(TaskScheduler.Default);
    }

    private async Task WorkAsync(BrokerDelivery delivery, Moment arrivedAt)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(_drainBegins.Token, _duty.StopBegins.Token);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_drainIsOver.Token, _duty.StopIsOver.Token);
        await _duty.Worker.WorkAsync(_connection, delivery, arrivedAt, _place, stopping.Token, end.Token).ConfigureAwait(false);
    }

    private async Task EndOnceAsync(CancellationToken cancellationToken)
    {
        var since = _duty.TimeProvider.GetTimestamp();
        try
        {
            // One that enters goes on to its end, so that it leaves no less than it found.
            await _waits.CancelAsync().ConfigureAwait(false);
            var entered = await EntersAsync(cancellationToken).ConfigureAwait(false);
            if (entered) await HandOverAsync(since, cancellationToken).ConfigureAwait(false);
            else await LeaveUnservedAsync().ConfigureAwait(false);
        }
        finally
        {
            Turn(ServingPhase.Ended);
            _ended.TrySetResult();
        }
    }

    private async Task<bool> EntersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _run.WaitAsync(_duty.Rpc.DrainTimeout, _duty.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Too late for good order: the next one will find that somebody was here.
        }

        return _phase == ServingPhase.Serving;
    }

    private async Task LeaveUnservedAsync()
    {
        _place?.Lose("The server was stopped before it had entered its place.");
        _deliveries.Drop();
        await _isLost.CancelAsync().ConfigureAwait(false);
        if (_consumes && !_connection.Lost.IsCompleted) await _connection.CancelConsumeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// The next one may have the queue as soon as it is told to wait for this one. Where it can't be told, the place is kept until nothing is under way any more.
    /// </summary>
    private async Task HandOverAsync(long since, CancellationToken cancellationToken)
    {
        var self = _place is not null && _duty.KeepsNotes ? await _duty.Succession!.IdentityAsync(CancellationToken.None).ConfigureAwait(false) : null;
        var isAwaited = self is not null && await _notes.TryLeaveAsync(NoteOf(self, PlaceNoteState.Leaving)).ConfigureAwait(false);
        var cancelsFirst = _place is null || isAwaited;
        Turn(ServingPhase.Leaving);
        if (cancelsFirst) await _connection.CancelConsumeAsync().ConfigureAwait(false);
        else _deliveries.Drop();

        await _drainBegins.CancelAsync().ConfigureAwait(false);
        var left = _duty.Rpc.DrainTimeout - _duty.TimeProvider.GetElapsedTime(since);
        if (!await _running.WaitAsync(left, _duty.TimeProvider, cancellationToken).ConfigureAwait(false)) ServerLog.DrainIncomplete(_duty.Logger, _running.Count);
        await _drainIsOver.CancelAsync().ConfigureAwait(false);

        _place?.Lose("The server has handed its place over.");
        if (!cancelsFirst && !_connection.Lost.IsCompleted) await _connection.CancelConsumeAsync().ConfigureAwait(false);
        if (isAwaited && await _notes.TryLeaveAsync(NoteOf(self!, PlaceNoteState.Left)).ConfigureAwait(false))
            ServerLog.HandedOver(_duty.Logger, _duty.Rpc.Queue, _connection.Host);
    }

    /// <summary>What has ended stays so.</summary>
    private void Turn(ServingPhase phase)
    {
        lock (_turning) _phase = _phase == ServingPhase.Ended ? ServingPhase.Ended : phase;
    }

    private PlaceNote NoteOf(string self, PlaceNoteState state) => new()
    {
        Identity = self,
        State = state,
        Since = _history.Alone?.Since,
        Within = state == PlaceNoteState.Leaving ? _duty.Rpc.DrainTimeout + PlaceNotes.Margin : null,
        Remembered = state == PlaceNoteState.Left ? _duty.Succession!.Export().ToArray() : null,
    };

    private async Task GiveUpAsync(string reason)
    {
        if (_connection.Lost.IsCompleted) return;
        ServerLog.GaveUpConnection(_duty.Logger, _duty.Rpc.Queue, _connection.Host, reason);
        _place?.Lose(reason);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }
}
