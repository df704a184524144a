using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>A journal whose disk can be full, so that nothing durable is written, or broken, so that nothing is read either.</summary>
internal sealed class FullDiskJournal(IOrderJournalStore journal) : IOrderJournalStore
{
    /// <summary>What its messages say besides.</summary>
    public string Place { get; init; } = "";

    public bool CannotWrite { get; set; }

    /// <summary>What an intent or a result has to wait for before it is on disk.</summary>
    public Task Disk { get; set; } = Task.CompletedTask;

    public bool CannotRead { get; set; }

    /// <summary>What a look at the unknown confirms has to wait for.</summary>
    public Task Look { get; set; } = Task.CompletedTask;

    public string? Problem => CannotWrite ? $"The disk is full.{Place}" : null;

    public Task<string> IdentityAsync(CancellationToken cancellationToken = default) =>
        Read(() => journal.IdentityAsync(cancellationToken));

    public void Record(JournalEntry entry)
    {
        if (!CannotWrite) journal.Record(entry);
    }

    public async Task<bool> RecordBegunAsync(JournalEntry entry) => !CannotWrite && await journal.RecordBegunAsync(entry);

    public Task RecordIntentAsync(JournalEntry entry, CancellationToken cancellationToken = default) => Write(async () =>
    {
        await Disk.WaitAsync(cancellationToken);
        await journal.RecordIntentAsync(entry, cancellationToken);
    });

    public async Task<bool> RecordResultAsync(JournalEntry entry, CancellationToken cancellationToken = default)
    {
        var isInMemory = await journal.RecordResultAsync(entry, cancellationToken);
        await Disk;
        return isInMemory && !CannotWrite;
    }

    public Task<JournalEntry?> FindAsync(string orderId, CancellationToken cancellationToken = default) =>
        Read(() => journal.FindAsync(orderId, cancellationToken));

    public Task<bool> IsOwnedAsync(string orderId, CancellationToken cancellationToken = default) =>
        Read(() => journal.IsOwnedAsync(orderId, cancellationToken));

    public Task<bool> IsConfirmedInAnotherFormAsync(ConnectionId connectionId, CancellationToken cancellationToken = default) =>
        Read(() => journal.IsConfirmedInAnotherFormAsync(connectionId, cancellationToken));

    public Task<JournalEntry?> FindConfirmAsync(
        ConnectionId connectionId, string? subject = null, CancellationToken cancellationToken = default) =>
        Read(() => journal.FindConfirmAsync(connectionId, subject, cancellationToken));

    public Task<IReadOnlyList<JournalEntry>> UnknownsAsync(CancellationToken cancellationToken = default) => Read(async () =>
    {
        await Look.WaitAsync(cancellationToken);
        return await journal.UnknownsAsync(cancellationToken);
    });

    public Task<JournalEntry> SettleAsync(string orderId, bool bought, string note, CancellationToken cancellationToken = default) =>
        Read(() => journal.SettleAsync(orderId, bought, note, cancellationToken));

    public Task<RestoredLines> RestoreAsync(DateTimeOffset since, CancellationToken cancellationToken = default) =>
        Read(() => journal.RestoreAsync(since, cancellationToken));

    public Task<IReadOnlyList<JournalEntry>> ChangedSinceAsync(
        DateTimeOffset since, int limit, CancellationToken cancellationToken = default) =>
        Read(() => journal.ChangedSinceAsync(since, limit, cancellationToken));

    public Task<IReadOnlyList<JournalEntry>> NewestRefusalsAsync(int limit, CancellationToken cancellationToken = default) =>
        Read(() => journal.NewestRefusalsAsync(limit, cancellationToken));

    public TimeSpan DatedRightFor => journal.DatedRightFor;

    public Task AdoptAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default) =>
        Write(() => journal.AdoptAsync(entries, cancellationToken));

    public Task<int> PruneAsync(CancellationToken cancellationToken = default) => Read(() => journal.PruneAsync(cancellationToken));

    public ValueTask DisposeAsync() => journal.DisposeAsync();

    private Task Write(Func<Task> operation) => CannotWrite
        ? throw new JournalUnavailableException($"The disk is full.{Place}") : operation();

    private Task<T> Read<T>(Func<Task<T>> operation) =>
        CannotRead ? throw new JournalUnavailableException($"The file is broken.{Place}") : operation();
}
