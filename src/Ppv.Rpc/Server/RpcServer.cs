using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Diagnostics;
using Ppv.Rpc.Presence;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc;

/// <summary>
/// Takes requests from the queue, hands them to a handler, and sends the answers back, over connections that it keeps by itself.
/// </summary>
/// <remarks>
/// Up to <see cref="RpcOptions.Prefetch"/> requests are worked on at once, each on its own; none waits for another. A request is
/// acknowledged after its answer was published. One that was not settled when the connection broke is delivered again, with
/// a <see cref="RpcRequestContext.History"/> that says so.
/// <para>With <see cref="RpcOptions.SingleActiveConsumer"/> it works on the queue alone: while another server leads the queue it stands by,
/// and when it takes over it waits <see cref="RpcOptions.TakeoverGrace"/> before its first request. With
/// <see cref="BrokerTopology.Independent"/> it serves all hosts at once; it is ready when one of them is.</para>
/// Safe for use by several threads.
/// </remarks>
public sealed class RpcServer : IBrokerSwitch, IAsyncDisposable
{
    private readonly LeadershipPolicy _policy;
    private readonly InFlightRequests _requests;
    private readonly ServerLink[] _links;
    private readonly PresenceMember _presence;
    private readonly Lock _stopping = new();
    private Task _pause = Task.CompletedTask;
    private Task? _stop;

    /// <summary>Makes a server; it takes nothing before it is started.</summary>
    /// <param name="broker">The hosts. Not to be changed afterwards.</param>
    /// <param name="rpc">The queue and the time-outs. Not to be changed afterwards.</param>
    /// <param name="handler">Answers the requests.</param>
    /// <param name="loggerFactory">For the log; none by default.</param>
    /// <param name="timeProvider">The clock; the system's by default.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public RpcServer(
        BrokerOptions broker, RpcOptions rpc, RpcHandler handler, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
        : this(null, broker, rpc, handler, loggerFactory, timeProvider)
    {
    }

    internal RpcServer(
        IBrokerDialer? dialer, BrokerOptions broker, RpcOptions rpc, RpcHandler handler, ILoggerFactory? loggerFactory,
        TimeProvider? timeProvider,
        IHandover? handover = null,
        PresenceSource? presence = null)
    {
        RpcRules.ThrowIfInvalid(broker, rpc);
        ArgumentNullException.ThrowIfNull(handler);
        timeProvider ??= TimeProvider.System;
        var logger = PlainLogger.To(loggerFactory?.CreateLogger<RpcServer>());
        _policy = new LeadershipPolicy { Broker = broker, Rpc = rpc, Handover = handover, Logger = logger, TimeProvider = timeProvider };
        _requests = new InFlightRequests(new DeliveryWorker(rpc, handler, logger, timeProvider), timeProvider);
        _presence = new PresenceMember(presence ?? new PresenceSource(Role), [rpc.Queue], logger, timeProvider);
        dialer ??= new RabbitMqDialer(broker, timeProvider, logger);
        var hosts = broker.ParseHosts();
        _links = broker.Topology == BrokerTopology.Independent
            ? [.. hosts.Select(host => new ServerLink(dialer, [host], _policy, _requests, _presence))]
            : [new ServerLink(dialer, hosts, _policy, _requests, _presence)];
        // One for all links, so that their changes too come one after the other.
        var hostEvents = new EventDispatcher(nameof(HostChanged), logger);
        foreach (var link in _links) link.Supervisor.HostChanged += (_, change) => hostEvents.Raise(HostChanged, this, change);
        Completion = CompleteAsync([.. _links.Select(link => link.Supervisor.Completion)]);
    }

    /// <summary>Whether requests are taken, or will be as soon as the server that has the queue leaves it; and if not, why.</summary>
    public ConnectionStatus Status
    {
        get
        {
            var states = _links.Select(link => link.Status).ToList();
            return new ConnectionStatus(states.Any(state => state.IsReady), string.Join(" ", states.Select(state => state.Description)));
        }
    }

    /// <summary>
    /// Ends when the server was stopped; faults with <see cref="BrokerGaveUpException"/> when it gave up connecting, to all hosts where
    /// they are independent.
    /// </summary>
    public Task Completion { get; }

    /// <summary>See <see cref="Connection.ConnectionSupervisor{TSession}.IsHanging"/>.</summary>
    internal bool IsHanging => _links.Any(link => link.Supervisor.IsHanging);

    /// <summary>See <see cref="Connection.ConnectionSupervisor{TSession}.Connection"/>: those that there are.</summary>
    internal IEnumerable<IBrokerConnection> Connections => _links.Select(link => link.Supervisor.Connection).OfType<IBrokerConnection>();

    /// <summary>See <see cref="ClockWarning.Trouble"/>.</summary>
    internal string? ClockTrouble => _requests.Worker.ClockTrouble;

    /// <inheritdoc/>
    public string Role => "server";

    /// <inheritdoc/>
    public IReadOnlyList<BrokerHostStatus> Hosts => [.. _links.SelectMany(link => link.Supervisor.Hosts)];

    /// <inheritdoc/>
    public event EventHandler<BrokerHostChangedEventArgs>? HostChanged;

    /// <summary>How many requests are being worked on now.</summary>
    public int RunningRequests => _requests.Running.Count;

    /// <summary>Connects and begins to take requests, in the background. Calling it again does nothing.</summary>
    public void Start()
    {
        foreach (var link in _links) link.Supervisor.Start();
    }

    /// <summary>Whether it takes no requests because of <see cref="PauseAsync"/>.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>
    /// Takes no more requests, and completes when those begun are finished and answered. What only waits for its turn
    /// (<see cref="RpcRequestContext.Stopping"/>), or has not finished after <see cref="RpcOptions.DrainTimeout"/>, is cancelled and goes
    /// back to the queue. A server that works alone hands its leadership over: another one can take over at once. The connections stay;
    /// <see cref="Status"/> is not ready. Ended by <see cref="Resume"/>; calling it again waits for the same end.
    /// </summary>
    public Task PauseAsync()
    {
        lock (_stopping)
        {
            if (!IsPaused) _pause = Task.WhenAll(_links.Select(link => link.PauseAsync()));
            IsPaused = true;
            return _pause;
        }
    }

    /// <summary>
    /// Takes requests again after <see cref="PauseAsync"/>, as after a start; what is still being finished is waited for. Nothing for one
    /// that was stopped.
    /// </summary>
    public void Resume()
    {
        lock (_stopping)
        {
            if (!IsPaused || _stop is not null) return;
            IsPaused = false;
            foreach (var link in _links) link.Resume();
        }
    }

    /// <summary>See <see cref="PresenceMember.Instance"/>.</summary>
    internal Guid Instance => _presence.Instance;

    /// <summary>
    /// Who is there: see <see cref="PresenceMember.AskAsync"/>. It asks over the connections in use, and waits for none.
    /// </summary>
    /// <exception cref="BrokerException">Nobody could be asked.</exception>
    internal Task<IReadOnlyList<PresenceReport>> AskPresenceAsync(
        TimeSpan patience, CancellationToken cancellationToken, IReadOnlyCollection<Guid>? expected = null)
    {
        List<PresenceConnection> connections = [.. _links.Select(link => link.Presence).OfType<PresenceConnection>()];
        return connections.Count > 0
            ? _presence.AskAsync(connections, patience, expected, cancellationToken)
            : Task.FromException<IReadOnlyList<PresenceReport>>(
                new BrokerException($"There is no connection to the broker. {Status.Description}", needsAttention: false));
    }

    /// <inheritdoc/>
    public Task SwitchToAsync(BrokerHost host, CancellationToken cancellationToken = default) => _links is [var only]
        ? only.Supervisor.SwitchToAsync(host, cancellationToken)
        : Task.FromException(new InvalidOperationException(
        "Ppv:Broker:Topology is Independent: this server uses all of its hosts at once, so there is nothing to switch."));

    /// <summary>
    /// Takes no more requests, lets those begun finish and answers them, then closes the connection. What only waits for its turn
    /// (<see cref="RpcRequestContext.Stopping"/>), or has not finished after <see cref="RpcOptions.DrainTimeout"/>, is cancelled and goes
    /// back to the queue. A server that works alone hands its leadership over: the next one begins when this one has finished.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting for running requests early; it does not fail the call.</param>
    public Task StopAsync(CancellationToken cancellationToken = default)
    {
        lock (_stopping) return _stop ??= StopOnceAsync(cancellationToken);
    }

    /// <summary>As <see cref="StopAsync"/>.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        var since = _policy.TimeProvider.GetTimestamp();
        await Task.WhenAll(_links.Select(link => link.EndAsync(cancellationToken))).ConfigureAwait(false);

        // What was begun over connections that were lost since has nobody to answer, but a result to record.
        await _requests.StopBegins.CancelAsync().ConfigureAwait(false);
        var left = _policy.Rpc.DrainTimeout - _policy.TimeProvider.GetElapsedTime(since);
        if (!await _requests.Running.WaitAsync(left, _policy.TimeProvider, cancellationToken).ConfigureAwait(false))
            ServerLog.DrainIncomplete(_policy.Logger, RunningRequests);
        await _requests.StopIsOver.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_links.Select(link => link.Supervisor.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    /// <summary>Ends when all have ended; well, if one has.</summary>
    private static Task CompleteAsync(Task[] links)
    {
        if (links is [var only]) return only;
        var all = Task.WhenAll(links).ContinueWith(
            all => links.Any(link => link.IsCompletedSuccessfully)
                ? Task.CompletedTask
                : links[0], CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Unwrap();
        all.ContinueWith(static ended => ended.Exception, TaskScheduler.Default); // Observed: not every owner looks.
        return all;
    }
}
