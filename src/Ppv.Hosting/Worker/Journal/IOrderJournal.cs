namespace Ppv.Hosting;

/// <summary>
/// A worker's record of what became of each order: what an operator asks and settles. Ask the worker's services for it. Safe for use by
/// several threads.
/// </summary>
/// <remarks>All methods throw <see cref="ObjectDisposedException"/> after the worker has ended.</remarks>
public interface IOrderJournal
{
    /// <summary>Why confirms can't be taken now, and what to do, in full sentences; <see langword="null"/> when all is well.</summary>
    string? Problem { get; }

    /// <summary>Finds an order.</summary>
    /// <param name="orderId">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The entry; <see langword="null"/> when the journal never saw the order, or no longer knows it.</returns>
    /// <exception cref="JournalUnavailableException">
    /// The file can't be read, and this process does not remember the order. It may have been executed.
    /// </exception>
    Task<JournalEntry?> FindAsync(string orderId, CancellationToken cancellationToken = default);

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

    /// <summary>
    /// Forgets orders that are older than <see cref="JournalOptions.Retention"/>, save for confirms that run or are unknown. The journal
    /// does this by itself when it starts and once a day. After the machine's clock was set, or the machine was off, by more than a
    /// thirtieth of that time (at most a day), it forgets nothing until the clock has run evenly for all of that time.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many orders were forgotten.</returns>
    /// <exception cref="JournalUnavailableException">The file can't be written.</exception>
    Task<int> PruneAsync(CancellationToken cancellationToken = default);
}
