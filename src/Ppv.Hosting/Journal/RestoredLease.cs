using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>
/// The newest lease of a call, as the journal knows it: what a worker needs to take the call up again after a restart. Immutable.
/// </summary>
internal sealed record RestoredLease
{
    /// <summary>The call.</summary>
    public required ConnectionId ConnectionId { get; init; }

    /// <summary>The lease: <see cref="JournalEntry.LeaseId"/>.</summary>
    public required string LeaseId { get; init; }

    /// <summary>The line that the lease was on last.</summary>
    public required LineNumber Line { get; init; }

    /// <summary>The lease's orders, the one received first first; at least one.</summary>
    public required IReadOnlyList<JournalEntry> Entries { get; init; }

    /// <summary>When something was recorded about the lease last.</summary>
    public DateTimeOffset LastActivity => Entries.Max(entry => entry.UpdatedAt);

    /// <summary>Whether Wizard said OK to the last EV that it was sent, or may have been sent.</summary>
    public bool EventAccepted => Accepted(PpvCommandKind.Event);

    /// <summary>Whether Wizard said OK to the last EN that it was sent, or may have been sent.</summary>
    public bool SubscriberAccepted => Accepted(PpvCommandKind.Subscriber);

    /// <summary>The lease's last confirm that Wizard was sent, or may have been sent; <see langword="null"/> when there is none.</summary>
    public JournalEntry? Confirm => Entries.LastOrDefault(entry => entry.IsConfirm && JournalRules.MayHaveReachedWizard(entry));

    // An EV that Wizard was not asked changes nothing on its line. One whose answer is missing may have changed it, so it counts, as not
    // accepted.
    private bool Accepted(PpvCommandKind kind) =>
        Entries.LastOrDefault(entry => entry.Order.Command.Kind == kind && entry.State != JournalState.NotExecuted)
            is { State: JournalState.Completed, Code: ResultCodes.Ok };
}
