using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Clocks;
using Ppv.Testing.Broker;

namespace Ppv.Testing;

/// <summary>
/// A broker in the memory of the process, with what calls over a queue need: queues with a message TTL, expiration, unroutable messages
/// returned, prefetch, acknowledgements, redelivery of what was not acknowledged, consumers that work alone, records that leaders leave.
/// For tests, demos and development. Safe for use by several threads.
/// </summary>
/// <remarks>
/// It can play faults: <see cref="IsRunning"/>, <see cref="CloseConnections"/> and <see cref="FreezeConnections"/>; with
/// <see cref="AddBroker"/> there is a second one for failover. It keeps messages in memory until they are taken or
/// expire.
/// </remarks>
public sealed class InMemoryBroker
{
    private static readonly TimeSpan LongestFreeze = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, InMemoryQueue> _queues = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _records = new(StringComparer.Ordinal);
    private readonly HashSet<string> _served = new(StringComparer.Ordinal);
    private readonly HashSet<InMemoryConnection> _connections = [];
    private readonly Dictionary<string, InMemoryBroker> _others = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeProvider _timeProvider;
    private readonly SteadyClock _clock; // As RabbitMQ, which takes no notice of a machine's clock that is set.
    private bool _isRunning = true;
    private int _replyQueues;

    /// <summary>Makes a broker without queues.</summary>
    /// <param name="timeProvider">The clock that messages expire by; the system's by default.</param>
    public InMemoryBroker(TimeProvider? timeProvider = null)
    {
        _timeProvider = timeProvider ?? TimeProvider.System;
        _clock = new SteadyClock(_timeProvider);
    }

    /// <summary>
    /// Whether it can be connected to; at first it can. Setting it to <see langword="false"/> closes all connections, drops the records of
    /// leaders, and drops all queues but the durable ones. Of those, <see cref="QueueKind.Quorum"/> keeps all messages and
    /// <see cref="QueueKind.DurableClassic"/> the persistent ones, as RabbitMQ does: orders.
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
                _records.Clear();
                foreach (var queue in _queues.Values.Where(queue => !queue.OutlivesRestart()).ToList())
                    _queues.Remove(queue.Declaration.Name);
            }
        }
    }

    /// <summary>The heartbeat that it wants of everybody; zero for none. To be set before there are connections.</summary>
    internal TimeSpan Heartbeat { get; set; }

    /// <summary>How many connections there are.</summary>
    public int Connections
    {
        get { lock (_lock) return _connections.Count; }
    }

    /// <summary>
    /// How many messages of a queue wait to be taken, without those that were taken and not acknowledged; 0 when there is no such queue.
    /// </summary>
    public int MessagesReady(string queue)
    {
        lock (_lock) return _queues.TryGetValue(queue, out var found) ? found.Ready(_clock.Now) : 0;
    }

    /// <summary>
    /// Closes every connection, as an administrator or a lost network would. What was not acknowledged is delivered again.
    /// </summary>
    /// <param name="reason">What their owners are told.</param>
    public void CloseConnections(string reason)
    {
        List<InMemoryConnection> connections;
        lock (_lock) connections = [.. _connections];
        foreach (var connection in connections) Disconnect(connection, reason);
    }

    /// <summary>
    /// Lets nothing pass any more over the connections that there are, in either direction, and tells nobody: as when a firewall has
    /// forgotten them. What is sent is lost. Their owners notice after a while and connect again, which works; what they had not
    /// acknowledged is delivered again then.
    /// </summary>
    /// <param name="noticedAfter">When they notice, by the broker's clock: up to 10 min. Default 4 s, that of <c>ProbeTimeout</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is 0 or less, or too long.</exception>
    public void FreezeConnections(TimeSpan? noticedAfter = null)
    {
        var time = noticedAfter ?? new BrokerOptions().ProbeTimeout;
        if (time <= TimeSpan.Zero || time > LongestFreeze)
            throw new ArgumentOutOfRangeException(nameof(noticedAfter), time, "It must be more than 0 and at most 10 minutes.");
        lock (_lock)
        {
            foreach (var connection in _connections) connection.Freeze(time, _timeProvider);
        }
    }

    /// <summary>
    /// Adds a second broker, which knows nothing of this one: whoever connects to a host of this name gets that one. Name it in
    /// <c>Broker.Hosts</c> too, and set <c>Broker.Topology</c> to <see cref="BrokerTopology.Independent"/>. To be called before there are
    /// connections.
    /// </summary>
    /// <param name="host">The host's name.</param>
    /// <returns>The broker, which has the same clock. A name that was added before gives the same broker again.</returns>
    /// <exception cref="ArgumentException">There is no name.</exception>
    public InMemoryBroker AddBroker(string host)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(host);
        lock (_lock)
        {
            if (!_others.TryGetValue(host, out var other)) _others[host] = other = new InMemoryBroker(_timeProvider);
            return other;
        }
    }

    /// <summary>The broker that a host of this name is.</summary>
    internal InMemoryBroker Of(string host)
    {
        lock (_lock) return _others.GetValueOrDefault(host, this);
    }

    internal InMemoryConnection Connect(BrokerHost host)
    {
        lock (_lock)
        {
            if (!_isRunning) throw new BrokerException("The broker in memory is not running.", needsAttention: false);
            var connection = new InMemoryConnection(this, host);
            _connections.Add(connection);
            return connection;
        }
    }

    internal void Disconnect(InMemoryConnection connection, string reason)
    {
        lock (_lock)
        {
            if (!_connections.Remove(connection)) return;
            connection.Close(reason);
            foreach (var queue in _queues.Values.ToList())
            {
                if (queue.Owner == connection) _queues.Remove(queue.Declaration.Name);
                else
                {
                    queue.Release(connection);
                    queue.Dispatch(_clock.Now);
                }
            }
        }
    }

    internal void Declare(QueueDeclaration declaration)
    {
        lock (_lock)
        {
            if (_queues.TryGetValue(declaration.Name, out var queue))
            {
                if (declaration.MustMatch && declaration.Kind != QueueKind.Passive && !queue.HasArgumentsOf(declaration))
                {
                    throw new BrokerException(
                        $"Queue '{declaration.Name}' was declared with other arguments: {queue.Declaration.Kind}, a message TTL of "
                        + $"{queue.Declaration.MessageTtl.TotalMilliseconds:0} ms. Set Ppv:Rpc:MessageTtl, Ppv:Rpc:QueueKind and "
                        + "Ppv:Rpc:SingleActiveConsumer to what is there.", needsAttention: true);
                }

                return;
            }

            if (declaration.Kind == QueueKind.Passive)
                throw new BrokerException(
                    $"Queue '{declaration.Name}' is not there. Create it, or choose another Ppv:Rpc:QueueKind than Passive.",
                    needsAttention: true);
            _queues.Add(declaration.Name, new InMemoryQueue(declaration, owner: null));
        }
    }

    internal string ConsumeReplies(InMemoryConnection connection, Action<BrokerMessage> onMessage)
    {
        lock (_lock)
        {
            var name = $"amq.gen-{++_replyQueues}";
            var queue = new InMemoryQueue(new QueueDeclaration(name, QueueKind.LegacyTransient, TimeSpan.MaxValue), owner: connection);
            _queues.Add(name, queue);
            queue.TryConsume(ConsumerKind.Shared, new InMemoryConsumer(connection, int.MaxValue, delivery =>
            {
                if (connection.IsFrozen) return;
                onMessage(delivery.Message);
                Acknowledge(delivery);
            }));
            return name;
        }
    }

    /// <param name="connection">Whose consumer it is.</param>
    /// <param name="request">What it asks for.</param>
    /// <param name="isFirst">Whether nobody has consumed a queue of this name before.</param>
    internal bool TryConsume(InMemoryConnection connection, ConsumeRequest request, out bool isFirst)
    {
        isFirst = false;
        lock (_lock)
        {
            var queue = Find(request.Queue);
            if (request.Kind == ConsumerKind.Exclusive && !queue.HonoursExclusive)
                throw new NotAloneException(request.Queue, "the broker in memory");
            var consumer = new InMemoryConsumer(connection, request.Prefetch, delivery =>
            {
                if (!connection.IsFrozen) request.OnDelivery(delivery);
            });
            if (!queue.TryConsume(request.Kind, consumer)) return false;
            isFirst = _served.Add(request.Queue);
            queue.Dispatch(_clock.Now);
            return true;
        }
    }

    /// <summary>
    /// Gives a quorum queue with a single active consumer to the next one, without a word to the one that had it: what RabbitMQ does when
    /// the link to that one's node breaks for an instant. What it had not settled goes to the next one, too.
    /// </summary>
    internal void MoveOn(string queue)
    {
        lock (_lock)
        {
            Find(queue).MoveOn();
            Find(queue).Dispatch(_clock.Now);
        }
    }

    internal QueueCounts Count(string queue)
    {
        lock (_lock) return new QueueCounts(Find(queue).Ready(_clock.Now), Find(queue).Consumers);
    }

    internal bool IsShared(string queue)
    {
        lock (_lock) return Find(queue).IsShared;
    }

    internal void CancelConsume(InMemoryConnection connection)
    {
        lock (_lock)
        {
            foreach (var queue in _queues.Values.Where(queue => queue.Owner != connection))
            {
                queue.Cancel(connection);
                queue.Dispatch(_clock.Now);
            }
        }
    }

    internal void Publish(string name, BrokerMessage message)
    {
        lock (_lock)
        {
            if (!_queues.TryGetValue(name, out var queue))
                throw new NotConfirmedException($"No queue '{name}' took the message (312 NO_ROUTE)", isReturned: true);
            var now = _clock.Now;
            queue.Add(message, now);
            queue.Dispatch(now);
        }
    }

    internal void Subscribe(string queue, string topic)
    {
        lock (_lock) Find(queue).Topics.Add(topic);
    }

    /// <returns>Whether any queue took it.</returns>
    internal bool PublishToTopic(string topic, BrokerMessage message)
    {
        lock (_lock)
        {
            List<InMemoryQueue> subscribed = [.. _queues.Values.Where(queue => queue.Topics.Contains(topic))];
            foreach (var queue in subscribed) Publish(queue.Declaration.Name, message);
            return subscribed.Count > 0;
        }
    }

    internal void Acknowledge(BrokerDelivery delivery)
    {
        lock (_lock)
        {
            foreach (var queue in _queues.Values)
            {
                if (!queue.Settle(delivery.Tag)) continue;
                queue.Dispatch(_clock.Now);
                return;
            }
        }
    }

    internal void Return(BrokerDelivery delivery)
    {
        lock (_lock)
        {
            foreach (var queue in _queues.Values)
            {
                if (!queue.Return(delivery.Tag)) continue;
                queue.Dispatch(_clock.Now);
                return;
            }
        }
    }

    internal byte[]? TakeLeaderRecord(string queue)
    {
        lock (_lock) return _records.Remove(queue, out var record) ? record : null;
    }

    internal void LeaveLeaderRecord(string queue, byte[] record)
    {
        lock (_lock) _records[queue] = record;
    }

    private InMemoryQueue Find(string queue) =>
        _queues.TryGetValue(queue, out var found)
            ? found
            : throw new BrokerException($"Queue '{queue}' is not there. Declare it first.", needsAttention: true);
}
