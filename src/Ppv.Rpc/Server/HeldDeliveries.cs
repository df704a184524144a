using Ppv.Rpc.Brokers;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Server;

/// <summary>Keeps deliveries back until they may be begun, in their order. Safe for use by several threads.</summary>
/// <param name="begin">Begins one; must not block. Gets the time of its arrival.</param>
/// <param name="timeProvider">The clock of arrivals.</param>
internal sealed class HeldDeliveries(Action<BrokerDelivery, Moment> begin, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly Queue<(BrokerDelivery Delivery, Moment ArrivedAt)> _held = [];
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isOpen, _isDropped;

    /// <summary>Completes with the first delivery.</summary>
    public Task First => _first.Task;

    public void Take(BrokerDelivery delivery)
    {
        var now = Moment.Now(timeProvider);
        lock (_lock)
        {
            if (_isDropped) return;
            if (_isOpen) begin(delivery, now);
            else _held.Enqueue((delivery, now));
        }

        _first.TrySetResult();
    }

    /// <summary>Begins what is held, and from now on each one as it comes; nothing, when they were dropped.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _isOpen = !_isDropped;
            while (_held.TryDequeue(out var held)) begin(held.Delivery, held.ArrivedAt);
        }
    }

    /// <summary>Begins none of them any more: they stay unsettled, and the broker gives them to somebody else.</summary>
    public void Drop()
    {
        lock (_lock)
        {
            (_isOpen, _isDropped) = (false, true);
            _held.Clear();
        }
    }
}
