using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>
/// Remembers what became of each order, so that no confirm goes to Wizard twice and a restarted worker knows its calls. Safe for use by
/// several threads.
/// </summary>
/// <remarks>
/// <para>Every method sees what was recorded before it was called. Recording less than what is known changes nothing: see
/// <see cref="JournalState"/>. An order that is delivered again has another <see cref="JournalEntry.ReceivedAt"/>, and only the delivery
/// that has the intent can make it not executed.</para>
/// <para>All methods throw <see cref="ObjectDisposedException"/> after the journal was disposed of; disposing writes what is not yet
/// written.</para>
/// </remarks>
public interface IOrderJournal : IAsyncDisposable
{
    /// <summary>Why confirms can't be taken now, and what to do, in full sentences; <see langword="null"/> when all is well.</summary>
    string? Problem { get; }

    /// <summary>
    /// The journal's own name: made once, the same for as long as the journal exists, and no other journal has it. A worker goes by it
    /// among the workers of a queue, so a copy of a journal must not be given to a second worker.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalUnavailableException">The file can't be read.</exception>
    Task<string> IdentityAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Records an order that was received, or what became of it, and returns at once; the disk follows. For EV and EN, and for confirms
    /// that were received or refused. Never fails for want of a disk: what does not fit into memory until the disk is back is dropped,
    /// counted and logged.
    /// </summary>
    /// <param name="entry">In any state but <see cref="JournalState.Intent"/> and the settled ones.</param>
    /// <exception cref="ArgumentException">The entry is in such a state.</exception>
    void Record(JournalEntry entry);

    /// <summary>
    /// Records that a confirm is about to be written to Wizard. When the task completes, that is on disk, and only then may the first byte
    /// be sent.
    /// </summary>
    /// <param name="entry">The confirm. Its state is taken to be <see cref="JournalState.Intent"/>.</param>
    /// <param name="cancellationToken">
    /// Stops waiting: with the caller's deadline, it is the bound of the wait. The confirm must not be sent then; if its intent was being
    /// written meanwhile, the journal records it as <see cref="JournalState.NotExecuted"/> afterwards.
    /// </param>
    /// <exception cref="ArgumentException">The entry is no confirm.</exception>
    /// <exception cref="JournalUnavailableException">
    /// The intent can't be recorded. The order is recorded as not executed as soon as that is possible.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// This order was recorded before as more than received: it must not be sent (again).
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    Task RecordIntentAsync(JournalEntry entry, CancellationToken cancellationToken = default);

    /// <summary>
    /// Records what became of a confirm whose intent was recorded. This process knows it at once. The task completes when the disk was
    /// tried.
    /// </summary>
    /// <param name="entry">In any state but <see cref="JournalState.Intent"/> and the settled ones.</param>
    /// <param name="cancellationToken">Stops waiting; the record is made in any case.</param>
    /// <returns>
    /// Whether it is on disk. When not, it is kept in memory and tried again until it is; if the process ends before, the order is
    /// <see cref="JournalState.Unknown"/> at the next start. Of EV, EN and confirms without an intent, what does not fit into memory is
    /// dropped, counted and logged.
    /// </returns>
    /// <exception cref="ArgumentException">The entry is in such a state.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    Task<bool> RecordResultAsync(JournalEntry entry, CancellationToken cancellationToken = default);

    /// <summary>Finds an order.</summary>
    /// <param name="orderId">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The entry; <see langword="null"/> when the journal never saw the order, or no longer knows it.</returns>
    /// <exception cref="JournalUnavailableException">
    /// The file can't be read, and this process does not remember the order. It may have been executed.
    /// </exception>
    Task<JournalEntry?> FindAsync(string orderId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Finds a call's last confirm that Wizard was sent, or may have been sent, whatever its order id: the one whose answer a repeated
    /// confirm gets. Its <see cref="JournalEntry.LeaseId"/> says for which lease it was. Confirms that were only received, or not executed,
    /// don't count.
    /// </summary>
    /// <param name="connectionId">The call.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalUnavailableException">The file can't be read.</exception>
    Task<JournalEntry?> FindConfirmAsync(ConnectionId connectionId, CancellationToken cancellationToken = default);

    /// <summary>
    /// All confirms whose outcome is unknown and that nobody settled, the oldest first. What is still running is not among them.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalUnavailableException">The file can't be read.</exception>
    Task<IReadOnlyList<JournalEntry>> UnknownsAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Settles a confirm whose outcome is unknown. When the task completes, that is on disk. The same verdict again changes nothing, the
    /// note neither.
    /// </summary>
    /// <param name="orderId">The order's id.</param>
    /// <param name="bought">Whether the purchase was made.</param>
    /// <param name="note">How that is known, and by whom.</param>
    /// <param name="cancellationToken">Stops waiting; it may be settled all the same.</param>
    /// <returns>The entry as it is now.</returns>
    /// <exception cref="InvalidOperationException">
    /// The journal does not know the order, its outcome is not unknown, or it was settled the other way.
    /// </exception>
    /// <exception cref="JournalUnavailableException">The file can't be written; nothing is settled.</exception>
    Task<JournalEntry> SettleAsync(string orderId, bool bought, string note, CancellationToken cancellationToken = default);

    /// <summary>The newest lease of each call about which something was recorded since a moment; in no particular order.</summary>
    /// <param name="since">The moment.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalUnavailableException">The file can't be read.</exception>
    Task<IReadOnlyList<RestoredLease>> RestoreAsync(DateTimeOffset since, CancellationToken cancellationToken = default);

    /// <summary>
    /// Forgets orders that are older than <see cref="JournalOptions.Retention"/>, save for confirms that run or are unknown. The journal
    /// does this by itself when it starts and once a day.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many orders were forgotten.</returns>
    /// <exception cref="JournalUnavailableException">The file can't be written.</exception>
    Task<int> PruneAsync(CancellationToken cancellationToken = default);
}
