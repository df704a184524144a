using Ppv.Rpc.Brokers;
using Ppv.Rpc.Connection;
using Ppv.Rpc.Presence;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Server;

/// <summary>
/// A server's link to one broker, or to one cluster of them: the supervised connection and the serving over it. Safe for use by several
/// threads.
/// </summary>
internal sealed class ServerLink : ISessionOwner<ServedConnection>
{
    private readonly LeadershipPolicy _policy;
    private readonly InFlightRequests _requests;
    private readonly PresenceMember _presence;
    private readonly LeadershipHistory _history = new();
    private readonly Lock _lock = new();
    private readonly List<ServerSession> _retiring = [];
    private ServedConnection? _inUse;
    private ServerSession? _current;
    private bool _isPaused;

    public ServerLink(
        IBrokerDialer dialer, IReadOnlyList<BrokerHost> hosts, LeadershipPolicy policy, InFlightRequests requests, PresenceMember presence)
    {
        (_policy, _requests, _presence) = (policy, requests, presence);
        Supervisor = new ConnectionSupervisor<ServedConnection>(
            dialer, policy.Broker, hosts, "server", this, policy.Logger, policy.TimeProvider);
    }

    public ConnectionSupervisor<ServedConnection> Supervisor { get; }

    /// <summary>The connection's state, and where there is one, what is done over it.</summary>
    public ConnectionStatus Status
    {
        get
        {
            var connection = Supervisor.Status; // Read once: what was found unready must not be reported ready a moment later.
            if (!connection.IsReady) return connection;
            lock (_lock)
            {
                return _isPaused
                    ? connection with
                    {
                        IsReady = false,
                        Description = $"{connection.Description} It is paused, and takes nothing from queue {_policy.Rpc.Queue}.",
                    }
                    : _current?.Status ?? connection with { IsReady = false };
            }
        }
    }

    /// <summary>The connection in use; <see langword="null"/> when there is none.</summary>
    public PresenceConnection? Presence => Supervisor.Session?.Presence;

    /// <summary>Takes nothing more and finishes what was begun; connections stay, and so do those that are made meanwhile.</summary>
    public async Task PauseAsync()
    {
        Task ended;
        lock (_lock)
        {
            _isPaused = true;
            ended = Task.WhenAll(Sessions().Select(session => session.EndAsync(CancellationToken.None)));
        }

        await ended.ConfigureAwait(false);
    }

    /// <summary>Serves again, as if it had just connected.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            if (!_isPaused) return;
            _isPaused = false;
            if (_inUse is { } connection) Serve(connection);
        }
    }

    /// <summary>Takes nothing more, finishes what was begun, and makes no new connection. The one that is there stays open.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        Supervisor.Drain();
        List<ServerSession> sessions;
        lock (_lock) sessions = [.. Sessions()];
        await Task.WhenAll(sessions.Select(session => session.EndAsync(cancellationToken))).ConfigureAwait(false);
    }

    public async Task<ServedConnection> PrepareAsync(IBrokerConnection connection, CancellationToken cancellationToken)
    {
        await connection.DeclareQueueAsync(_policy.Queue, cancellationToken).ConfigureAwait(false);
        // Only probes come there, and what presence takes.
        var presence = await PresenceConnection.OpenAsync(
            connection, _policy.Rpc.ReplyQueueKind, _presence, () => State, static _ => { }, cancellationToken).ConfigureAwait(false);
        return new ServedConnection(presence, () => new ServerSession(connection, _policy, _requests, _history));
    }

    public void OnReady(ServedConnection session)
    {
        lock (_lock)
        {
            _inUse = session;
            if (!_isPaused) Serve(session);
        }

        session.Presence.Join();
    }

    public void OnProven(ServedConnection session, long begunAt) => session.Session?.Prove(begunAt);

    public void OnLost(ServedConnection session, string reason) => session.Lose(reason);

    public Task RetireAsync(ServedConnection session) => session.Session?.EndAsync(CancellationToken.None) ?? Task.CompletedTask;

    /// <summary>A server is as good on any host.</summary>
    public Task<string?> WhyNotMoveAsync(ServedConnection session, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>Where it stands, as others are told.</summary>
    private PresenceState State
    {
        get
        {
            lock (_lock)
                return new PresenceState(_isPaused ? PresencePlace.Paused : _current?.Place ?? PresencePlace.Starting, Status);
        }
    }

    /// <summary>One session at a time may lead, also where two of this process follow each other.</summary>
    private void Serve(ServedConnection connection)
    {
        if (connection.Begin() is not { } session) return;
        session.Start(_current?.Ended ?? Task.CompletedTask);
        _retiring.RemoveAll(earlier => earlier.Ended.IsCompleted);
        if (_current is { Ended.IsCompleted: false } previous) _retiring.Add(previous);
        _current = session;
    }

    private IEnumerable<ServerSession> Sessions() => _current is null ? _retiring : _retiring.Append(_current);
}
