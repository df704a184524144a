using Ppv.Rpc.Brokers;
using Ppv.Rpc.Connection;

namespace Ppv.Rpc.Serving;

/// <summary>A server's link to one broker, or to one cluster of them: the supervised connection and the serving over it. Safe for use by several threads.</summary>
internal sealed class ServingLink
{
    private readonly ServingDuty _duty;
    private readonly PlaceHistory _history = new();
    private readonly Lock _lock = new();
    private readonly List<ServingSession> _retiring = [];
    private ServingSession? _current;

    public ServingLink(IBrokerDialer dialer, IReadOnlyList<BrokerHost> hosts, ServingDuty duty)
    {
        _duty = duty;
        var life = new SessionLife<ServingSession>
        {
            PrepareAsync = PrepareAsync,
            Ready = Begin,
            Proven = static (session, timestamp) => session.Prove(timestamp),
            RetireAsync = static session => session.EndAsync(CancellationToken.None),
            Lost = static (session, reason) => session.Lose(reason),
        };
        Supervisor = new ConnectionSupervisor<ServingSession>(dialer, duty.Broker, hosts, "server", life, duty.Logger, duty.TimeProvider);
    }

    public ConnectionSupervisor<ServingSession> Supervisor { get; }

    /// <summary>The connection's state, and where there is one, what is done over it.</summary>
    public ConnectionStatus Status
    {
        get
        {
            var connection = Supervisor.Status; // Read once: what was found unready must not be reported ready a moment later.
            return connection.IsReady ? Current?.Status ?? connection with { IsReady = false } : connection;
        }
    }

    private ServingSession? Current
    {
        get { lock (_lock) return _current; }
    }

    /// <summary>Takes nothing more, finishes what was begun, and makes no new connection. The one that is there stays open.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        Supervisor.Drain();
        List<ServingSession> sessions;
        lock (_lock) sessions = [.. _retiring];
        if (Current is { } session) sessions.Add(session);
        await Task.WhenAll(sessions.Select(session => session.EndAsync(cancellationToken))).ConfigureAwait(false);
    }

    private async Task<ServingSession> PrepareAsync(IBrokerConnection connection, CancellationToken cancellationToken)
    {
        await connection.DeclareQueueAsync(_duty.Queue, cancellationToken).ConfigureAwait(false);
        await connection.ConsumeRepliesAsync(static _ => { }, _duty.Rpc.ReplyAddress, cancellationToken).ConfigureAwait(false); // Only probes come there.
        return new ServingSession(connection, _duty, _history);
    }

    /// <summary>One session at a time may have the place, also where two of this process follow each other.</summary>
    private void Begin(ServingSession session)
    {
        lock (_lock)
        {
            session.Start(_current?.Ended ?? Task.CompletedTask);
            _retiring.RemoveAll(earlier => earlier.Ended.IsCompleted);
            if (_current is { Ended.IsCompleted: false } previous) _retiring.Add(previous);
            _current = session;
        }
    }
}
