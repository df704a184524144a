using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.InMemory;
using Ppv.Rpc.Errors;

namespace Ppv.Rpc;

/// <content>What connections do.</content>
public sealed partial class InMemoryBroker
{
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
                    queue.Dispatch(_timeProvider.GetUtcNow());
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
                        + $"{queue.Declaration.MessageTtl.TotalMilliseconds:0} ms. Set Ppv:Rpc:MessageTtl, Ppv:Rpc:QueueKind and Ppv:Rpc:SingleActiveConsumer to what is there.", needsAttention: true);
                }

                return;
            }

            if (declaration.Kind == QueueKind.Passive)
                throw new BrokerException($"Queue '{declaration.Name}' is not there. Create it, or choose another Ppv:Rpc:QueueKind than Passive.", needsAttention: true);
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
            if (!queue.TryConsume(request.Kind, new InMemoryConsumer(connection, request.Prefetch, request.OnDelivery))) return false;
            isFirst = _served.Add(request.Queue);
            queue.Dispatch(_timeProvider.GetUtcNow());
            return true;
        }
    }

    internal int CountConsumers(string queue)
    {
        lock (_lock) return Find(queue).Consumers;
    }

    internal void CancelConsume(InMemoryConnection connection)
    {
        lock (_lock)
        {
            foreach (var queue in _queues.Values.Where(queue => queue.Owner != connection))
            {
                queue.Cancel(connection);
                queue.Dispatch(_timeProvider.GetUtcNow());
            }
        }
    }

    internal void Publish(string name, BrokerMessage message)
    {
        lock (_lock)
        {
            if (!_queues.TryGetValue(name, out var queue))
                throw new PublishException($"No queue '{name}' took the message (312 NO_ROUTE)", isReturned: true);
            var now = _timeProvider.GetUtcNow();
            queue.Add(message, now);
            queue.Dispatch(now);
        }
    }

    internal void Acknowledge(BrokerDelivery delivery)
    {
        lock (_lock)
        {
            foreach (var queue in _queues.Values)
            {
                if (!queue.Settle(delivery.Tag)) continue;
                queue.Dispatch(_timeProvider.GetUtcNow());
                return;
            }
        }
    }

    internal byte[]? TakeNote(string queue)
    {
        lock (_lock) return _notes.Remove(queue, out var note) ? note : null;
    }

    internal void LeaveNote(string queue, byte[] note)
    {
        lock (_lock) _notes[queue] = note;
    }

    private InMemoryQueue Find(string queue) =>
        _queues.TryGetValue(queue, out var found) ? found : throw new BrokerException($"Queue '{queue}' is not there. Declare it first.", needsAttention: true);
}
