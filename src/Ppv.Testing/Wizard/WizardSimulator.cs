using System.Net;
using System.Net.Sockets;
using Ppv.Testing.Wizard;

namespace Ppv.Testing;

/// <summary>
/// A Wizard to test against: a TCP server in this process that speaks its protocol (contract §3) and misbehaves on request.
/// </summary>
/// <remarks>
/// <para>Like Wizard it remembers event and subscriber per line, for ever: a second UP books the same pair again, which is how a test finds
/// purchases made twice. <c>UP</c> on a line without both is answered <see cref="NothingToBook"/>, a command for a line outside the
/// options' range <see cref="UnknownLine"/>, something that is no command <see cref="NotUnderstood"/>; where no line can be read, the
/// connection is closed.</para>
/// <para>Requests and purchases are kept for as long as the simulator lives: a test tool, not a server. All members are safe for use by
/// several threads.</para>
/// </remarks>
public sealed class WizardSimulator : IAsyncDisposable
{
    /// <summary>
    /// The answer to an UP on a line that remembers no event or no subscriber: <c>ER001</c>. Ours; the real Wizard's text is not known.
    /// </summary>
    public const string NothingToBook = "ER001";

    /// <summary>The answer to bytes that are no command: <c>ER002</c>. Ours; the real Wizard's text is not known.</summary>
    public const string NotUnderstood = "ER002";

    /// <summary>The answer on a line that this Wizard does not have: <c>ERLIN</c>. Ours; the real Wizard's text is not known.</summary>
    public const string UnknownLine = "ERLIN";

    private readonly WizardSimulatorOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly Lock _lock = new();
    private readonly RecordList<WizardSimulatorRequest> _requests = new();
    private readonly SimulatorSessions _sessions = new();
    private readonly Random _random;
    private SimulatorListener? _listener;
    private bool _refuseConnections;
    private int _port;
    private int _connectionCount;

    /// <summary>Makes a simulator; <see cref="StartAsync"/> starts it.</summary>
    /// <param name="options">Where to listen and how to answer; <see langword="null"/>: the defaults.</param>
    /// <param name="timeProvider">The clock of delays and records; <see langword="null"/>: the system's.</param>
    public WizardSimulator(WizardSimulatorOptions? options = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new WizardSimulatorOptions();
        _timeProvider = timeProvider ?? TimeProvider.System;
        _random = _options.Seed is { } seed ? new Random(seed) : new Random();
        _port = _options.Port;
        Memory = new SimulatedLines(_options.Lines, _timeProvider);
    }

    /// <summary>
    /// Chooses the behaviour for each request; where it says <see langword="null"/>, and where there is none, which is the default, it is
    /// the options' one. May be set at any time. <see cref="WizardScript"/> makes the usual ones.
    /// </summary>
    /// <remarks>It is called right before the command is executed, by several connections at the same time. A script that throws ends the
    /// connection, and <see cref="StopAsync"/> throws its exception again.</remarks>
    public Func<WizardSimulatorRequest, WizardBehavior?>? Script { get; set; }

    /// <summary>
    /// Called for each request right before its answer goes out, or does not, one at a time for each connection. For logs; default
    /// <see langword="null"/>.
    /// </summary>
    public Action<WizardSimulatorAnswer>? RequestHandled { get; set; }

    /// <summary>The TCP port. Before the first start it is the options' one, which may be 0; afterwards it stays the same.</summary>
    public int Port => _port;

    /// <summary>How many connections were accepted so far.</summary>
    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    /// <summary>Everything received so far, in the order in which it came.</summary>
    public IReadOnlyList<WizardSimulatorRequest> Requests => _requests.Snapshot();

    /// <summary>Everything booked so far, in the order in which it was.</summary>
    public IReadOnlyList<WizardPurchase> Purchases => Memory.Purchases.Snapshot();

    /// <summary>
    /// Whether those who connect are refused, as by a host without Wizard. Default <see langword="false"/>; may be set at any time.
    /// Connections that exist are not touched: see <see cref="CloseConnectionsAsync"/>.
    /// </summary>
    public bool RefuseConnections
    {
        get => _refuseConnections;
        set
        {
            lock (_lock)
            {
                _refuseConnections = value;
                ApplyRefusal();
            }
        }
    }

    internal SimulatedLines Memory { get; }

    /// <summary>Starts listening. After <see cref="StopAsync"/> it may be started again: same port, same memory.</summary>
    /// <exception cref="SocketException">The port is in use or can't be had.</exception>
    /// <exception cref="InvalidOperationException">It is running already.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_listener is not null) throw new InvalidOperationException("The simulator is running already.");
            _listener = new SimulatorListener(new IPEndPoint(_options.Address, _port), Serve);
            _port = _listener.EndPoint.Port;
            ApplyRefusal();
        }
        return Task.CompletedTask;
    }

    /// <summary>Stops listening and closes every connection. It may be called more than once.</summary>
    public async Task StopAsync()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
        }
        await _sessions.CloseAsync().ConfigureAwait(false);
    }

    /// <summary>Closes every connection that exists, without an answer to what is under way. New ones are accepted.</summary>
    public Task CloseConnectionsAsync() => _sessions.CloseAsync();

    /// <summary>Waits until so many purchases were booked, or until the token ends the wait.</summary>
    /// <exception cref="OperationCanceledException">The token came first.</exception>
    public Task WaitForPurchasesAsync(int count, CancellationToken cancellationToken) =>
        Memory.Purchases.WaitForCountAsync(count, cancellationToken);

    /// <summary>Waits until so many requests were received, or until the token ends the wait.</summary>
    /// <exception cref="OperationCanceledException">The token came first.</exception>
    public Task WaitForRequestsAsync(int count, CancellationToken cancellationToken) =>
        _requests.WaitForCountAsync(count, cancellationToken);

    /// <summary>Stops the simulator for good.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _sessions.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Records a request and chooses how to treat it.</summary>
    internal WizardBehavior Accept(WizardSimulatorRequest request)
    {
        _requests.Add(request);
        return Script?.Invoke(request) ?? _options.Behavior;
    }

    internal void Handled(WizardSimulatorAnswer answer) => RequestHandled?.Invoke(answer);

    internal TimeSpan DelayOf(WizardBehavior behavior)
    {
        if (behavior.Jitter <= TimeSpan.Zero) return behavior.Delay;
        lock (_random) return behavior.Delay + behavior.Jitter * _random.NextDouble();
    }

    private void ApplyRefusal()
    {
        if (_refuseConnections) _listener?.Refuse();
        else _listener?.Listen();
    }

    private void Serve(Socket socket)
    {
        lock (_lock)
        {
            if (_listener is null)
            {
                socket.Dispose();
                return;
            }
            _connectionCount++;
            _sessions.Start(cancellationToken => new SimulatorSession(socket, this, _timeProvider, cancellationToken).RunAsync());
        }
    }
}
