using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>
/// A journal that ends with the process: for tests and demonstrations. Where confirms are real money, use <see cref="SqliteOrderJournal"/>.
/// </summary>
internal sealed class InMemoryOrderJournal : IOrderJournalStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, JournalEntry> _entries = [];
    private readonly string _identity = Guid.NewGuid().ToString("N");
    private readonly TimeSpan _retention;
    private readonly TimeProvider _timeProvider;
    private readonly ITimer _pruning;
    private bool _disposed;

    /// <summary>Makes an empty journal.</summary>
    /// <param name="options">The retention; the path is not used. Default: 30 days.</param>
    /// <param name="timeProvider">The clock. Default: the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">The retention is too short or too long.</exception>
    public InMemoryOrderJournal(JournalOptions? options = null, TimeProvider? timeProvider = null)
    {
        _retention = JournalRules.RetentionOf(options ?? new JournalOptions());
        _timeProvider = timeProvider ?? TimeProvider.System;
        _pruning = _timeProvider.CreateTimer(_ => Prune(), null, JournalRules.PruneInterval, JournalRules.PruneInterval);
    }

    /// <inheritdoc/>
    public string? Problem => null;

    /// <inheritdoc/>
    public Task<string> IdentityAsync(CancellationToken cancellationToken = default) => Run(() => _identity, cancellationToken);

    /// <inheritdoc/>
    public void Record(JournalEntry entry)
    {
        JournalRules.CheckRecordable(entry);
        Change(entry.OrderId, known => JournalRules.Further(known, Stamped(entry)));
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
        return Run(() => Read(entries => entries.GetValueOrDefault(orderId)), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<JournalEntry?> FindConfirmAsync(ConnectionId connectionId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connectionId);
        return Run(() => Read(entries => JournalRules.LastConfirm(entries.Values.Where(entry => entry.Order.ConnectionId == connectionId))),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalEntry>> UnknownsAsync(CancellationToken cancellationToken = default) =>
        Run(() => Read<IReadOnlyList<JournalEntry>>(entries => JournalRules.Unknowns(entries.Values)), cancellationToken);

    /// <inheritdoc/>
    public Task<JournalEntry> SettleAsync(string orderId, bool bought, string note, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(orderId);
        ArgumentNullException.ThrowIfNull(note);
        return Run(() => Change(orderId, known => JournalRules.Settle(known, orderId, bought, note, _timeProvider.GetUtcNow())),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RestoredLease>> RestoreAsync(DateTimeOffset since, CancellationToken cancellationToken = default) =>
        Run(() => Read<IReadOnlyList<RestoredLease>>(entries => JournalRules.Leases(entries.Values, since)), cancellationToken);

    /// <inheritdoc/>
    public Task<int> PruneAsync(CancellationToken cancellationToken = default) => Run(() => Read(_ => Prune()), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _pruning.DisposeAsync().ConfigureAwait(false);
        lock (_gate) _disposed = true;
    }

    private JournalEntry Stamped(JournalEntry entry) => entry with { UpdatedAt = _timeProvider.GetUtcNow() };

    private JournalEntry Change(string orderId, Func<JournalEntry?, JournalEntry> next) =>
        Read(entries => entries[orderId] = next(entries.GetValueOrDefault(orderId)));

    private T Read<T>(Func<Dictionary<string, JournalEntry>, T> read)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return read(_entries);
        }
    }

    private int Prune()
    {
        var oldest = _timeProvider.GetUtcNow() - _retention;
        lock (_gate)
        {
            var old = _entries.Values.Where(entry => entry.UpdatedAt < oldest && !JournalRules.IsOpen(entry)).ToList();
            foreach (var entry in old) _entries.Remove(entry.OrderId);
            return old.Count;
        }
    }

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
