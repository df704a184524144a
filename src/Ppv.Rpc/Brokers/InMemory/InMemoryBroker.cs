using Ppv.Rpc.Brokers.InMemory;

namespace Ppv.Rpc;

/// <summary>
/// A broker in the memory of the process, with what calls over a queue need: queues with a message TTL, expiration, unroutable messages returned,
/// prefetch, acknowledgements, redelivery of what was not acknowledged, consumers that work alone, notes between servers. For tests, demos and development. Safe for use by several threads.
/// </summary>
/// <remarks>It can play faults: <see cref="IsRunning"/> and <see cref="CloseConnections"/>. It keeps messages in memory until they are taken or expire.</remarks>
public sealed partial class InMemoryBroker
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, InMemoryQueue> _queues = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _notes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _served = new(StringComparer.Ordinal);
    private readonly HashSet<InMemoryConnection> _connections = [];
    private readonly TimeProvider _timeProvider;
    private bool _isRunning = true;
    private int _replyQueues;

    /// <summary>Makes a broker without queues.</summary>
    /// <param name="timeProvider">The clock that messages expire by; the system's by default.</param>
    public InMemoryBroker(TimeProvider? timeProvider = null) => _timeProvider = timeProvider ?? TimeProvider.System;

    /// <summary>
    /// Whether it can be connected to; at first it can. Setting it to <see langword="false"/> closes all connections, drops the notes, and drops all queues
    /// but the durable ones. Of those, <see cref="QueueKind.Quorum"/> keeps all messages and <see cref="QueueKind.DurableClassic"/> the persistent ones, as RabbitMQ does: orders.
    /// </summary>
    public bool IsRunning
    {
        get { lock (_lock) return _isRunning; }
        set
        {
            lock (_lock)
            {
                _isRunning = value;
                if (value) return;
            }

            CloseConnections("320 CONNECTION_FORCED - the broker was stopped");
            lock (_lock)
            {
                _notes.Clear();
                foreach (var queue in _queues.Values.Where(queue => !queue.OutlivesRestart()).ToList()) _queues.Remove(queue.Declaration.Name);
            }
        }
    }

    /// <summary>How many connections there are.</summary>
    public int Connections
    {
        get { lock (_lock) return _connections.Count; }
    }

    /// <summary>How many messages of a queue wait to be taken, without those that were taken and not acknowledged; 0 when there is no such queue.</summary>
    public int MessagesReady(string queue)
    {
        lock (_lock) return _queues.TryGetValue(queue, out var found) ? found.Ready(_timeProvider.GetUtcNow()) : 0;
    }

    /// <summary>Closes every connection, as an administrator or a lost network would. What was not acknowledged is delivered again.</summary>
    /// <param name="reason">What their owners are told.</param>
    public void CloseConnections(string reason)
    {
        List<InMemoryConnection> connections;
        lock (_lock) connections = [.. _connections];
        foreach (var connection in connections) Disconnect(connection, reason);
    }
}
