using Ppv.Protocol;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Orders.Routing;

namespace Ppv.Rpc.Orders;

/// <summary>
/// What a client knows of the ids of orders: whether it is the first to send one, when it was made, and whether it has sent it before.
/// Safe for use by several threads.
/// </summary>
/// <param name="undatedIdLife">How long an id that does not say when it was made may be in use.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="remembered">Of how many ids it is known that they were sent: of so many new ones, and of as many of others.</param>
internal sealed class OrderIdHistories(TimeSpan undatedIdLife, TimeProvider timeProvider, int remembered = 10_000)
{
    private readonly Lock _lock = new();

    // Two, so that the many new ones don't crowd out those that are asked for again.
    private readonly SentIds _new = new(remembered), _others = new(remembered);

    /// <summary>What is known of an order's id before it is sent; an order whose id is new takes that first use.</summary>
    public IdHistory Take(PpvOrder order) => order.FirstUse.TryTake()
        ? IdHistory.New
        : OrderIdDate.HistoryOf(order.Id, undatedIdLife, timeProvider.GetUtcNow());

    /// <summary>
    /// The moment before which nothing can have been sent under an id. A purchase's key that does not say when it was made may be of any
    /// age.
    /// </summary>
    public DateTimeOffset EarliestUse(string id) => PurchaseIds.IsOne(id)
        ? OrderIdDate.Of(id, timeProvider.GetUtcNow()) ?? DateTimeOffset.MinValue
        : OrderIdDate.EarliestUse(id, undatedIdLife, timeProvider.GetUtcNow());

    /// <summary>The order is about to be sent.</summary>
    /// <returns>What is known of its id, given that this client may have sent it before, whatever was said of it then.</returns>
    public IdHistory Sending(string orderId, IdHistory history)
    {
        var now = ClockReading.Now(timeProvider);
        var sent = history.SentAt(now.Utc);
        lock (_lock)
        {
            if ((_new.Find(orderId) ?? _others.Find(orderId)) is not { } known)
            {
                (history.IsNew ? _new : _others).Add(orderId, new SentId(sent, now));
                return history;
            }

            if (known.Uses == 0) known.Told(sent, now);
            else known.Told(history = Earlier(known.HistoryAt(now, timeProvider), sent), now);
            known.Uses++;
            return history;
        }
    }

    /// <summary>It is proven that nothing was sent under an id that was new, unless it was sent again meanwhile.</summary>
    public void NotSent(string orderId)
    {
        lock (_lock)
        {
            if (_new.Find(orderId) is { Uses: 1 } known) known.Uses = 0;
        }
    }

    private static IdHistory Earlier(IdHistory one, IdHistory other) =>
        one.Since is { } first && other.Since is { } second ? IdHistory.RepeatSince(first < second ? first : second) : IdHistory.Repeat;

    private sealed class SentId(IdHistory history, ClockReading at)
    {
        /// <summary>
        /// What is to be said of it when it is sent again. If the clock was set back since, what it dated before lies that much earlier.
        /// </summary>
        public IdHistory HistoryAt(ClockReading now, TimeProvider timeProvider) => history.Since is { } since
            ? IdHistory.RepeatSince(since - (at.Utc - at.EarliestBy(now, timeProvider)))
            : history;

        /// <summary>What is known of it now.</summary>
        public void Told(IdHistory known, ClockReading now) => (history, at) = (known, now);

        /// <summary>How often it was sent, and not proven unsent.</summary>
        public int Uses { get; set; } = 1;
    }

    /// <summary>The latest ids.</summary>
    private sealed class SentIds(int limit)
    {
        private readonly Dictionary<string, SentId> _ids = new(StringComparer.Ordinal);
        private readonly Queue<string> _inOrder = new();

        public SentId? Find(string orderId) => _ids.GetValueOrDefault(orderId);

        public void Add(string orderId, SentId sent)
        {
            _ids.Add(orderId, sent);
            _inOrder.Enqueue(orderId);
            if (_inOrder.Count > limit) _ids.Remove(_inOrder.Dequeue());
        }
    }
}
