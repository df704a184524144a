using Microsoft.Extensions.Options;
using Ppv.Hosting.Worker.Journal;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;

namespace Ppv.Hosting.Worker.Lines.Handover;

/// <summary>
/// Gives the lines back to their calls when the worker starts, from what the journal knows, so that an EN goes to the line its EV went to.
/// </summary>
internal sealed class LeaseRestore(
    IOrderJournalStore journal, ILineAllocator lines, IOptions<PpvServerOptions> options, TimeProvider timeProvider,
    PlainLogger<LeaseRestore> logger)
{
    /// <summary>Gives the lines back.</summary>
    /// <param name="servedSince">
    /// Since when nobody but this worker has used the lines: what is older holds no more, but lines that were not answered rest.
    /// <see langword="null"/>: ever.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RestoreAsync(DateTimeOffset? servedSince, CancellationToken cancellationToken)
    {
        if (lines is not LineLeases leased) return;
        if (await ReadAsync(cancellationToken).ConfigureAwait(false) is not var (restored, newest))
        {
            leased.RestAll(sinceStart: true);
            return;
        }

        leased.RestoreRests(restored.LastOnLines.Select(ToLease), newest);
        if (servedSince is { } taken) leased.RestAfterDeath(timeProvider.GetUtcNow() - taken);
        var leases = restored.Leases.Select(lease => Since(lease, servedSince ?? DateTimeOffset.MinValue))
            .Where(lease => lease.Entries.Count > 0 && !(lease.IsOvertaken && StateOf(lease) == LeaseState.Open)).ToList();
        var wasSetBack = leased.Restore(leases.Select(ToLease), newest);
        if (wasSetBack) HandoverLog.ClockWasSetBack(logger);
        if (leases.Count > 0) HandoverLog.Restored(logger, leases.Count);
    }

    /// <summary>
    /// Only lets lines rest on which a command of before the start was not answered: another worker may have used the lines since.
    /// </summary>
    public async Task RestoreRestsAsync(CancellationToken cancellationToken)
    {
        if (lines is not LineLeases leased) return;
        if (await ReadAsync(cancellationToken).ConfigureAwait(false) is var (restored, newest))
            leased.RestoreRests(restored.LastOnLines.Select(ToLease), newest);
        else leased.RestAll(sinceStart: false);
    }

    /// <summary>As long before the end of what is recorded something on a line may have begun that counts still.</summary>
    private TimeSpan Window
    {
        get
        {
            var rest = options.Value.Server.LineRest + options.Value.Wizard.ResponseTimeout + RpcRules.LongestReplyTimeout;
            return rest > options.Value.Server.LeaseIdle ? rest : options.Value.Server.LeaseIdle;
        }
    }

    private async Task<(RestoredLines Lines, DateTimeOffset Newest)?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Also what was recorded as long before the newest record: while the worker was down the clock may have been set ahead, and a
            // line on which a command was not answered just before must rest all the same.
            var now = timeProvider.GetUtcNow();
            var newest = await journal.NewestAsync(cancellationToken).ConfigureAwait(false) ?? now;
            var since = (newest < now ? newest : now) - Window;
            return (await journal.RestoreAsync(since, cancellationToken).ConfigureAwait(false), newest);
        }
        catch (JournalUnavailableException e)
        {
            // Calls start over; a confirm of theirs is refused until then. Any line may have a command that was not answered.
            HandoverLog.NotRestored(logger, options.Value.Server.LineRest, e.Message);
            return null;
        }
    }

    /// <summary>
    /// What this worker itself has done for a lease since a moment. What the call asked for of the worker before, which has handed that
    /// over, takes away what it had named here; and what it had named here before that may be called for no more.
    /// </summary>
    private static RestoredLease Since(RestoredLease lease, DateTimeOffset since) => lease with
    {
        Entries = [.. Newest(lease.Entries, entry => entry, since).Where(entry => entry.HandedOverAt is null)],
        Named = [.. Newest(lease.Named, dated => dated.Entry, since)],
    };

    /// <summary>Those at the end that came since a moment: what came before an older one is older, whatever the clock showed.</summary>
    private static IEnumerable<T> Newest<T>(IReadOnlyList<T> inOrder, Func<T, JournalEntry> entryOf, DateTimeOffset since) =>
        inOrder.Reverse().TakeWhile(each => (entryOf(each).HandedOverAt ?? entryOf(each).ReceivedAt) >= since).Reverse();

    private static Lease ToLease(RestoredLease restored) => new()
    {
        Id = restored.LeaseId,
        ConnectionId = restored.ConnectionId,
        Line = restored.Line,
        LastActivity = restored.LastActivity,
        Named = Name(restored, restored.Named).And(
            Name(restored, restored.Named.OrderBy(dated => dated.Updated).ThenBy(dated => dated.Received))),
        Subject = restored.Confirm?.Order.Subject,
        IsSuperseded = restored.IsSuperseded,
        State = StateOf(restored),
        IsCutOff = restored.IsCutOff,
        Answer = restored.Confirm?.Code,
    };

    /// <summary>
    /// What the call has named, in one order of its EVs and ENs. What counts is the last one in both orders, as they came and as they
    /// ended:
    /// of orders that overlapped nobody knows which one Wizard has. Only what ended OK within the lease counts as named.
    /// </summary>
    private static Naming Name(RestoredLease restored, IEnumerable<DatedEntry> inOrder) => inOrder.Aggregate(
        default(Naming), (named, dated) => named.After(
            dated.Entry.Order,
            isOk: dated.Entry is { State: JournalState.Completed, Code: ResultCodes.Ok }
                && restored.Entries.Any(own => own.OrderId == dated.Entry.OrderId)));

    private static LeaseState StateOf(RestoredLease restored) => restored.Confirm switch
    {
        // A command that was begun and whose end is not recorded may have been sent: the line rests.
        null => restored.Entries.Any(entry => entry.IsCutOff || entry.State == JournalState.Unknown) ? LeaseState.Broken : LeaseState.Open,
        { State: JournalState.Completed } => LeaseState.Answered,
        _ => LeaseState.Unknown,
    };
}
