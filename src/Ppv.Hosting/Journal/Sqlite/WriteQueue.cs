using System.Threading.Channels;

namespace Ppv.Hosting;

/// <summary>
/// What is to be written: the newest state of each order that is not on disk yet, which is also what readers must see beside the file. Safe for use by
/// several threads.
/// </summary>
/// <param name="capacity">How many orders may wait for a disk that does not take them.</param>
internal sealed class WriteQueue(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, JournalEntry> _unsaved = [];
    private readonly Channel<bool> _work = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private List<GuardedWrite> _guarded = [];
    private List<TaskCompletionSource<bool>> _results = [];
    private List<TaskCompletionSource<int>> _prunes = [];
    private bool _closed;
    private bool _resting;
    private int _dropped;

    /// <summary>Adds an entry that may be dropped when there are too many.</summary>
    /// <returns>Whether it is the first that was dropped since <see cref="TakeDropped"/>.</returns>
    public bool Add(JournalEntry entry)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IOrderJournal));
            if (_unsaved.Count >= capacity && !_unsaved.ContainsKey(entry.OrderId)) return ++_dropped == 1;
            Keep(entry);
            if (!_resting) Wake();
            return false;
        }
    }

    /// <summary>Adds an entry that is kept in any case: there is at most one for each confirm that runs.</summary>
    /// <returns>Completes with whether it is on disk, when the disk was tried.</returns>
    public Task<bool> AddResult(JournalEntry entry)
    {
        var result = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IOrderJournal));
            Keep(entry);
            _results.Add(result);
        }

        Wake();
        return result.Task;
    }

    public void Add(GuardedWrite write) => AddTo(ref _guarded, write);

    public void Add(TaskCompletionSource<int> prune) => AddTo(ref _prunes, prune);

    public JournalEntry? Find(string orderId)
    {
        lock (_gate) return _unsaved.GetValueOrDefault(orderId);
    }

    public IReadOnlyList<JournalEntry> Unsaved()
    {
        lock (_gate) return [.. _unsaved.Values];
    }

    /// <summary>While the disk takes nothing, mere entries wait for the next attempt instead of causing one each.</summary>
    public void Rest()
    {
        lock (_gate) _resting = true;
    }

    /// <summary>Ends the rest; what was added meanwhile is to be done.</summary>
    public void Resume()
    {
        lock (_gate) _resting = false;
        Wake();
    }

    /// <summary>Waits until there is something to do.</summary>
    /// <returns><see langword="false"/> when the queue was closed; what was added before is still to be taken.</returns>
    public async ValueTask<bool> WaitAsync() => await _work.Reader.WaitToReadAsync().ConfigureAwait(false) && _work.Reader.TryRead(out _);

    public void Wake() => _work.Writer.TryWrite(true);

    /// <summary>Takes what waits. Entries stay until they are <see cref="Saved"/>.</summary>
    public WriteGroup Take()
    {
        lock (_gate)
        {
            var group = new WriteGroup([.. _unsaved.Values], _guarded, _results, _prunes);
            (_guarded, _results, _prunes) = ([], [], []);
            return group;
        }
    }

    public int TakeDropped()
    {
        lock (_gate)
        {
            var dropped = _dropped;
            _dropped = 0;
            return dropped;
        }
    }

    /// <summary>Forgets entries that are on disk, save for those that changed meanwhile.</summary>
    public void Saved(IEnumerable<JournalEntry> entries)
    {
        lock (_gate)
        {
            foreach (var entry in entries)
                if (ReferenceEquals(_unsaved.GetValueOrDefault(entry.OrderId), entry)) _unsaved.Remove(entry.OrderId);
        }
    }

    /// <summary>Adds what the writer itself found out, even while the queue is being closed.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="must">Whether it is kept even when there are too many, because the disk says otherwise.</param>
    public void Correct(JournalEntry entry, bool must)
    {
        lock (_gate)
        {
            if (must || _unsaved.Count < capacity) Keep(entry);
            if (!_resting) Wake();
        }
    }

    public void Close()
    {
        lock (_gate) _closed = true;
        _work.Writer.TryComplete();
    }

    private void AddTo<T>(ref List<T> list, T item)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IOrderJournal));
            list.Add(item);
        }

        Wake();
    }

    private void Keep(JournalEntry entry) => _unsaved[entry.OrderId] = JournalRules.Further(_unsaved.GetValueOrDefault(entry.OrderId), entry);
}
