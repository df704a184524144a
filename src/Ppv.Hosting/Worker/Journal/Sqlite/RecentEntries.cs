using Ppv.Protocol.Orders;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// The orders that were written last, in memory: what is known of them, and of which others it is certain that there are none. Bounded; the
/// oldest is forgotten first. Safe for use by several threads.
/// </summary>
/// <param name="capacity">How many orders are remembered.</param>
internal sealed class RecentEntries(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, JournalEntry?> _entries = [];
    private readonly Queue<string> _ids = [];
    private IdGap? _unused;
    private bool _forgot;

    /// <summary>
    /// What the file does not have, of all that was not added here. It counts only the first time, and while everything is still
    /// remembered: later the file has more, and nobody but us adds to it.
    /// </summary>
    public void Found(IdGap unused)
    {
        lock (_gate)
        {
            if (!_forgot) _unused ??= unused;
        }
    }

    /// <summary>Somebody else may have added to the file: from now on it has to be looked up which orders are new.</summary>
    public void ForgetUnused()
    {
        lock (_gate) (_unused, _forgot) = (null, true);
    }

    /// <summary>From now on something may be known of an order; what it is comes later, if at all.</summary>
    public void Announce(string orderId)
    {
        lock (_gate) Keep(orderId, null, Owned.Before(orderId));
    }

    public void Add(JournalEntry entry)
    {
        lock (_gate) Keep(entry.OrderId, entry, Owned.Before(entry.OrderId));
    }

    public JournalEntry? Find(string orderId)
    {
        lock (_gate) return _entries.GetValueOrDefault(orderId);
    }

    /// <summary>Whether neither the file nor anybody here has ever had the order, without a look into the file.</summary>
    public bool IsNew(string orderId)
    {
        lock (_gate) return _unused is { } unused && unused.Contains(orderId) && !_entries.ContainsKey(orderId);
    }

    /// <param name="orderId">The order.</param>
    /// <param name="entry">What is known of it, if anything.</param>
    /// <param name="bareId">Of an id with an owner, the one without: whoever has that is to be looked up, too.</param>
    private void Keep(string orderId, JournalEntry? entry, string? bareId = null)
    {
        if (bareId is not null) Keep(bareId, null);
        if (!_entries.TryGetValue(orderId, out var known)) _ids.Enqueue(orderId);
        _entries[orderId] = entry is null ? known : JournalRules.Merge(known, entry);
        if (_ids.Count <= capacity) return;
        var oldest = _ids.Dequeue();
        _entries.Remove(oldest);
        _unused = _unused?.Without(oldest, orderId);
        _forgot = true;
    }
}
