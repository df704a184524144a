using Ppv.Rpc.Brokers;
using Ppv.Rpc.Clocks;

namespace Ppv.Rpc.Server;

/// <summary>Keeps deliveries back until they may be begun, in their order. Safe for use by several threads.</summary>
/// <param name="begin">Begins one; must not block. Gets the time of its arrival.</param>
/// <param name="giveBack">Takes those that are not begun, once they were dropped; must not block.</param>
/// <param name="limit">How many may be under way at once; for each that was begun, <see cref="End"/> is called.</param>
/// <param name="timeProvider">The clock of arrivals.</param>
internal sealed class HeldDeliveries(
    Action<BrokerDelivery, ClockReading> begin, Action<BrokerDelivery> giveBack, int limit, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly Queue<(BrokerDelivery Delivery, ClockReading ArrivedAt)> _held = [];
    private int _underWay;
    private bool _isOpen, _isDropped;

    public void Take(BrokerDelivery delivery)
    {
        var now = ClockReading.Now(timeProvider);
        lock (_lock)
        {
            if (!_isDropped && _isOpen && _underWay < limit)
            {
                _underWay++;
                begin(delivery, now);
            }
            else if (_isDropped)
            {
                giveBack(delivery);
            }
            else
            {
                _held.Enqueue((delivery, now));
            }
        }
    }

    /// <summary>Begins what is held, and from now on each one as it comes; nothing, when they were dropped.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _isOpen = !_isDropped;
            BeginHeld();
        }
    }

    /// <summary>One that was begun has ended: the next one that waits begins before this returns.</summary>
    public void End()
    {
        lock (_lock)
        {
            _underWay--;
            BeginHeld();
        }
    }

    /// <summary>Begins none of them any more.</summary>
    public void Drop()
    {
        lock (_lock)
        {
            (_isOpen, _isDropped) = (false, true);
            while (_held.TryDequeue(out var held)) giveBack(held.Delivery);
        }
    }

    private void BeginHeld()
    {
        while (_isOpen && _underWay < limit && _held.TryDequeue(out var held))
        {
            _underWay++;
            begin(held.Delivery, held.ArrivedAt);
        }
    }
}
