namespace Ppv.Hosting;

/// <summary>
/// What this process recorded last: what it knows stays known when the file can't be read any more. Bounded; the oldest is forgotten first. Safe for use by
/// several threads.
/// </summary>
/// <param name="capacity">How many orders are remembered.</param>
internal sealed class RecentEntries(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, JournalEntry> _entries = [];
    private readonly Queue<string> _ids = [];

    public void Add(JournalEntry entry)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(entry.OrderId, out var known)) _ids.Enqueue(entry.OrderId);
            _entries[entry.OrderId] = JournalRules.Further(known, entry);
            if (_ids.Count > capacity) _entries.Remove(_ids.Dequeue());
        }
    }

    public JournalEntry? Find(string orderId)
    {
        lock (_gate) return _entries.GetValueOrDefault(orderId);
    }
}
