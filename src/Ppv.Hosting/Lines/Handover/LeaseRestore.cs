using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ppv.Hosting;

/// <summary>
/// Gives the lines back to their calls when the worker starts, from what the journal knows, so that an EN goes to the line its EV went to.
/// </summary>
internal sealed class LeaseRestore(
    IOrderJournalStore journal, ILineAllocator lines, IOptions<PpvServerOptions> options, TimeProvider timeProvider,
    ILogger<LeaseRestore> logger)
{
    /// <summary>Gives the lines back.</summary>
    /// <param name="servedSince">
    /// Since when nobody but this worker has used the lines: what is older holds no more, but lines that were not answered rest.
    /// <see langword="null"/>: ever.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RestoreAsync(DateTimeOffset? servedSince, CancellationToken cancellationToken)
    {
        if (lines is not LineLeases leased || await ReadAsync(cancellationToken).ConfigureAwait(false) is not { } leases) return;
        if (servedSince is { } since)
        {
            leased.RestoreRests(leases.Select(ToLease));
            leases = [.. leases.Select(
                lease => lease with { Entries = [.. lease.Entries.Where(entry => entry.ReceivedAt >= since)] }).Where(
                lease => lease.Entries.Count > 0)];
        }

        leased.Restore(leases.Select(ToLease).OrderBy(lease => lease.LastActivity));
        if (leases.Count > 0) HandoverLog.Restored(logger, leases.Count);
    }

    /// <summary>
    /// Only lets lines rest on which a command of before the start was not answered: another worker may have used the lines since.
    /// </summary>
    public async Task RestoreRestsAsync(CancellationToken cancellationToken)
    {
        if (lines is LineLeases leased && await ReadAsync(cancellationToken).ConfigureAwait(false) is { } leases)
            leased.RestoreRests(leases.Select(ToLease));
    }

    private async Task<IReadOnlyList<RestoredLease>?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await journal.RestoreAsync(
                timeProvider.GetUtcNow() - options.Value.Server.LeaseIdle, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalUnavailableException e)
        {
            // Calls start over; a confirm of theirs is refused until then.
            HandoverLog.NotRestored(logger, e.Message);
            return null;
        }
    }

    private static Lease ToLease(RestoredLease restored) => new()
    {
        Id = restored.LeaseId,
        ConnectionId = restored.ConnectionId,
        Line = restored.Line,
        LastActivity = restored.LastActivity,
        Met = (restored.EventAccepted ? ConfirmPrerequisites.Event : 0)
            | (restored.SubscriberAccepted ? ConfirmPrerequisites.Subscriber : 0),
        State = StateOf(restored),
        Answer = restored.Confirm?.Code,
    };

    private static LeaseState StateOf(RestoredLease restored) => restored.Confirm?.State switch
    {
        // A command that was begun and whose end is not recorded may have been sent: the line rests.
        null => restored.Entries.Any(entry => entry.State is JournalState.Unknown or JournalState.Received)
            ? LeaseState.Broken
            : LeaseState.Open,
        JournalState.Completed => LeaseState.Answered,
        _ => LeaseState.Unknown,
    };
}
