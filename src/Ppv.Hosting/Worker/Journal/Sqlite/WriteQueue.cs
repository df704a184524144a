using System.Threading.Channels;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// What is to be written: the newest state of each order that is not on disk yet, which is also what readers must see beside the file. Safe
/// for use by several threads.
/// </summary>
/// <param name="capacity">
/// How many orders may wait for a disk that does not take them, and how many callers. Confirms that were begun come on top.
/// </param>
internal sealed class WriteQueue(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Waiting> _unsaved = [];
    private readonly HashSet<string> _begun = [];
    private readonly Channel<bool> _work = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private List<GuardedWrite> _guarded = [];
    private List<TaskCompletionSource<bool>> _results = [], _begins = [];
    private List<TaskCompletionSource<int>> _prunes = [];
    private List<JournalAdoption> _adoptions = [];
    private long _arrivals;
    private bool _closed;
    private bool _resting;
    private int _dropped;
    private bool _droppingTold;
    private JournalUnavailableException? _distrusted; // While the disk does not answer.

    /// <summary>Adds an entry that may be dropped when there are too many.</summary>
    /// <returns>As <see cref="MustTellDropping"/>.</returns>
    public bool Add(JournalEntry entry)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IOrderJournalStore));
            if (!TryKeep(entry)) return MustTellDropping();
            if (!_resting) Wake();
            return false;
        }
    }

    /// <summary>
    /// Adds an entry whose caller waits for the disk. It may be dropped when there are too many, unless it is of a confirm that was begun.
    /// </summary>
    /// <returns>
    /// Completes with whether it is on disk, when the disk was tried; at once, with no, when it was dropped or too many wait already.
    /// </returns>
    public Task<bool> AddResult(JournalEntry entry)
    {
        TaskCompletionSource<bool>? result = null;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IOrderJournalStore));
            if (_begun.Remove(entry.OrderId)) Keep(entry);
            else if (!TryKeep(entry)) return Task.FromResult(false);
            if (_distrusted is null && _results.Count < capacity)
                _results.Add(result = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        Wake();
        return result?.Task ?? Task.FromResult(false);
    }

    /// <summary>Adds an entry that may be dropped when there are too many, and whose caller waits until it is in the file.</summary>
    /// <returns>Completes with whether it is there; at once, with no, while the file takes nothing, or too many wait already.</returns>
    public Task<bool> AddBegun(JournalEntry entry)
    {
        TaskCompletionSource<bool> begin = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IOrderJournalStore));
            if (!TryKeep(entry) || _resting || _distrusted is not null || _begins.Count >= capacity) return Task.FromResult(false);
            _begins.Add(begin);
        }

        Wake();
        return begin.Task;
    }

    /// <summary>Adds an intent or a settlement; it fails at once when too many wait for a disk that does not answer.</summary>
    public void Add(GuardedWrite write)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IOrderJournalStore));
            // Their callers did not wait: they write nothing.
            if (_guarded.Count >= capacity) _guarded.RemoveAll(static left => left.Done.IsCompleted);
            if (_distrusted is { } hang && write.Intent is not null) Refuse(write, hang);
            else if (_guarded.Count < capacity) _guarded.Add(write);
            else Refuse(write, new JournalUnavailableException(
                "The disk of the order journal does not answer, and too many confirms wait for it. Check the disk."));
        }

        Wake();
    }

    public void Add(JournalAdoption adoption)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IOrderJournalStore));
            _adoptions.Add(adoption);
        }

        Wake();
    }

    public void Add(TaskCompletionSource<int> prune)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IOrderJournalStore));
            _prunes.Add(prune);
        }

        Wake();
    }

    /// <summary>
    /// The intent of a confirm is on disk, and its caller is about to be told so: what becomes of it is kept in any case.
    /// </summary>
    public void Begun(string orderId)
    {
        lock (_gate) _begun.Add(orderId);
    }

    /// <summary>The confirms that are begun, and whose end was not recorded.</summary>
    public IReadOnlyList<string> Open()
    {
        lock (_gate) return [.. _begun];
    }

    /// <summary>Whether something was dropped since <see cref="TakeDropped"/> that was not told yet; it is taken to be told now.</summary>
    public bool MustTellDropping()
    {
        lock (_gate)
        {
            if (_dropped == 0 || _droppingTold) return false;
            return _droppingTold = true;
        }
    }

    public JournalEntry? Find(string orderId)
    {
        lock (_gate) return _unsaved.GetValueOrDefault(orderId).Entry;
    }

    /// <summary>All that is not on disk, in the order in which the orders came.</summary>
    public IReadOnlyList<JournalEntry> Unsaved()
    {
        lock (_gate) return InOrder();
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

    /// <summary>
    /// The disk does not answer: confirms that wait are refused, and so are those that come; nobody else waits either. What was recorded
    /// stays, and so do settlements, whose outcome must not be told before it is known.
    /// </summary>
    public void Distrust(JournalUnavailableException problem)
    {
        lock (_gate)
        {
            _distrusted = problem;
            foreach (var write in _guarded.Where(write => write.Intent is not null)) Refuse(write, problem);
            _guarded.RemoveAll(static write => write.Intent is not null);
            foreach (var waiting in _results.Concat(_begins)) waiting.TrySetResult(false);
            _results.Clear();
            _begins.Clear();
        }
    }

    /// <summary>Ends what <see cref="Distrust"/> began.</summary>
    public void Trust()
    {
        lock (_gate) _distrusted = null;
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
            var group = new WriteGroup(InOrder(), _guarded, _results, _prunes) { Adoptions = _adoptions, Begins = _begins };
            (_guarded, _results, _prunes, _adoptions, _begins) = ([], [], [], [], []);
            return group;
        }
    }

    public int TakeDropped()
    {
        lock (_gate)
        {
            var dropped = _dropped;
            (_dropped, _droppingTold) = (0, false);
            return dropped;
        }
    }

    /// <summary>Forgets entries that are on disk, save for those that changed meanwhile.</summary>
    public void Saved(IEnumerable<JournalEntry> entries)
    {
        lock (_gate)
        {
            foreach (var entry in entries)
                if (ReferenceEquals(_unsaved.GetValueOrDefault(entry.OrderId).Entry, entry)) _unsaved.Remove(entry.OrderId);
        }
    }

    /// <summary>Adds what the writer itself found out, even while the queue is being closed.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="must">Whether it is kept even when there are too many, because the disk says otherwise.</param>
    public void Correct(JournalEntry entry, bool must)
    {
        lock (_gate)
        {
            _begun.Remove(entry.OrderId);
            if (must || _unsaved.Count < capacity) Keep(entry);
            if (!_resting) Wake();
        }
    }

    public void Close()
    {
        lock (_gate) _closed = true;
        _work.Writer.TryComplete();
    }

    private void Refuse(GuardedWrite write, JournalUnavailableException problem)
    {
        if (write.Intent is { } intent) TryKeep(JournalRules.NotSent(intent, problem.Reason));
        write.Fail(problem);
    }

    private bool TryKeep(JournalEntry entry)
    {
        var isRoom = _unsaved.Count < capacity || _unsaved.ContainsKey(entry.OrderId);
        if (isRoom) Keep(entry);
        else _dropped++;
        return isRoom;
    }

    private void Keep(JournalEntry entry)
    {
        var known = _unsaved.GetValueOrDefault(entry.OrderId);
        var further = JournalRules.Merge(known.Entry, entry);
        _unsaved[entry.OrderId] =
            new Waiting(further, JournalRules.IsSameDelivery(known.Entry, further) ? known.Number : ++_arrivals);
    }

    // A dictionary that also loses entries keeps no order.
    private List<JournalEntry> InOrder() => [.. _unsaved.Values.OrderBy(waiting => waiting.Number).Select(waiting => waiting.Entry)];

    private readonly record struct Waiting(JournalEntry Entry, long Number);
}
