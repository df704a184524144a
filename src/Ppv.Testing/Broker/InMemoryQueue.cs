using System.Threading.Channels;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Testing.Broker;

/// <summary>
/// A queue: messages that wait, messages that are out, consumers in turn. Not safe for several threads: the broker's lock guards it.
/// </summary>
internal sealed class InMemoryQueue(QueueDeclaration declaration, InMemoryConnection? owner)
{
    private static ulong _lastTag;

    private readonly LinkedList<Entry> _ready = [];
    private readonly Dictionary<ulong, Taken> _taken = [];
    private readonly List<InMemoryConsumer> _consumers = [];
    private int _turn;
    private bool _hasOneAlone;

    public QueueDeclaration Declaration => declaration;

    /// <summary>The connection with which the queue goes; none for a shared queue.</summary>
    public InMemoryConnection? Owner => owner;

    /// <summary>The topics whose messages it gets, beside those that are sent to itself.</summary>
    public HashSet<string> Topics { get; } = new(StringComparer.Ordinal);

    public int Ready(DateTimeOffset now)
    {
        DropExpired(now);
        return _ready.Count;
    }

    /// <summary>The shorter of the queue's TTL and the message's own counts, as on RabbitMQ (https://www.rabbitmq.com/docs/ttl).</summary>
    public void Add(BrokerMessage message, DateTimeOffset now)
    {
        var life = message.Expiration is { } expiration && expiration < declaration.MessageTtl ? expiration : declaration.MessageTtl;
        _ready.AddLast(new Entry(message, life > DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + life, Redelivered: false));
    }

    public int Consumers => _consumers.Count;

    /// <summary>Whether somebody consumes it, and is not alone.</summary>
    public bool IsShared => _consumers.Count > 0 && !_hasOneAlone;

    /// <summary>Whether a consumer that is to be alone keeps others out.</summary>
    public bool HonoursExclusive => !IsQuorum;

    private bool IsQuorum => declaration.Kind == QueueKind.Quorum;

    /// <summary>Whether one that is declared again would be this one.</summary>
    public bool HasArgumentsOf(QueueDeclaration other) =>
        (other.Kind, other.MessageTtl) == (declaration.Kind, declaration.MessageTtl)
            && (!IsQuorum || other.SingleActiveConsumer == declaration.SingleActiveConsumer);

    /// <returns>Whether it may; not when it or another one is to be alone.</returns>
    public bool TryConsume(ConsumerKind kind, InMemoryConsumer consumer)
    {
        var alone = kind == ConsumerKind.Exclusive;
        if (alone && _consumers.Count > 0) return false;
        if (_consumers.Count > 0 && _hasOneAlone)
            throw new BrokerException($"Another server works alone on queue '{declaration.Name}'. Let all its servers have the same "
                + "Ppv:Rpc:SingleActiveConsumer.", needsAttention: true);
        _hasOneAlone = alone;
        _consumers.Add(consumer);
        return true;
    }

    public void Cancel(InMemoryConnection connection) => _consumers.RemoveAll(consumer => consumer.Connection == connection);

    /// <summary>Hands out what it can, to each consumer in turn that has room.</summary>
    public void Dispatch(DateTimeOffset now)
    {
        DropExpired(now);
        while (_ready.First is { } first && NextWithRoom() is { } consumer)
        {
            _ready.RemoveFirst();
            var tag = Interlocked.Increment(ref _lastTag);
            _taken.Add(tag, new Taken(first.Value, consumer));
            consumer.Deliver(new BrokerDelivery(first.Value.Message, tag, first.Value.Redelivered));
            DropExpired(now);
        }
    }

    /// <summary>
    /// The broker was stopped, and nobody is connected: what RabbitMQ would have on its disk stays. Quorum queues keep every message,
    /// durable classic ones those that are persistent.
    /// </summary>
    /// <returns>Whether the queue itself stays.</returns>
    public bool OutlivesRestart()
    {
        for (var entry = _ready.First; entry is not null;)
        {
            var next = entry.Next;
            if (!IsQuorum && !entry.Value.Message.IsPersistent) _ready.Remove(entry);
            entry = next;
        }

        return declaration.Kind != QueueKind.LegacyTransient;
    }

    public bool Settle(ulong tag)
    {
        if (!_taken.Remove(tag, out var taken)) return false;
        taken.Consumer.Outstanding--;
        return true;
    }

    /// <summary>One that was taken comes back to the front.</summary>
    public bool Return(ulong tag)
    {
        if (!_taken.Remove(tag, out var taken)) return false;
        taken.Consumer.Outstanding--;
        _ready.AddFirst(taken.Entry with { Redelivered = true });
        return true;
    }

    /// <summary>Forgets a connection: its consumers go, and what they had not acknowledged comes back to the front, in order.</summary>
    public void Release(InMemoryConnection connection)
    {
        Cancel(connection);
        TakeBack(taken => taken.Consumer.Connection == connection);
    }

    /// <summary>The next consumer is the active one; the one that was stays, and has nothing any more.</summary>
    public void MoveOn()
    {
        if (_consumers.Count < 2) return;
        var active = _consumers[0];
        _consumers.RemoveAt(0);
        _consumers.Add(active);
        active.Outstanding = 0;
        TakeBack(taken => taken.Consumer == active);
    }

    private void TakeBack(Func<Taken, bool> isMeant)
    {
        var back = _taken.Where(pair => isMeant(pair.Value)).OrderByDescending(pair => pair.Key).ToList();
        foreach (var (tag, taken) in back)
        {
            _taken.Remove(tag);
            _ready.AddFirst(taken.Entry with { Redelivered = true });
        }
    }

    /// <summary>At the head only, as classic queues do it.</summary>
    private void DropExpired(DateTimeOffset now)
    {
        while (_ready.First is { } first && first.Value.Expires <= now) _ready.RemoveFirst();
    }

    private InMemoryConsumer? NextWithRoom()
    {
        // With a single active consumer the first one has all; when it goes the next one is the first.
        var candidates = IsQuorum && declaration.SingleActiveConsumer ? Math.Min(1, _consumers.Count) : _consumers.Count;
        for (var tried = 0; tried < candidates; tried++)
        {
            var consumer = _consumers[_turn++ % candidates];
            if (consumer.Outstanding >= consumer.Prefetch) continue;
            consumer.Outstanding++;
            return consumer;
        }

        return null;
    }

    private sealed record Entry(BrokerMessage Message, DateTimeOffset Expires, bool Redelivered);

    private sealed record Taken(Entry Entry, InMemoryConsumer Consumer);
}

/// <summary>One consumer. Its callback runs for one delivery at a time, in order, and never under the broker's lock.</summary>
internal sealed class InMemoryConsumer
{
    private readonly Channel<BrokerDelivery> _deliveries = Channel.CreateUnbounded<BrokerDelivery>(
        new UnboundedChannelOptions { SingleReader = true });

    public InMemoryConsumer(InMemoryConnection connection, int prefetch, Action<BrokerDelivery> onDelivery)
    {
        (Connection, Prefetch) = (connection, prefetch);
        connection.Lost.ContinueWith(_ => _deliveries.Writer.TryComplete(), TaskScheduler.Default);
        _ = PumpAsync(onDelivery);
    }

    public InMemoryConnection Connection { get; }

    public int Prefetch { get; }

    public int Outstanding { get; set; }

    public void Deliver(BrokerDelivery delivery) => _deliveries.Writer.TryWrite(delivery);

    private async Task PumpAsync(Action<BrokerDelivery> onDelivery)
    {
        await foreach (var delivery in _deliveries.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (!Connection.Lost.IsCompleted) onDelivery(delivery);
        }
    }
}
