using Ppv.Hosting.Worker.Journal.Sqlite;
using Ppv.Protocol;
using Ppv.Protocol.Orders;

namespace Ppv.Hosting.Worker.Journal;

/// <summary>
/// A journal that ends with the process: for tests and demonstrations. Where confirms are real money, use <see cref="SqliteOrderJournal"/>.
/// </summary>
internal sealed class InMemoryOrderJournal : IOrderJournalStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Kept> _entries = [];
    private bool _hasOwned; // Since when it has an order with an owner; who has none pays nothing for those.
    private readonly PruneClock _clock, _refusalClock;
    private readonly string _identity = Guid.NewGuid().ToString("N");
    private readonly TimeSpan _retention, _refusalRetention;
    private readonly TimeProvider _timeProvider;
    private readonly ITimer _pruning, _tidying;
    private long _arrivals;
    private bool _disposed;

    /// <summary>Makes an empty journal.</summary>
    /// <param name="options">The retention; the path is not used. Default: 30 days.</param>
    /// <param name="timeProvider">The clock. Default: the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">The retention is too short or too long.</exception>
    public InMemoryOrderJournal(JournalOptions? options = null, TimeProvider? timeProvider = null)
    {
        options ??= new JournalOptions();
        (_retention, _refusalRetention) = (JournalRules.RetentionOf(options), JournalRules.RefusalRetentionOf(options));
        _timeProvider = timeProvider ?? TimeProvider.System;
        _clock = new PruneClock(_retention, _timeProvider);
        _refusalClock = new PruneClock(_refusalRetention, _timeProvider);
        _clock.Begin();
        _refusalClock.BeginAnew();
        _pruning = _timeProvider.CreateTimer(_ => Prune(), null, JournalRules.PruneInterval, JournalRules.PruneInterval);
        _tidying = _timeProvider.CreateTimer(_ => ForgetRefusals(), null, JournalRules.RefusalInterval, JournalRules.RefusalInterval);
    }

    /// <inheritdoc/>
    public string? Problem => null;

    /// <inheritdoc/>
    public Task<string> IdentityAsync(CancellationToken cancellationToken = default) => Run(() => _identity, cancellationToken);

    /// <inheritdoc/>
    public void Record(JournalEntry entry)
    {
        JournalRules.CheckRecordable(entry);
        Change(entry.OrderId, known => JournalRules.Merge(known, Stamped(entry)));
    }

    /// <inheritdoc/>
    public Task<bool> RecordBegunAsync(JournalEntry entry)
    {
        Record(entry);
        return Task.FromResult(true);
    }

    /// <inheritdoc/>
    public Task RecordIntentAsync(JournalEntry entry, CancellationToken cancellationToken = default)
    {
        var intent = Stamped(JournalRules.ToIntent(entry));
        return Run(() => Change(intent.OrderId, known => JournalRules.Begin(known, intent)), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> RecordResultAsync(JournalEntry entry, CancellationToken cancellationToken = default)
    {
        Record(entry);
        return Run(() => true, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<JournalEntry?> FindAsync(string orderId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(orderId);
        return Run(() => Read(() => (JournalEntry?)_entries.GetValueOrDefault(orderId).Entry), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> IsOwnedAsync(string orderId, CancellationToken cancellationToken = default) => Run(
        () => Read(() => _hasOwned && InOrder().Any(entry => entry.Order.IsOwned && Owned.Before(entry.OrderId) == orderId)),
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> IsConfirmedInAnotherFormAsync(ConnectionId connectionId, CancellationToken cancellationToken = default) => Run(
        () => Read(() => InOrder().Any(entry => JournalRules.IsConfirmOfOtherForm(entry, connectionId))), cancellationToken);

    /// <inheritdoc/>
    public Task<JournalEntry?> FindConfirmAsync(
        ConnectionId connectionId, string? subject = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connectionId);
        return Run(
            () => Read(() => JournalRules.LastConfirm(
                InOrder().Where(entry => entry.Order.ConnectionId == connectionId && entry.Order.Subject == subject))),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalEntry>> UnknownsAsync(CancellationToken cancellationToken = default) =>
        Run(() => Read<IReadOnlyList<JournalEntry>>(() => JournalRules.Unknowns(InOrder())), cancellationToken);

    /// <inheritdoc/>
    public Task<JournalEntry> SettleAsync(string orderId, bool bought, string note, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(orderId);
        ArgumentNullException.ThrowIfNull(note);
        return Run(() => Change(orderId, known => JournalRules.Settle(known, orderId, bought, note, _timeProvider.GetUtcNow())),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RestoredLines> RestoreAsync(DateTimeOffset since, CancellationToken cancellationToken = default) =>
        Run(() => Read(() => JournalRules.Lines(InOrder(), since)), cancellationToken);

    /// <inheritdoc/>
    public TimeSpan DatedRightFor => Read(() =>
    {
        _clock.Look();
        return _clock.Agreed;
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalEntry>> ChangedSinceAsync(
        DateTimeOffset since, int limit, CancellationToken cancellationToken = default) =>
        ChangedAsync(refused: false, since, limit, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalEntry>> NewestRefusalsAsync(int limit, CancellationToken cancellationToken = default) =>
        ChangedAsync(refused: true, DateTimeOffset.MinValue, limit, cancellationToken);

    /// <inheritdoc/>
    public Task AdoptAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default) => Run(
        () =>
        {
            var now = _timeProvider.GetUtcNow();
            foreach (var entry in entries) Change(entry.OrderId, known => JournalRules.Adopt(known, entry, now));
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<DateTimeOffset?> NewestAsync(CancellationToken cancellationToken = default) =>
        Run(() => Read(() => InOrder().LastOrDefault()?.UpdatedAt), cancellationToken);

    /// <inheritdoc/>
    public Task<int> PruneAsync(CancellationToken cancellationToken = default) => Run(() => Read(Prune), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _pruning.DisposeAsync().ConfigureAwait(false);
        await _tidying.DisposeAsync().ConfigureAwait(false);
        lock (_gate) _disposed = true;
    }

    private Task<IReadOnlyList<JournalEntry>> ChangedAsync(
        bool refused, DateTimeOffset since, int limit, CancellationToken cancellationToken) => Run(
        () => Read<IReadOnlyList<JournalEntry>>(() =>
        [
            .. InOrder().Where(entry => entry.UpdatedAt >= since && JournalRules.IsRefusal(entry) == refused)
                .OrderByDescending(entry => entry.UpdatedAt).Take(limit),
        ]),
        cancellationToken);

    private JournalEntry Stamped(JournalEntry entry) => entry with { UpdatedAt = _timeProvider.GetUtcNow(), HandedOverAt = null };

    private JournalEntry Change(string orderId, Func<JournalEntry?, JournalEntry> next) =>
        Read(() =>
        {
            _clock.Look();
            var known = _entries.GetValueOrDefault(orderId);
            var entry = next(known.Entry);
            _hasOwned |= entry.Order.IsOwned;
            _entries[orderId] = new Kept(entry, JournalRules.IsSameDelivery(known.Entry, entry) ? known.Number : ++_arrivals);
            return entry;
        });

    private List<JournalEntry> InOrder() => [.. _entries.Values.OrderBy(kept => kept.Number).Select(kept => kept.Entry)];

    private T Read<T>(Func<T> read)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return read();
        }
    }

    private int Prune()
    {
        var oldest = _timeProvider.GetUtcNow() - _retention;
        lock (_gate)
        {
            _clock.Look();
            if (!_clock.MayPrune) return 0;
            var old = _entries.Values.Select(kept => kept.Entry).Where(
                entry => entry.UpdatedAt < oldest && !JournalRules.IsOpen(entry)).ToList();
            foreach (var entry in old) _entries.Remove(entry.OrderId);
            return old.Count;
        }
    }

    private void ForgetRefusals()
    {
        lock (_gate)
        {
            _refusalClock.Look();
            var refusals = _entries.Values.Where(kept => JournalRules.IsRefusal(kept.Entry)).OrderByDescending(kept => kept.Number);
            var oldest = _refusalClock.MayPrune ? _timeProvider.GetUtcNow() - _refusalRetention : DateTimeOffset.MinValue;
            foreach (var old in refusals.Where((kept, at) => at >= JournalRules.RefusalsKept || kept.Entry.UpdatedAt < oldest).ToList())
                _entries.Remove(old.Entry.OrderId);
        }
    }

    /// <param name="Entry">What is known.</param>
    /// <param name="Number">The order in which they came.</param>
    private readonly record struct Kept(JournalEntry Entry, long Number);

    private static Task<T> Run<T>(Func<T> operation, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<T>(cancellationToken);
        try
        {
            return Task.FromResult(operation());
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }
}
