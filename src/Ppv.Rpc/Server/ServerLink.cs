using Ppv.Rpc.Brokers;
using Ppv.Rpc.Connection;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Server;

/// <summary>
/// A server's link to one broker, or to one cluster of them: the supervised connection and the serving over it. Safe for use by several
/// threads.
/// </summary>
internal sealed class ServerLink : ISessionOwner<ServerSession>
{
    private readonly LeadershipPolicy _policy;
    private readonly ServerRequests _requests;
    private readonly LeadershipHistory _history = new();
    private readonly Lock _lock = new();
    private readonly List<ServerSession> _retiring = [];
    private ServerSession? _current;

    public ServerLink(IBrokerDialer dialer, IReadOnlyList<BrokerHost> hosts, LeadershipPolicy policy, ServerRequests requests)
    {
        (_policy, _requests) = (policy, requests);
        Supervisor = new ConnectionSupervisor<ServerSession>(
            dialer, policy.Broker, hosts, "server", this, policy.Logger, policy.TimeProvider);
    }

    public ConnectionSupervisor<ServerSession> Supervisor { get; }

    /// <summary>The connection's state, and where there is one, what is done over it.</summary>
    public ConnectionStatus Status
    {
        get
        {
            var connection = Supervisor.Status; // Read once: what was found unready must not be reported ready a moment later.
            return connection.IsReady ? Current?.Status ?? connection with { IsReady = false } : connection;
        }
    }

    private ServerSession? Current
    {
        get { lock (_lock) return _current; }
    }

    /// <summary>Takes nothing more, finishes what was begun, and makes no new connection. The one that is there stays open.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        Supervisor.Drain();
        List<ServerSession> sessions;
        lock (_lock) sessions = [.. _retiring];
        if (Current is { } session) sessions.Add(session);
        await Task.WhenAll(sessions.Select(session => session.EndAsync(cancellationToken))).ConfigureAwait(false);
    }

    public async Task<ServerSession> PrepareAsync(IBrokerConnection connection, CancellationToken cancellationToken)
    {
        await connection.DeclareQueueAsync(_policy.Queue, cancellationToken).ConfigureAwait(false);
        // Only probes come there.
        await connection.ConsumeRepliesAsync(static _ => { }, _policy.Rpc.ReplyQueueKind, cancellationToken).ConfigureAwait(false);
        return new ServerSession(connection, _policy, _requests, _history);
    }

    /// <summary>One session at a time may lead, also where two of this process follow each other.</summary>
    public void OnReady(ServerSession session)
    {
        lock (_lock)
        {
            session.Start(_current?.Ended ?? Task.CompletedTask);
            _retiring.RemoveAll(earlier => earlier.Ended.IsCompleted);
            if (_current is { Ended.IsCompleted: false } previous) _retiring.Add(previous);
            _current = session;
        }
    }

    public void OnProven(ServerSession session, long begunAt) => session.Prove(begunAt);

    public void OnLost(ServerSession session, string reason) => session.Lose(reason);

    public Task RetireAsync(ServerSession session) => session.EndAsync(CancellationToken.None);

    /// <summary>A server is as good on any host.</summary>
    public Task<string?> WhyNotMoveAsync(ServerSession session, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
