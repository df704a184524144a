using System.Diagnostics.CodeAnalysis;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Diagnostics;
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
    private readonly InFlightRequests _requests;
    private readonly LeaderRecords _records;
    private readonly QueueLeadership? _leadership;
    private readonly RecordKeeper? _keeper;
    private readonly ServiceProbe? _service;
    private readonly LastWord? _lastWord;
    private readonly HeldDeliveries _deliveries;
    private readonly QueueHolder _holder;
    private readonly RunningRequests _running = new();
    private readonly CancellationTokenSource _waits = new();
    private readonly CancellationTokenSource _isLost = new();
    private readonly CancellationTokenSource _drainBegins = new();
    private readonly CancellationTokenSource _drainIsOver = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _ending = new(), _changing = new(), _returning = new();
    private readonly List<BrokerDelivery> _givenBack = [];
    private volatile ServerSessionState _state = ServerSessionState.Starting;
    private volatile bool _consumes;
    private bool _isCancelled;
    private volatile Coverage? _coverage;
    private volatile string? _refusal;
    private Task _run = Task.CompletedTask;
    private Task? _end;

    public ServerSession(IBrokerConnection connection, LeadershipPolicy policy, InFlightRequests requests, LeadershipHistory history)
    {
        (_connection, _policy, _requests, _history, _records, _holder) =
            (connection, policy, requests, history, new LeaderRecords(connection, policy), new QueueHolder(connection, policy));
        // Where more are taken than may be begun, so that no probe waits behind them, the number is kept here.
        _deliveries = new HeldDeliveries(
            Begin, GiveBack, policy.IsByService ? policy.Rpc.Prefetch : int.MaxValue, policy.TimeProvider);
        _ = FollowServerAsync();
        if (!policy.HasLeader) return;
        var heartbeat = connection.HeartbeatOr(policy.Broker.Heartbeat);
        _leadership = new QueueLeadership(
            $"queue {policy.Rpc.Queue} on {connection.Host}", connection.Lost, heartbeat, policy.IsByService, reason =>
                _ = GiveUpAsync(reason), policy.TimeProvider);
        connection.BlockedChanged += OnBlockedChanged;
        OnBlockedChanged();
        _keeper = new RecordKeeper(_records, policy, _leadership);
        if (policy.IsByService) _service = new ServiceProbe(connection, policy, _leadership);
        if (policy.KeepsRecords) _lastWord = new LastWord(connection, policy, history, _records, _leadership, _service);
        if (heartbeat >= policy.Broker.Heartbeat) return;
        LeadershipLog.ShorterHeartbeat(
            policy.Logger, connection.Host, policy.Rpc.Queue, heartbeat.TotalSeconds, policy.Broker.Heartbeat.TotalSeconds);
    }

    /// <summary>Whether it serves, or stands by: as ready as it can be.</summary>
    public ConnectionStatus Status => _refusal is { } refusal && _state == ServerSessionState.Refusing
        ? new ConnectionStatus(false, refusal)
        : _state == ServerSessionState.StandingBy && _holder.Stranger is { } stranger ? new ConnectionStatus(false, stranger)
        : ServerSessionWords.StatusOf(_state, _connection.BrokerName, _policy, _keeper?.IsMissing ?? false);

    /// <summary>Where it stands among the servers of its queue.</summary>
    public string Place => ServerSessionWords.PlaceOf(_state, _policy);

    /// <summary>Completes when nothing is begun here any more and nothing more is left for the next one.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Begins, as soon as the session before has ended.</summary>
    public void Start(Task predecessor) => _run = Task.Run(() => RunAsync(predecessor));

    /// <summary>A probe of the connection that was begun then has come back.</summary>
    public void Prove(long timestamp) => _leadership?.Prove(timestamp);

    /// <summary>The connection is gone.</summary>
    public void Lose(string reason)
    {
        _leadership?.Lose($"The connection is gone, and with it the leadership of queue {_policy.Rpc.Queue} ({reason}).");
        ChangeTo(ServerSessionState.Ended);
        _service?.Stop();
        _ = _keeper?.StopAsync();
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
                await new Takeover(_connection, _policy, _history, _records, _keeper!, _leadership, _service)
                    .RunAsync(acquiredAt, _isLost.Token).ConfigureAwait(false);
                _history.Last = _leadership;
            }
            else if (_policy.Handover is { } handover)
            {
                await handover.ContinueAsync(null, _isLost.Token).ConfigureAwait(false);
            }

            // While it stood by, others served: who leads without records has no more than its own time as the leader.
            _coverage = new Coverage(_leadership is null ? _requests.SinceStart : _history.Covered!, _policy.KeepsRecords);
            if (_leadership?.LostReason is not null) return; // Its end is under way, and brings the next connection.
            ChangeTo(ServerSessionState.Serving);
            _deliveries.Open();
        }
        catch (OperationCanceledException) when (_waits.IsCancellationRequested)
        {
            // It was stopped or lost before it had anything to end.
        }
        catch (NotAloneException e)
        {
            await RefuseAsync(e.Message).ConfigureAwait(false);
        }
        catch (BrokerException e)
        {
            await GiveUpAsync(e.Message).ConfigureAwait(false);
        }
        catch (Exception bug)
        {
            // Nobody awaits this; without the connection it starts anew, and it never serves half-prepared.
            ServerLog.ServingFailed(_policy.Logger, _policy.Rpc.Queue, _connection.Host, bug);
            await _connection.CloseAsync("serving its queue failed in a way that was not foreseen").ConfigureAwait(false);
        }
    }

    /// <summary>Waits until this server leads the queue; until it is consumed, where it is shared.</summary>
    /// <returns>The moment at which it was, or an earlier one that proves as much.</returns>
    private async Task<long> AcquireAsync()
    {
        var strangers = new StrangersLog(_policy.Logger, _policy.TimeProvider);
        var request = new ConsumeRequest(
            _policy.Rpc.Queue, _policy.ConsumerKind, _service is null ? _policy.Rpc.Prefetch : ConsumeRequest.LargestPrefetch, Take,
            answer => ServerLog.AnswerReturned(strangers, answer.CorrelationId));
        long askedAt;
        while (true)
        {
            _waits.Token.ThrowIfCancellationRequested();
            askedAt = _policy.TimeProvider.GetTimestamp();
            // Not cancelled: it must be known whether it was granted.
            if (await _connection.TryConsumeAsync(request, CancellationToken.None).ConfigureAwait(false)) break;
            if (_state == ServerSessionState.Starting) LeadershipLog.StandingBy(_policy.Logger, _policy.Rpc.Queue, _connection.Host);
            ChangeTo(ServerSessionState.StandingBy);
            await _holder.LookAsync(_waits.Token).ConfigureAwait(false);
            await Task.Delay(PollInterval, _policy.TimeProvider, _waits.Token).ConfigureAwait(false);
        }

        _consumes = true;
        _leadership?.Prove(askedAt);
        if (_service is null) return _policy.TimeProvider.GetTimestamp();

        // The broker tells nobody whose turn it is; what comes does.
        ChangeTo(ServerSessionState.StandingBy);
        _ = _service.RunAsync();
        await _service.Acquired.WaitAsync(_waits.Token).ConfigureAwait(false);
        return _policy.TimeProvider.GetTimestamp();
    }

    /// <summary>Takes what the queue gives: a request, or what a server sends itself to find out whether it is served.</summary>
    private void Take(BrokerDelivery delivery)
    {
        if (delivery.Message.Type == ServiceProbe.MessageType)
        {
            _service?.Take(delivery.Message);
            _ = _connection.SettleAsync(delivery, null);
        }
        else
        {
            _deliveries.Take(delivery);
        }

        _service?.Hurry();
    }

    /// <summary>The consumer's callback must be free for the next delivery at once, so each request runs on its own.</summary>
    private void Begin(BrokerDelivery delivery, ClockReading arrivedAt)
    {
        _running.Begin();
        _requests.Running.Begin();
        ThreadPool.UnsafeQueueUserWorkItem(
            static run => _ = run.Session.WorkAsync(run.Delivery, run.ArrivedAt), (Session: this, Delivery: delivery, ArrivedAt: arrivedAt),
            preferLocal: true);
    }

    private async Task WorkAsync(BrokerDelivery delivery, ClockReading arrivedAt)
    {
        var isSettled = true;
        try
        {
            isSettled = await _requests.Worker.WorkAsync(
                _connection, delivery, arrivedAt, _leadership, _coverage, _drainBegins.Token, _drainIsOver.Token).ConfigureAwait(false);
        }
        finally
        {
            _deliveries.End(); // Before it counts as ended, for another one may begin in its place.
            _running.End();
            _requests.Running.End();
            if (!isSettled) GiveBack(delivery);
        }
    }

    /// <summary>
    /// Nothing is done for it here: whoever consumes the queue next gets it, as soon as this server does not. The connection may stay, when
    /// the server is only paused.
    /// </summary>
    private void GiveBack(BrokerDelivery delivery)
    {
        lock (_returning)
        {
            if (!_isCancelled)
            {
                _givenBack.Add(delivery);
                return;
            }
        }

        _ = _connection.ReturnAsync(delivery);
    }

    private void OnBlockedChanged() => _leadership?.Alarm(_connection.BlockedReason is not null);

    /// <summary>When the server stops, so does what was begun here, on a connection that was lost long ago, too.</summary>
    private async Task FollowServerAsync()
    {
        using var begins = Follow(_requests.StopBegins, _drainBegins);
        using var isOver = Follow(_requests.StopIsOver, _drainIsOver);
        await _ended.Task.ConfigureAwait(false);
        await _running.WhenNone().ConfigureAwait(false);
        _connection.BlockedChanged -= OnBlockedChanged;

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
        _service?.Stop();
        try
        {
            // The broker may be about to grant the consumer, and would go on to deliver to it.
            await _run.WaitAsync(_policy.Broker.OperationTimeout, _policy.TimeProvider, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await GiveUpAsync("It could not be stopped in time.").ConfigureAwait(false);
        }

        if (_consumes && !_connection.Lost.IsCompleted) await CancelConsumeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// The next one may have the queue as soon as it is told to wait for this one. Where it can't be told, the leadership is kept until
    /// nothing is under way any more.
    /// </summary>
    private async Task HandOverAsync(long since, CancellationToken cancellationToken)
    {
        if (_keeper is not null) await _keeper.StopAsync().ConfigureAwait(false);
        var isAwaited = _lastWord is not null && await _lastWord.SayLeavingAsync().ConfigureAwait(false);
        var cancelsFirst = _leadership is null || isAwaited;
        ChangeTo(ServerSessionState.Leaving);
        if (!cancelsFirst) _deliveries.Drop();
        else await CancelConsumeAsync().ConfigureAwait(false);

        await _drainBegins.CancelAsync().ConfigureAwait(false);
        var left = _policy.Rpc.DrainTimeout - _policy.TimeProvider.GetElapsedTime(since);
        if (!await _running.WaitAsync(left, _policy.TimeProvider, cancellationToken).ConfigureAwait(false))
            ServerLog.DrainIncomplete(_policy.Logger, _running.Count);
        _deliveries.Drop();
        await _drainIsOver.CancelAsync().ConfigureAwait(false);

        // After the time that the next one was told, a last word would take the place of its own.
        var isInTime = isAwaited && _leadership!.LostReason is null;
        _leadership?.Lose("The server has handed its leadership over.");
        if (!cancelsFirst && !_connection.Lost.IsCompleted) await CancelConsumeAsync().ConfigureAwait(false);
        if (isInTime) await _lastWord!.SayLeftAsync().ConfigureAwait(false);
    }

    private async Task CancelConsumeAsync()
    {
        _service?.Stop();
        await _connection.CancelConsumeAsync().ConfigureAwait(false);
        List<BrokerDelivery> back;
        lock (_returning)
        {
            _isCancelled = true;
            back = [.. _givenBack];
            _givenBack.Clear();
        }

        foreach (var delivery in back) await _connection.ReturnAsync(delivery).ConfigureAwait(false);
    }

    /// <summary>What has ended stays so.</summary>
    private void ChangeTo(ServerSessionState state)
    {
        lock (_changing) _state = _state == ServerSessionState.Ended ? ServerSessionState.Ended : state;
    }

    /// <summary>Serves nothing, says why, and looks again after a while: a person has to act.</summary>
    private async Task RefuseAsync(string reason)
    {
        _refusal = reason;
        ServerLog.NotAlone(_policy.Logger, _policy.Rpc.Queue, _connection.Host, reason);
        _deliveries.Drop();
        ChangeTo(ServerSessionState.Refusing);
        await Task.WhenAny(
            _connection.Lost, Task.Delay(_policy.Broker.MaxReconnectDelay, _policy.TimeProvider, _waits.Token)).ConfigureAwait(false);
        if (!_waits.IsCancellationRequested) await GiveUpAsync(reason).ConfigureAwait(false);
    }

    private async Task GiveUpAsync(string reason)
    {
        if (_connection.Lost.IsCompleted) return;
        ServerLog.GaveUpConnection(_policy.Logger, _policy.Rpc.Queue, _connection.Host, reason);
        _leadership?.Lose(reason);
        await _connection.CloseAsync(reason.TrimEnd('.')).ConfigureAwait(false);
    }
}
