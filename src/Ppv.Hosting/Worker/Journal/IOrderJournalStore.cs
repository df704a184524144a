using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Journal;

/// <summary>
/// What the worker itself does with its journal: it writes, and reads back what it has to know. Safe for use by several threads.
/// </summary>
/// <remarks>
/// <para>Every method sees what was recorded before it was called. Recording less than what is known changes nothing: see
/// <see cref="JournalState"/>. An order that is delivered again has another <see cref="JournalEntry.ReceivedAt"/>, and only the delivery
/// that has the intent can make it not executed.</para>
/// <para>Disposing writes what is not yet written.</para>
/// </remarks>
internal interface IOrderJournalStore : IOrderJournal, IAsyncDisposable
{
    /// <summary>What is not well though confirms are taken, and what to do; <see langword="null"/> when all is well.</summary>
    string? Warning => null;

    /// <summary>
    /// The journal's own name: made once, the same for as long as the journal exists, and no other journal has it. A worker goes by it
    /// among the workers of a queue, so a copy of a journal must not be given to a second worker.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalUnavailableException">
    /// The file can't be read, or is not the one that it must be: nothing is to be taken for this worker's own past then.
    /// </exception>
    Task<string> IdentityAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Records an order that was received, or what became of it, and returns at once; the disk follows. For EV and EN, and for confirms
    /// that were received or refused. Never fails for want of a disk: what does not fit into memory until the disk is back is dropped,
    /// counted and logged.
    /// </summary>
    /// <param name="entry">In any state but <see cref="JournalState.Intent"/> and the settled ones.</param>
    /// <exception cref="ArgumentException">The entry is in such a state.</exception>
    void Record(JournalEntry entry);

    /// <summary>Whether an order of any owner is on record under an id, where the id itself names none.</summary>
    /// <param name="orderId">The id without an owner.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalUnavailableException">The journal can't be read.</exception>
    Task<bool> IsOwnedAsync(string orderId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Whether a confirm of the call may have been sent that came with an owner where this call has none, or without one where it has.
    /// </summary>
    /// <param name="connectionId">The call.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalUnavailableException">The journal can't be read.</exception>
    Task<bool> IsConfirmedInAnotherFormAsync(ConnectionId connectionId, CancellationToken cancellationToken = default);

    /// <summary>
    /// As <see cref="Record"/>, of an EV or EN that is about to be written to Wizard. The task completes when it is in the file, where it
    /// survives the end of this process, though not that of the machine.
    /// </summary>
    /// <param name="entry">The EV or EN.</param>
    /// <returns>Whether it is in the file; at once, with no, while the file takes nothing.</returns>
    Task<bool> RecordBegunAsync(JournalEntry entry);

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

    /// <summary>
    /// Finds a call's last confirm that Wizard was sent, or may have been sent, whatever its order id: the one whose answer a repeated
    /// confirm gets. Its <see cref="JournalEntry.LeaseId"/> says for which lease it was. Confirms that were only received, or not executed,
    /// don't count.
    /// </summary>
    /// <param name="connectionId">The call.</param>
    /// <param name="subject">What the confirm is a part of: <see cref="PpvOrder.Subject"/>. Those of other purchases don't count.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalUnavailableException">The file can't be read.</exception>
    Task<JournalEntry?> FindConfirmAsync(
        ConnectionId connectionId, string? subject = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// For how long what is recorded has been dated by a clock that nobody has set, as far as is known; never more than the retention.
    /// </summary>
    TimeSpan DatedRightFor { get; }

    /// <summary>
    /// The orders that changed since a moment, the one that changed last first; without those that were refused before anything was begun.
    /// </summary>
    /// <param name="since">The moment.</param>
    /// <param name="limit">At most so many; those that changed longest ago are left out.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalUnavailableException">The file can't be read.</exception>
    Task<IReadOnlyList<JournalEntry>> ChangedSinceAsync(DateTimeOffset since, int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// The newest of the orders that were refused before anything was begun (<see cref="JournalRules.IsRefusal"/>), the one that changed
    /// last first.
    /// </summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalUnavailableException">The file can't be read.</exception>
    Task<IReadOnlyList<JournalEntry>> NewestRefusalsAsync(int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes over what another worker has on record, as <see cref="JournalRules.Adopt"/> says. When the task completes, all of it is on
    /// disk.
    /// </summary>
    /// <param name="entries">The entries, each of another order.</param>
    /// <param name="cancellationToken">Stops waiting; they may be taken over all the same.</param>
    /// <exception cref="JournalUnavailableException">The file can't be written; nothing is taken over.</exception>
    Task AdoptAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default);

    /// <summary>
    /// What stood on the lines since a moment: the newest lease of each call about which something was recorded since, with all that the
    /// call has asked for, and the last lease on each line.
    /// </summary>
    /// <param name="since">The moment.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalUnavailableException">The file can't be read.</exception>
    Task<RestoredLines> RestoreAsync(DateTimeOffset since, CancellationToken cancellationToken = default);

    /// <summary>
    /// What the clock showed when the order was recorded that came last; <see langword="null"/> when that is not known. A clock that was
    /// set is noticed by it.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JournalUnavailableException">The file can't be read.</exception>
    Task<DateTimeOffset?> NewestAsync(CancellationToken cancellationToken = default) => Task.FromResult<DateTimeOffset?>(null);
}
