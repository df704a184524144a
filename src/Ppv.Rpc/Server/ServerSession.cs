using System.Diagnostics.CodeAnalysis;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Presence;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Server;

/// <summary>
/// The serving of the queue over one connection: become its leader where the server works alone, take over, serve, hand over. The steps
/// after the start run by themselves; <see cref="EndAsync"/> and <see cref="Lose"/> may come at any time. Its states are
/// <see cref="ServerSessionState"/>.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The token sources have neither timers nor links, so there is nothing to dispose of.")]
internal sealed class ServerSession
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    private readonly IBrokerConnection _connection;
    private readonly LeadershipPolicy _policy;
    private readonly LeadershipHistory _history;
    private readonly ServerRequests _requests;
    private readonly LeaderRecords _records;
    private readonly QueueLeadership? _leadership;
    private readonly HeldDeliveries _deliveries;
    private readonly RunningRequests _running = new();
    private readonly CancellationTokenSource _waits = new();
    private readonly CancellationTokenSource _isLost = new();
    private readonly CancellationTokenSource _drainBegins = new();
    private readonly CancellationTokenSource _drainIsOver = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _ending = new();
    private readonly Lock _changing = new();
    private volatile ServerSessionState _state = ServerSessionState.Starting;
    private volatile bool _consumes;
    private Task _run = Task.CompletedTask;
    private Task? _end;

    public ServerSession(IBrokerConnection connection, LeadershipPolicy policy, ServerRequests requests, LeadershipHistory history)
    {
        (_connection, _policy, _requests, _history, _records) =
            (connection, policy, requests, history, new LeaderRecords(connection, policy));
        _deliveries = new HeldDeliveries(Begin, policy.TimeProvider);
        _ = FollowServerAsync();
        if (policy.HasLeader)
        {
            _leadership = new QueueLeadership(
                $"queue {policy.Rpc.Queue} on {connection.Host}", connection.Lost, policy.Broker.Heartbeat, reason =>
                    _ = GiveUpAsync(reason), policy.TimeProvider);
        }
    }

    /// <summary>Whether it serves, or stands by: as ready as it can be.</summary>
    public ConnectionStatus Status => _state switch
    {
        ServerSessionState.Starting =>
            new ConnectionStatus(false, $"Connected to {_connection.BrokerName}, and about to consume queue {_policy.Rpc.Queue}."),
        ServerSessionState.StandingBy => new ConnectionStatus(true, _policy.ConsumerKind == ConsumerKind.SingleActive
            ? $"Connected to {_connection.BrokerName}, standing by: queue {_policy.Rpc.Queue} gives its requests to one server at a "
            + "time, and gave this one none yet."
            : $"Connected to {_connection.BrokerName}, standing by: another server leads queue {_policy.Rpc.Queue}."),
        ServerSessionState.TakingOver =>
            new ConnectionStatus(true, $"Connected to {_connection.BrokerName}, taking over queue {_policy.Rpc.Queue}."),
        ServerSessionState.Serving => new ConnectionStatus(true, $"Connected to {_connection.BrokerName}."),
        _ => new ConnectionStatus(false, $"Connected to {_connection.BrokerName}, and about to leave queue {_policy.Rpc.Queue}."),
    };

    /// <summary>Where it stands among the servers of its queue.</summary>
    public string Place => _state switch
    {
        ServerSessionState.Starting => PresencePlace.Starting,
        ServerSessionState.StandingBy =>
            _policy.ConsumerKind == ConsumerKind.SingleActive ? PresencePlace.Candidate : PresencePlace.Standby,
        ServerSessionState.TakingOver => PresencePlace.TakingOver,
        ServerSessionState.Serving => _policy.HasLeader ? PresencePlace.Leader : PresencePlace.Shared,
        _ => PresencePlace.Leaving,
    };

    /// <summary>Completes when nothing is begun here any more and nothing more is left for the next one.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Begins, as soon as the session before has ended.</summary>
    public void Start(Task predecessor) => _run = Task.Run(() => RunAsync(predecessor));

    /// <summary>A probe that was begun then has come back.</summary>
    public void Prove(long timestamp) => _leadership?.Prove(timestamp);

    /// <summary>The connection is gone.</summary>
    public void Lose(string reason)
    {
        _leadership?.Lose($"The connection is gone, and with it the leadership of queue {_policy.Rpc.Queue} ({reason}).");
        ChangeTo(ServerSessionState.Ended);
        _deliveries.Drop();
        _ = _isLost.CancelAsync();
        _ = _waits.CancelAsync();
        if (_leadership is not null) _ = _drainBegins.CancelAsync(); // Who waits for a line comes again, with the next delivery.
        _ended.TrySetResult();
    }

    /// <summary>
    /// Ends in good order: takes no more, finishes what was begun, leaves word. Bounded by <see cref="RpcOptions.DrainTimeout"/>.
    /// </summary>
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
            if (_leadership is not null)
            {
                _leadership.Since = _policy.TimeProvider.GetUtcNow();
                ChangeTo(ServerSessionState.TakingOver);
                await new Takeover(
                    _connection, _policy, _history, _records, _leadership).RunAsync(acquiredAt, _isLost.Token).ConfigureAwait(false);
                _leadership.Alone = _policy.KnowsItsQueue ? _history.Alone : null;
                _history.Last = _leadership;
            }
            else if (_policy.Handover is { } handover)
            {
                await handover.ContinueAsync(null, _isLost.Token).ConfigureAwait(false);
            }

            if (_leadership?.LostReason is not null) return; // Its end is under way, and brings the next connection.
            ChangeTo(ServerSessionState.Serving);
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
            ServerLog.ServingFailed(_policy.Logger, _policy.Rpc.Queue, _connection.Host, bug);
            await _connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits until this server leads the queue; until it is consumed, where it is shared.</summary>
    /// <returns>The moment at which it was, or an earlier one that proves as much.</returns>
    private async Task<long> AcquireAsync()
    {
        var request = new ConsumeRequest(
            _policy.Rpc.Queue, _policy.ConsumerKind, _policy.Rpc.Prefetch, _deliveries.Take, answer =>
                ServerLog.AnswerReturned(_policy.Logger, answer.CorrelationId));
        long askedAt;
        while (true)
        {
            _waits.Token.ThrowIfCancellationRequested();
            askedAt = _policy.TimeProvider.GetTimestamp();
            // Not cancelled: it must be known whether it was granted.
            if (await _connection.TryConsumeAsync(request, CancellationToken.None).ConfigureAwait(false)) break;
            if (_state == ServerSessionState.Starting) LeadershipLog.StandingBy(_policy.Logger, _policy.Rpc.Queue, _connection.Host);
            ChangeTo(ServerSessionState.StandingBy);
            await Task.Delay(PollInterval, _policy.TimeProvider, _waits.Token).ConfigureAwait(false);
        }

        _consumes = true;
        _leadership?.Prove(askedAt);
        if (_policy.ConsumerKind != ConsumerKind.SingleActive) return _policy.TimeProvider.GetTimestamp();

        // The broker tells nobody whose turn it is; a delivery does.
        ChangeTo(ServerSessionState.StandingBy);
        await _deliveries.First.WaitAsync(_waits.Token).ConfigureAwait(false);
        return _policy.TimeProvider.GetTimestamp();
    }

    /// <summary>The consumer's callback must be free for the next delivery at once, so each request runs on its own.</summary>
    private void Begin(BrokerDelivery delivery, Moment arrivedAt)
    {
        _running.Begin();
        _requests.Running.Begin();
        ThreadPool.UnsafeQueueUserWorkItem(
            static run => _ = run.Session.WorkAsync(run.Delivery, run.ArrivedAt), (Session: this, Delivery: delivery, ArrivedAt: arrivedAt),
            preferLocal: true);
    }

    private async Task WorkAsync(BrokerDelivery delivery, Moment arrivedAt)
    {
        try
        {
            await _requests.Worker.WorkAsync(
                _connection, delivery, arrivedAt, _leadership, _drainBegins.Token, _drainIsOver.Token).ConfigureAwait(false);
        }
        finally
        {
            _running.End();
            _requests.Running.End();
        }
    }

    /// <summary>When the server stops, so does what was begun here, on a connection that was lost long ago, too.</summary>
    private async Task FollowServerAsync()
    {
        using var begins = Follow(_requests.StopBegins, _drainBegins);
        using var isOver = Follow(_requests.StopIsOver, _drainIsOver);
        await _ended.Task.ConfigureAwait(false);
        await _running.WhenNone().ConfigureAwait(false);

        static CancellationTokenRegistration Follow(CancellationTokenSource server, CancellationTokenSource own) =>
            server.Token.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), own);
    }

    private async Task EndOnceAsync(CancellationToken cancellationToken)
    {
        var since = _policy.TimeProvider.GetTimestamp();
        try
        {
            // One that takes over goes on to its end, so that it leaves no less than it found.
            await _waits.CancelAsync().ConfigureAwait(false);
            var leads = await TakesOverAsync(cancellationToken).ConfigureAwait(false);
            if (leads) await HandOverAsync(since, cancellationToken).ConfigureAwait(false);
            else await LeaveUnservedAsync().ConfigureAwait(false);
        }
        finally
        {
            ChangeTo(ServerSessionState.Ended);
            _ended.TrySetResult();
        }
    }

    private async Task<bool> TakesOverAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _run.WaitAsync(_policy.Rpc.DrainTimeout, _policy.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Too late for good order: the next one will find that somebody was here.
        }

        return _state == ServerSessionState.Serving;
    }

    private async Task LeaveUnservedAsync()
    {
        _leadership?.Lose("The server was stopped before it had taken over.");
        _deliveries.Drop();
        await _isLost.CancelAsync().ConfigureAwait(false);
        if (_consumes && !_connection.Lost.IsCompleted) await _connection.CancelConsumeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// The next one may have the queue as soon as it is told to wait for this one. Where it can't be told, the leadership is kept until
    /// nothing is under way any more.
    /// </summary>
    private async Task HandOverAsync(long since, CancellationToken cancellationToken)
    {
        var self = _leadership is not null
            && _policy.KeepsRecords ? await _policy.Handover!.IdentityAsync(CancellationToken.None).ConfigureAwait(false) : null;
        var isAwaited = self is not null && await _records.TryLeaveAsync(RecordOf(self, LeaderRecordState.Leaving)).ConfigureAwait(false);
        var cancelsFirst = _leadership is null || isAwaited;
        ChangeTo(ServerSessionState.Leaving);
        if (cancelsFirst) await _connection.CancelConsumeAsync().ConfigureAwait(false);
        else _deliveries.Drop();

        await _drainBegins.CancelAsync().ConfigureAwait(false);
        var left = _policy.Rpc.DrainTimeout - _policy.TimeProvider.GetElapsedTime(since);
        if (!await _running.WaitAsync(left, _policy.TimeProvider, cancellationToken).ConfigureAwait(false))
            ServerLog.DrainIncomplete(_policy.Logger, _running.Count);
        await _drainIsOver.CancelAsync().ConfigureAwait(false);

        _leadership?.Lose("The server has handed its leadership over.");
        if (!cancelsFirst && !_connection.Lost.IsCompleted) await _connection.CancelConsumeAsync().ConfigureAwait(false);
        if (isAwaited && await _records.TryLeaveAsync(RecordOf(self!, LeaderRecordState.Left)).ConfigureAwait(false))
            LeadershipLog.HandedOver(_policy.Logger, _policy.Rpc.Queue, _connection.Host);
    }

    /// <summary>What has ended stays so.</summary>
    private void ChangeTo(ServerSessionState state)
    {
        lock (_changing) _state = _state == ServerSessionState.Ended ? ServerSessionState.Ended : state;
    }

    private LeaderRecord RecordOf(string self, LeaderRecordState state) => new()
    {
        Identity = self,
        State = state,
        Since = _history.Alone?.Since,
        Within = state == LeaderRecordState.Leaving ? _policy.Rpc.DrainTimeout + LeaderRecords.Margin : null,
        Remembered = state == LeaderRecordState.Left ? _policy.Handover!.Export().ToArray() : null,
    };

    private async Task GiveUpAsync(string reason)
    {
        if (_connection.Lost.IsCompleted) return;
        ServerLog.GaveUpConnection(_policy.Logger, _policy.Rpc.Queue, _connection.Host, reason);
        _leadership?.Lose(reason);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>The states of a server session, in their order.</summary>
internal enum ServerSessionState
{
    /// <summary>The queue is not consumed yet.</summary>
    Starting,

    /// <summary>Another server leads the queue, or may.</summary>
    StandingBy,

    /// <summary>This server leads the queue, and finds out what it may still believe.</summary>
    TakingOver,

    /// <summary>Requests are begun as they come.</summary>
    Serving,

    /// <summary>Requests that were begun are finished, and no others are.</summary>
    Leaving,

    /// <summary>It is over.</summary>
    Ended,
}
