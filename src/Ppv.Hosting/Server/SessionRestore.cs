using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ppv.Hosting;

/// <summary>Gives the lines back to their calls when the worker starts, from what the journal knows, so that an EN goes to the line its EV went to.</summary>
internal sealed class SessionRestore(
    IOrderJournal journal, ILineAllocator lines, IOptions<PpvServerOptions> options, TimeProvider timeProvider, ILogger<SessionRestore> logger)
{
    /// <summary>Gives the lines back.</summary>
    /// <param name="servedSince">
    /// Since when nobody but this worker has used the lines: what is older holds no more, but lines that were not answered rest. <see langword="null"/>: ever.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RestoreAsync(DateTimeOffset? servedSince, CancellationToken cancellationToken)
    {
        if (lines is not LineLeases leases || await ReadAsync(cancellationToken).ConfigureAwait(false) is not { } sessions) return;
        if (servedSince is { } since)
        {
            leases.RestoreRests(sessions.Select(ToSession));
            sessions = [.. sessions.Select(session => session with { Entries = [.. session.Entries.Where(entry => entry.ReceivedAt >= since)] }).Where(session => session.Entries.Count > 0)];
        }

        leases.Restore(sessions.Select(ToSession).OrderBy(session => session.LastActivity));
        if (sessions.Count > 0) ServerLog.Restored(logger, sessions.Count);
    }

    /// <summary>Only lets lines rest on which a command of before the start was not answered: another worker may have used the lines since.</summary>
    public async Task RestoreRestsAsync(CancellationToken cancellationToken)
    {
        if (lines is LineLeases leases && await ReadAsync(cancellationToken).ConfigureAwait(false) is { } sessions) leases.RestoreRests(sessions.Select(ToSession));
    }

    private async Task<IReadOnlyList<RestoredSession>?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await journal.RestoreAsync(timeProvider.GetUtcNow() - options.Value.Server.LeaseIdle, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalUnavailableException e)
        {
            // Calls start over; a confirm of theirs is refused until then.
            ServerLog.NotRestored(logger, e.Message);
            return null;
        }
    }

    private static CallSession ToSession(RestoredSession restored) => new()
    {
        Id = restored.SessionId,
        ConnectionId = restored.ConnectionId,
        Line = restored.Line,
        LastActivity = restored.LastActivity,
        Met = (restored.EventAccepted ? ConfirmPrerequisites.Event : 0) | (restored.SubscriberAccepted ? ConfirmPrerequisites.Subscriber : 0),
        State = StateOf(restored),
        Answer = restored.Confirm?.Code,
    };

    private static SessionState StateOf(RestoredSession restored) => restored.Confirm?.State switch
    {
        // A command that was begun and whose end is not recorded may have been sent: the line rests.
        null => restored.Entries.Any(entry => entry.State is JournalState.Unknown or JournalState.Received) ? SessionState.Broken : SessionState.Open,
        JournalState.Completed => SessionState.Answered,
        _ => SessionState.Unknown,
    };
}
