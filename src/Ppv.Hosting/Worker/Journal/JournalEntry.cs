using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>
/// What the journal knows about one order. Immutable; the next step of an order is a copy with another <see cref="State"/>.
/// </summary>
public sealed record JournalEntry
{
    /// <summary>The order. Its id is the key: the journal has at most one entry for each.</summary>
    public required PpvOrder Order { get; init; }

    /// <summary>When the caller stops waiting.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>When the worker took it from the queue.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>How far it got. Default <see cref="JournalState.Received"/>.</summary>
    public JournalState State { get; init; }

    /// <summary>Wizard's line that it was given; <see langword="null"/> when it got none.</summary>
    public LineNumber? Line { get; init; }

    /// <summary>
    /// The lease it belongs to: the EV, EN and UP of one call on one lease of a line share it. <see langword="null"/> when it got no line,
    /// or one that is never leased.
    /// </summary>
    public string? LeaseId { get; init; }

    /// <summary>What was answered: Wizard's text, or one of our codes. <see langword="null"/> when nothing was.</summary>
    public string? Code { get; init; }

    /// <summary>Why it was not executed, or why its outcome is unknown, as a sentence. Any caller may be told it.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The same with what no caller is told, such as hosts and files; <see langword="null"/> when there is no more to say.
    /// </summary>
    public string? Detail { get; init; }

    /// <summary>
    /// The order whose answer this one was told, when it is a confirm that repeats another one of its call under an id of its own; it was
    /// never sent itself. What becomes of that order becomes of this one. <see langword="null"/> for all others.
    /// </summary>
    public string? RepeatOf { get; init; }

    /// <summary>What the operator who settled it wrote.</summary>
    public string? Note { get; init; }

    /// <summary>
    /// When another worker, which took the order, handed its record over to this one; <see langword="null"/> for this worker's own orders.
    /// Of a subscriber's number such a record has a fingerprint only. Set by the journal; what a caller sets is ignored.
    /// </summary>
    public DateTimeOffset? HandedOverAt { get; init; }

    /// <summary>When this was recorded. Set by the journal; what a caller sets is ignored.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    internal string OrderId => Order.Id;

    /// <summary>The reason of a confirm that was under way when its worker ended.</summary>
    internal const string CutOff = "The worker ended before it knew what Wizard did.";

    /// <summary>Whether it was begun and its end is not recorded: it is under way, or was when its worker ended.</summary>
    internal bool IsCutOff => State is JournalState.Received or JournalState.Intent
        || (State == JournalState.Unknown && Reason == CutOff);

    internal bool IsConfirm => Order.Command.Kind == PpvCommandKind.Confirm;
}
