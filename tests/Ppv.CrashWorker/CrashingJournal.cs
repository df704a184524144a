using Ppv.Hosting;
using Ppv.Hosting.Worker.Journal;
using Ppv.Protocol;

namespace Ppv.CrashWorker;

/// <summary>A journal around which the process dies: before an intent, after it, after a result.</summary>
internal sealed class CrashingJournal(IOrderJournalStore inner, Crash crash) : IOrderJournalStore
{
    private volatile string? _intended;

    public string? Problem => inner.Problem;

    /// <summary>The confirm whose intent was recorded last: the one that goes to Wizard next, as the tests send one at a time.</summary>
    public string? Intended => _intended;

    public Task<string> IdentityAsync(CancellationToken cancellationToken = default) => inner.IdentityAsync(cancellationToken);

    public void Record(JournalEntry entry) => inner.Record(entry);

    public async Task RecordIntentAsync(JournalEntry entry, CancellationToken cancellationToken = default)
    {
        crash.Reached(CrashPoint.BeforeIntent, entry.Order.Id);
        await inner.RecordIntentAsync(entry, cancellationToken);
        _intended = entry.Order.Id;
        crash.Reached(CrashPoint.AfterIntent, entry.Order.Id);
    }

    public async Task<bool> RecordResultAsync(JournalEntry entry, CancellationToken cancellationToken = default)
    {
        var isOnDisk = await inner.RecordResultAsync(entry, cancellationToken);
        if (isOnDisk) crash.Reached(CrashPoint.AfterResult, entry.Order.Id);
        return isOnDisk;
    }

    public Task<bool> RecordBegunAsync(JournalEntry entry) => inner.RecordBegunAsync(entry);

    public Task<JournalEntry?> FindAsync(string orderId, CancellationToken cancellationToken = default) =>
        inner.FindAsync(orderId, cancellationToken);

    public Task<bool> IsOwnedAsync(string orderId, CancellationToken cancellationToken = default) =>
        inner.IsOwnedAsync(orderId, cancellationToken);

    public Task<bool> IsConfirmedInAnotherFormAsync(ConnectionId connectionId, CancellationToken cancellationToken = default) =>
        inner.IsConfirmedInAnotherFormAsync(connectionId, cancellationToken);

    public Task<JournalEntry?> FindConfirmAsync(
        ConnectionId connectionId, string? subject = null, CancellationToken cancellationToken = default) =>
        inner.FindConfirmAsync(connectionId, subject, cancellationToken);

    public Task<IReadOnlyList<JournalEntry>> UnknownsAsync(CancellationToken cancellationToken = default) =>
        inner.UnknownsAsync(cancellationToken);

    public Task<JournalEntry> SettleAsync(string orderId, bool bought, string note, CancellationToken cancellationToken = default) =>
        inner.SettleAsync(orderId, bought, note, cancellationToken);

    public Task<RestoredLines> RestoreAsync(DateTimeOffset since, CancellationToken cancellationToken = default) =>
        inner.RestoreAsync(since, cancellationToken);

    public Task<IReadOnlyList<JournalEntry>> ChangedSinceAsync(
        DateTimeOffset since, int limit, CancellationToken cancellationToken = default) =>
        inner.ChangedSinceAsync(since, limit, cancellationToken);

    public Task<IReadOnlyList<JournalEntry>> NewestRefusalsAsync(int limit, CancellationToken cancellationToken = default) =>
        inner.NewestRefusalsAsync(limit, cancellationToken);

    public TimeSpan DatedRightFor => inner.DatedRightFor;

    public Task AdoptAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default) =>
        inner.AdoptAsync(entries, cancellationToken);

    public Task<int> PruneAsync(CancellationToken cancellationToken = default) => inner.PruneAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
