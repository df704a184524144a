using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Journal;

/// <summary>
/// A lease as the journal knows it: what a worker needs to take its call up again after a restart. Immutable.
/// </summary>
internal sealed record RestoredLease
{
    /// <summary>The call; <see langword="null"/> of the lease that orders without connid share.</summary>
    public required ConnectionId? ConnectionId { get; init; }

    /// <summary>The lease: <see cref="JournalEntry.LeaseId"/>.</summary>
    public required string LeaseId { get; init; }

    /// <summary>The line that the lease was on last.</summary>
    public required LineNumber Line { get; init; }

    /// <summary>The lease's orders, the one received first first; at least one.</summary>
    public required IReadOnlyList<JournalEntry> Entries { get; init; }

    /// <summary>Every EV and EN of the call, in the order in which they came; also those that got no line.</summary>
    public IReadOnlyList<DatedEntry> Named { get; init; } = [];

    /// <summary>Whether the call has asked for an EV or EN after the lease's confirm came.</summary>
    public bool IsSuperseded { get; init; }

    /// <summary>Whether another lease had the line after this one, so that what was named there counts no more.</summary>
    public bool IsOvertaken { get; init; }

    /// <summary>When something was recorded about the lease last.</summary>
    public DateTimeOffset LastActivity => Entries.Max(entry => entry.UpdatedAt);

    /// <summary>Whether a command of it was under way when its worker ended.</summary>
    public bool IsCutOff => Entries.Any(entry => entry.IsCutOff);

    /// <summary>The lease's last confirm that Wizard was sent, or may have been sent; <see langword="null"/> when there is none.</summary>
    public JournalEntry? Confirm => Entries.LastOrDefault(entry => entry.IsConfirm && JournalRules.MayHaveReachedWizard(entry));
}
