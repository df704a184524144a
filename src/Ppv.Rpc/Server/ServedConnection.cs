using Ppv.Rpc.Presence;

namespace Ppv.Rpc.Server;

/// <summary>
/// A connection of a server, and the session that serves over it: none before the first one was begun, and after a pause another one. Safe
/// for use by several threads.
/// </summary>
/// <param name="presence">The part of the connection in presence.</param>
/// <param name="make">Makes a session over the connection.</param>
internal sealed class ServedConnection(PresenceConnection presence, Func<ServerSession> make)
{
    private readonly Lock _lock = new();
    private ServerSession? _session;
    private string? _lostReason;

    public PresenceConnection Presence => presence;

    /// <summary>The session that was begun last.</summary>
    public ServerSession? Session
    {
        get { lock (_lock) return _session; }
    }

    /// <summary>Makes the session that serves from now on; to be started by the caller.</summary>
    /// <returns><see langword="null"/> when the connection is gone: the next one brings the next session.</returns>
    public ServerSession? Begin()
    {
        lock (_lock) return _lostReason is null ? _session = make() : null;
    }

    /// <summary>The connection is gone.</summary>
    public void Lose(string reason)
    {
        ServerSession? session;
        lock (_lock) (_lostReason, session) = (reason, _session);
        session?.Lose(reason);
    }
}
