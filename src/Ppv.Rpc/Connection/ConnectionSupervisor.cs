using System.Collections.Concurrent;
using System.Reflection;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Errors;
using Ppv.Rpc.Hosts;

namespace Ppv.Rpc.Connection;

/// <summary>
/// Keeps one connection in use: dial a host, prepare it (declare, consume), open the gate, wait until it is lost or another host is to be used, dial again. The one
/// place that decides when to connect and where.
/// </summary>
/// <typeparam name="TSession">What the owner makes of a prepared connection.</typeparam>
internal sealed partial class ConnectionSupervisor<TSession> : IAsyncDisposable
    where TSession : class
{
    private readonly BrokerOptions _options;
    private readonly BrokerHost[] _hosts;
    private readonly HostBoard _board;
    private readonly HostDialer<TSession> _dialer;
    private readonly string _clientName;
    private readonly SessionLife<TSession> _life;
    private readonly ILogger _logger;
    private readonly TimeProvider _timeProvider;
    private readonly ResiliencePipeline _reconnect;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _starting = new();
    private readonly Channel<SwitchRequest> _switches = Channel.CreateUnbounded<SwitchRequest>();
    private readonly ConcurrentDictionary<Task, byte> _closing = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _turning = new();
    private volatile Gate<TSession> _gate = Gate<TSession>.Shut("It has not been started.");
    private volatile bool _draining;
    private Task? _running;
    private int _attempt;

    public ConnectionSupervisor(
        IBrokerDialer dialer,
        BrokerOptions options,
        IReadOnlyList<BrokerHost> hosts,
        string role,
        SessionLife<TSession> life,
        ILogger logger,
        TimeProvider timeProvider)
    {
        (_options, _life, _logger, _timeProvider) = (options, life, logger, timeProvider);
        _hosts = [.. hosts];
        _board = new HostBoard(_hosts, logger, timeProvider);
        _clientName = $"{options.ClientName ?? Assembly.GetEntryAssembly()?.GetName().Name ?? "ppv"} {role}";
        _dialer = new HostDialer<TSession>(dialer, _hosts, _clientName, life, logger);
        _reconnect = new ResiliencePipelineBuilder { TimeProvider = timeProvider }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<BrokerException>(),
                MaxRetryAttempts = options.MaxRetries ?? int.MaxValue,
                DelayGenerator = _ => ValueTask.FromResult<TimeSpan?>(NextHost().Pause),
            })
            .Build();
    }

    /// <summary>Whether a session is there, and if not, why.</summary>
    public ConnectionStatus Status => _gate.Status;

    /// <summary>Ends when stopped; faults with <see cref="BrokerGaveUpException"/> when the retries are used up.</summary>
    public Task Completion => _completion.Task;

    /// <summary>What <see cref="IBrokerSwitch.Hosts"/> says.</summary>
    public IReadOnlyList<BrokerHostStatus> Hosts => _board.Table.Hosts;

    /// <summary>What <see cref="IBrokerSwitch.HostChanged"/> says; the sender is this supervisor.</summary>
    public event EventHandler<BrokerHostChangedEventArgs>? HostChanged
    {
        add => _board.Changed += value;
        remove => _board.Changed -= value;
    }

    /// <summary>Whether another session is in use in the place of this one, or a better host than its own is being tried now, or is about to be.</summary>
    public bool IsLeaving(TSession session) =>
        _gate.Link is { } link && (link.Session != session || (PlanOf(link) is { } plan && plan.At <= _timeProvider.GetUtcNow()));

    public void Start()
    {
        lock (_starting) _running ??= Task.Run(RunAsync);
    }

    /// <summary>The session, as soon as there is one.</summary>
    /// <param name="wait">How long to wait for it; not at all when negative, as when a deadline has just passed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="except">A session that is of no use.</param>
    /// <returns>
    /// <see langword="null"/> when there was none within <paramref name="wait"/>, or at once when a person must act first; <see cref="Status"/> says why.
    /// </returns>
    public ValueTask<TSession?> WaitAsync(TimeSpan wait, CancellationToken cancellationToken, TSession? except = null) =>
        _gate.Session is { } session && session != except ? ValueTask.FromResult<TSession?>(session) : new(WaitForGateAsync(wait, except, cancellationToken));

    /// <summary>Keeps the present connection until it is lost or disposed of, and makes no new one.</summary>
    public void Drain()
    {
        _draining = true;
        if (_gate.Session is null) _stopping.Cancel();
    }

    /// <summary>What <see cref="IBrokerSwitch.SwitchToAsync"/> says.</summary>
    public async Task SwitchToAsync(BrokerHost host, CancellationToken cancellationToken)
    {
        if (_board.IndexOf(host) is var index && index < 0)
            throw new ArgumentException($"{host} is none of the hosts of Ppv:Broker:Hosts: {string.Join(", ", _hosts)}.", nameof(host));
        var request = new SwitchRequest(index, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (_gate.Session is null || _draining || !_switches.Writer.TryWrite(request))
            throw new InvalidOperationException($"There is no connection to switch from; every host is tried as it is. {Status.Description}");
        if (_gate.Session is null) RefuseSwitches(Status.Description); // It went between the question and the request.
        await request.Done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Start(); // A supervisor that never ran still ends its Completion.
        await _running!.ConfigureAwait(false);
        await Task.WhenAll(_closing.Keys).ConfigureAwait(false);
    }

    private async Task<TSession?> WaitForGateAsync(TimeSpan wait, TSession? except, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            for (var gate = _gate; ; gate = await gate.Changed.WaitAsync(either.Token).ConfigureAwait(false))
            {
                if (gate.Session is { } session && session != except) return session;
                if (gate.NeedsAttention || Completion.IsCompleted) return null;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private (int Index, TimeSpan Pause) NextHost() => HostSelector.Next(_board.Table, _options, _timeProvider.GetUtcNow());

    /// <param name="next">What is the case from now on.</param>
    /// <param name="from">If given, only where this link is in use.</param>
    /// <returns>Whether that was so.</returns>
    private bool Turn(Gate<TSession> next, Link<TSession>? from = null)
    {
        lock (_turning)
        {
            var previous = _gate;
            if (from is not null && previous.Link != from) return false;
            _gate = next;
            previous.TurnInto(next);
            return true;
        }
    }

    private void RefuseSwitches(string reason)
    {
        while (_switches.Reader.TryRead(out var request)) request.Done.TrySetException(new InvalidOperationException($"The connection was lost meanwhile; every host is tried as it is. {reason}"));
    }
}
