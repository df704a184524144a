using System.Diagnostics;
using Polly;
using Polly.Retry;
using Ppv.Protocol.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Diagnostics;
using Ppv.Rpc.Hosts;

namespace Ppv.Rpc.Connection;

/// <summary>Keeps one connection in use. The one place that decides when to connect and where. Safe for use by several threads.</summary>
/// <remarks>
/// Its states, of which <see cref="RunAsync"/> is the loop:
/// <list type="bullet">
/// <item><b>not started</b>: until <see cref="Start"/>.</item>
/// <item><b>searching</b>: no connection; host after host is dialled and prepared, with a pause after each round
/// (<see cref="HostSelector.Next"/>).</item>
/// <item><b>in use</b>: a session is there. It ends by the connection's loss (searching), by a move (in use, with another host), or by the
/// end.</item>
/// <item><b>moving</b>: in use still, while another host is made ready beside it (<see cref="HostSelector.Move"/>,
/// <see cref="SwitchToAsync"/>).</item>
/// <item><b>ended</b>: stopped, out of retries, or failed; <see cref="Completion"/> says which.</item>
/// </list>
/// A loss is told by the connection's own watch at once, whatever the loop does at that moment.
/// </remarks>
/// <typeparam name="TSession">What the owner makes of a prepared connection.</typeparam>
internal sealed class ConnectionSupervisor<TSession> : IAsyncDisposable
    where TSession : class
{
    /// <summary>How often the loop says at least that it goes on, where nothing else is to be done.</summary>
    private static readonly TimeSpan CheckIn = TimeSpan.FromSeconds(10);

    private readonly BrokerOptions _options;
    private readonly BrokerHost[] _hosts;
    private readonly HostMonitor _monitor;
    private readonly HostDialer<TSession> _dialer;
    private readonly ConnectionTelemetry _telemetry;
    private readonly string _clientName;
    private readonly ISessionOwner<TSession> _owner;
    private readonly PlainLogger _logger;
    private readonly TimeProvider _timeProvider;
    private readonly ResiliencePipeline _reconnect;
    private readonly CurrentState<TSession> _state;
    private readonly LoopPulse _pulse;
    private readonly TimeSpan _attemptBound;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _starting = new();
    private readonly SwitchRequests _switches = new();
    private readonly ClosingConnections<TSession> _closing;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _draining;
    private bool _isDoubted;
    private Task? _running;
    private int _attempt;

    public ConnectionSupervisor(
        IBrokerDialer dialer, BrokerOptions options, IReadOnlyList<BrokerHost> hosts, string role, ISessionOwner<TSession> owner,
        PlainLogger logger, TimeProvider timeProvider, ClientIdentity? identity = null)
    {
        (_options, _owner, _logger, _timeProvider, identity) = (options, owner, logger, timeProvider, identity ?? ClientIdentity.Only);
        _hosts = [.. hosts];
        _closing = new ClosingConnections<TSession>(owner, _stopping.Token);
        _pulse = new LoopPulse(timeProvider);
        // Dialling, then at most five questions to the broker, and a probe.
        _attemptBound = options.DialTimeout + (5 * options.OperationTimeout) + options.ProbeTimeout;
        _monitor = new HostMonitor(_hosts, logger, timeProvider);
        _state = new CurrentState<TSession>(ConnectionState<TSession>.Without("It has not been started."), timeProvider);
        _clientName = identity.ConnectionName(options.ClientName, role);
        _telemetry = new ConnectionTelemetry(role, _hosts, identity, () => _state.Value.Connection is { } it ? _hosts[it.Host] : null);
        _dialer = new HostDialer<TSession>(dialer, _hosts, _clientName, identity, owner, logger, timeProvider);
        _reconnect = new ResiliencePipelineBuilder { TimeProvider = timeProvider }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = failed => ValueTask.FromResult(
                    failed.Outcome.Exception is BrokerException && (options.MaxRetries is not { } most || _attempt < most)),
                MaxRetryAttempts = int.MaxValue,
                DelayGenerator = _ => ValueTask.FromResult<TimeSpan?>(NextPause()),
            })
            .Build();
    }

    /// <summary>The session in use; <see langword="null"/> when there is none.</summary>
    public TSession? Session => _state.Value.Session;

    /// <summary>Whether a session is there, and if not, why.</summary>
    public ConnectionStatus Status => _state.Value.Status;

    /// <summary>Ends when stopped; faults with <see cref="BrokerGaveUpException"/> when the retries are used up.</summary>
    public Task Completion => _completion.Task;

    /// <summary>
    /// Whether the loop, or the probes of the connection in use, are stuck in a step that should have ended: only a new process helps then.
    /// </summary>
    public bool IsHanging => _pulse.IsLate || _state.Value.Connection?.Pulse.IsLate == true;

    /// <summary>The connection in use, for questions beside the orders; <see langword="null"/> while there is none.</summary>
    public IBrokerConnection? Connection => _state.Value.Connection?.Broker;

    /// <summary>What <see cref="IBrokerSwitch.Hosts"/> says.</summary>
    public IReadOnlyList<BrokerHostStatus> Hosts => _monitor.Hosts;

    /// <summary>What <see cref="IBrokerSwitch.HostChanged"/> says; the sender is this supervisor.</summary>
    public event EventHandler<BrokerHostChangedEventArgs>? HostChanged
    {
        add => _monitor.Changed += value;
        remove => _monitor.Changed -= value;
    }

    /// <summary>
    /// Whether another session is in use in the place of this one, or a better host than its own is being tried now, or is about to be.
    /// </summary>
    public bool IsLeaving(TSession session) =>
        _state.Value.Connection is { } current
        && (current.Session != session || (PlanOf(current) is { } plan && plan.At <= _monitor.Now));

    public void Start()
    {
        lock (_starting) _running ??= Task.Run(RunAsync);
    }

    /// <summary>The session, as soon as there is one.</summary>
    /// <param name="wait">How long to wait for it; not at all when negative, as when a deadline has just passed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="except">A session that is of no use.</param>
    /// <returns>
    /// <see langword="null"/> when there was none within <paramref name="wait"/>, or at once when a person must act first;
    /// <see cref="Status"/> says why.
    /// </returns>
    public ValueTask<TSession?> WaitAsync(TimeSpan wait, CancellationToken cancellationToken, TSession? except = null) =>
        _state.WaitAsync(wait, except, cancellationToken);

    /// <summary>Keeps the present connection until it is lost or disposed of, and makes no new one.</summary>
    public void Drain()
    {
        _draining = true;
        if (_state.Value.Session is null) _stopping.Cancel();
    }

    /// <summary>What <see cref="IBrokerSwitch.SwitchToAsync"/> says.</summary>
    public async Task SwitchToAsync(BrokerHost host, CancellationToken cancellationToken)
    {
        if (Array.IndexOf(_hosts, host) is var index && index < 0)
            throw new ArgumentException($"{host} is none of the hosts of Ppv:Broker:Hosts: {string.Join(", ", _hosts)}.", nameof(host));
        if (_state.Value.Session is null || _draining || _switches.Add(index) is not { } request)
            throw new InvalidOperationException(
                $"There is no connection to switch from; every host is tried as it is. {Status.Description}");
        if (_state.Value.Session is null) _switches.Refuse(Status.Description); // It went between the question and the request.
        await request.Done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Start(); // A supervisor that never ran still ends its Completion.
        await _running!.ConfigureAwait(false);
        await _closing.EndedAsync().ConfigureAwait(false);
        _telemetry.Dispose();
    }

    private async Task RunAsync()
    {
        Activity.Current = null; // What it does for years is no part of the request that happened to start it.
        try
        {
            await KeepConnectedAsync(_stopping.Token).ConfigureAwait(false);
            End("It was stopped.");
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            End("It was stopped.");
        }
        catch (BrokerException last)
        {
            var message = _dialer.InWords(
                $"Gave up after {_attempt} attempts (Ppv:Broker:MaxRetries is {_options.MaxRetries}). The last failure: {last.Message}");
            End(message, new BrokerGaveUpException(message, last));
        }
        catch (Exception bug)
        {
            // Nobody awaits this loop; the owner learns of its end from Completion and stops the program.
            ConnectionLog.Failed(_logger, _clientName, bug);
            End("It failed; the log says why.", bug);
        }
    }

    private void End(string reason, Exception? error = null)
    {
        _pulse.End();
        if (error is null) _completion.TrySetResult();
        else _completion.TrySetException(error);
        _ = _completion.Task.Exception; // Observed: not every owner looks.
        _state.Change(ConnectionState<TSession>.Without(reason, needsAttention: true));
        _switches.Close(reason);
    }

    private async Task KeepConnectedAsync(CancellationToken stopping)
    {
        _state.Change(ConnectionState<TSession>.Without($"Connecting to {string.Join(", ", _hosts)}."));
        while (!_draining)
        {
            var found = await SearchAsync(stopping).ConfigureAwait(false);
            Use(found);
            for (SupervisedConnection<TSession>? current = found; current is not null;)
                current = await StayAsync(current, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Searching: dials until a host can be used.</summary>
    private async Task<SupervisedConnection<TSession>> SearchAsync(CancellationToken stopping)
    {
        _attempt = 0;
        if (NextPause() is var pause && pause > TimeSpan.Zero) await Task.Delay(pause, _timeProvider, stopping).ConfigureAwait(false);
        return await _reconnect.ExecuteAsync(
            async token => await DialNextAsync(token).ConfigureAwait(false), stopping).ConfigureAwait(false);
    }

    private async Task<SupervisedConnection<TSession>> DialNextAsync(CancellationToken cancellationToken)
    {
        _attempt++;
        _pulse.Expect(_attemptBound);
        var host = NextHost().Index;
        try
        {
            return await _dialer.DialAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerException failure)
        {
            _dialer.Failed(host, failure, _attempt);
            _monitor.Update((table, now) => table.Failed(host, failure.Message, now), failure.Message, this);
            _state.Change(ConnectionState<TSession>.Without(failure.Message, _dialer.NeedsAttention));
            throw;
        }
    }

    private (int Index, TimeSpan Pause) NextHost() => HostSelector.Next(_monitor.Table, _options, _monitor.Now);

    private TimeSpan NextPause()
    {
        var pause = NextHost().Pause;
        _pulse.Expect(pause);
        return pause;
    }

    private void Use(SupervisedConnection<TSession> next)
    {
        var host = _hosts[next.Host];
        _dialer.Succeeded();
        _monitor.Update((table, now) => table.Using(next.Host, now), $"{host} is connected and ready.", this);
        ConnectionLog.Ready(_logger, _clientName, next.Broker.BrokerName);
        if (!_isDoubted && BrokerReleases.DoubtOf(next.Broker.Release, _options) is { } doubt)
        {
            _isDoubted = true;
            ConnectionLog.Doubted(_logger, _clientName, doubt);
        }

        _state.Change(ConnectionState<TSession>.InUse(next, $"Connected to {next.Broker.BrokerName}."));
        _telemetry.Using(host);
        next.Broker.BlockedChanged += () => OnBlockedChanged(next);
        if (next.Broker.BlockedReason is not null) OnBlockedChanged(next);
        next.Watch(_options, _timeProvider, OnLost);
        _owner.OnReady(next.Session);
    }

    /// <summary>Runs once for each connection, as soon as it is gone, whatever the loop does at that moment.</summary>
    private void OnLost(SupervisedConnection<TSession> lost, string reason)
    {
        var description = $"The connection to {lost.Broker.BrokerName} was lost: {reason}.";
        if (_state.Change(ConnectionState<TSession>.Without(description), from: lost) && !lost.IsClosed)
        {
            _dialer.Lost(lost.Broker.BrokerName, reason, description);
            _monitor.Update((table, now) => table.Lost(lost.Host, reason, now, _options.ReconnectDelay), description, this);
        }

        _owner.OnLost(lost.Session, reason);
    }

    private void OnBlockedChanged(SupervisedConnection<TSession> connection)
    {
        var (broker, alarm) = (connection.Broker, connection.Broker.BlockedReason);
        var description = alarm is null ? $"Connected to {broker.BrokerName}." : $"{broker.BrokerName} takes no messages: {alarm}.";
        if (_state.Value.Connection != connection) return;
        _monitor.Update((table, now) => table.Blocked(connection.Host, alarm, now), description, this);
        if (!_state.Change(ConnectionState<TSession>.InUse(connection, description, isReady: alarm is null), from: connection)) return;
        if (alarm is null) ConnectionLog.Unblocked(_logger, _clientName, _hosts[connection.Host]);
        else ConnectionLog.Blocked(_logger, _clientName, _hosts[connection.Host], alarm);
    }

    /// <summary>In use: stays with a connection until it is lost, or another one is in use in its place.</summary>
    /// <returns>The other one; <see langword="null"/> after a loss.</returns>
    private async Task<SupervisedConnection<TSession>?> StayAsync(SupervisedConnection<TSession> current, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                _pulse.Expect(_attemptBound);
                var next = await MoveIfDueAsync(current, stopping).ConfigureAwait(false);
                if (next is not null || current.Lost.IsCompleted)
                {
                    _closing.Add(current, next is null ? "it was lost" : $"{_hosts[next.Host]} is in use now", retire: next is not null);
                    if (next is null) _switches.Refuse(Status.Description);
                    return next;
                }

                await WaitForChangeAsync(current, stopping).ConfigureAwait(false);
            }
        }
        catch
        {
            _closing.Add(current, "we stopped", retire: false);
            throw;
        }
    }

    /// <summary>Moving: by somebody's wish, back to the preferred host, or away from one that takes no messages.</summary>
    private async Task<SupervisedConnection<TSession>?> MoveIfDueAsync(SupervisedConnection<TSession> current, CancellationToken stopping)
    {
        if (_draining) _switches.Refuse("It is to be closed.");
        if (_draining || current.Lost.IsCompleted) return null;
        if (_switches.TryTake(out var request)) return await SwitchAsync(current, request, stopping).ConfigureAwait(false);
        if (PlanOf(current) is not { } plan || plan.At > _monitor.Now) return null;
        var reason = _monitor.Table[current.Host].State == BrokerHostState.Blocked
            ? $"{_hosts[current.Host]} takes no messages"
            : $"{_hosts[plan.Index]} is the preferred host and is left alone no longer";
        var (next, _) = await TryHostAsync(current, plan.Index, reason, stopping).ConfigureAwait(false);
        return next;
    }

    private async Task<SupervisedConnection<TSession>?> SwitchAsync(
        SupervisedConnection<TSession> current, SwitchRequest request, CancellationToken stopping)
    {
        SupervisedConnection<TSession>? next = null;
        string? error = "It was stopped.";
        try
        {
            if (request.Host != current.Host)
            {
                (next, error) = await TryHostAsync(current, request.Host, "somebody has asked for it", stopping).ConfigureAwait(false);
                if (next is null) return null;
            }

            _monitor.Update((table, _) => table with { Preferred = request.Host }, "somebody has asked for it", this);
            request.Done.TrySetResult();
            return next;
        }
        finally
        {
            // However it ended, somebody waits.
            request.Done.TrySetException(new InvalidOperationException($"{_hosts[current.Host]} stays in use. {error}"));
        }
    }

    /// <summary>Has another host used, if it can be and is no worse: the one in use stays until the other one is ready.</summary>
    private async Task<(SupervisedConnection<TSession>? Next, string? Error)> TryHostAsync(
        SupervisedConnection<TSession> current, int host, string reason, CancellationToken stopping)
    {
        try
        {
            var next = await _dialer.DialToMoveAsync(host, stopping).ConfigureAwait(false);
            ConnectionLog.Moves(_logger, _clientName, _hosts[current.Host], _hosts[host], reason);
            Use(next);
            return (next, null);
        }
        catch (BrokerException failure)
        {
            _dialer.FailedToMove(host, _hosts[current.Host], failure);
            _monitor.Update((table, now) => table.Failed(host, failure.Message, now), failure.Message, this);
            return (null, failure.Message);
        }
    }

    private (int Index, DateTimeOffset At)? PlanOf(SupervisedConnection<TSession> current) =>
        HostSelector.Move(_monitor.Table, current.Host, _options, _monitor.Now);

    /// <summary>
    /// Until the connection is lost, its broker says something, somebody wants another host, or it is time for one; not for long at once.
    /// </summary>
    private async Task WaitForChangeAsync(SupervisedConnection<TSession> current, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var state = _state.Value;
        var left = (_draining ? null : PlanOf(current)?.At) - _monitor.Now ?? CheckIn;
        _pulse.Expect(CheckIn);
        if (left > TimeSpan.Zero && state.Connection == current)
        {
            await Task.WhenAny(
                current.Lost,
                state.Next,
                _switches.WaitAsync(end.Token),
                Task.Delay(left < CheckIn ? left : CheckIn, _timeProvider, end.Token)).ConfigureAwait(false);
        }
        else if (state.Connection != current)
        {
            await current.Lost.WaitAsync(stopping).ConfigureAwait(false); // It is out of use already, so that the loss is all but told.
        }

        await end.CancelAsync().ConfigureAwait(false);
        stopping.ThrowIfCancellationRequested();
    }
}
