using System.Globalization;
using Microsoft.Extensions.Options;
using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>How entries follow each other, the same for every journal.</summary>
internal static class JournalRules
{
    public static readonly TimeSpan PruneInterval = TimeSpan.FromDays(1);

    /// <summary>
    /// What is known when two things were told about one order. What Wizard may have done outweighs the refusal of a repeat; only the
    /// attempt that has the intent can take it back. An id belongs to the order that had it first: what is told of another one under it is
    /// not this one's.
    /// </summary>
    public static JournalEntry Further(JournalEntry? known, JournalEntry told) =>
        known is null || (IsSameOrder(known.Order, told.Order) && IsFurther(known, told)) ? told : known;

    /// <summary>Whether two orders under one id ask for the same: the same command, with the same value, of the same call.</summary>
    public static bool IsSameOrder(PpvOrder one, PpvOrder other) => one.ConnectionId == other.ConnectionId && one.Command == other.Command;

    private static bool IsFurther(JournalEntry known, JournalEntry told) =>
        Rank(told.State) > Rank(known.State) || TakesBack(known, told) || AddsCode(known, told);

    /// <summary>Whether an operator must find out what became of it, as soon as it does not run any more.</summary>
    public static bool IsOpen(JournalEntry entry) =>
        entry is { IsConfirm: true, RepeatOf: null, State: JournalState.Intent or JournalState.Unknown };

    public static bool IsUnknownConfirm(JournalEntry entry) => entry is { IsConfirm: true, State: JournalState.Unknown, RepeatOf: null };

    public static bool MayHaveReachedWizard(JournalEntry entry) =>
        entry is { RepeatOf: null, State: not (JournalState.Received or JournalState.NotExecuted) };

    public static JournalEntry? LastConfirm(IEnumerable<JournalEntry> entriesOfCall) =>
        entriesOfCall.Where(entry => entry.IsConfirm && MayHaveReachedWizard(entry)).MaxBy(entry => (entry.ReceivedAt, entry.UpdatedAt));

    public static List<JournalEntry> Unknowns(IEnumerable<JournalEntry> entries) =>
        [.. entries.Where(IsUnknownConfirm).OrderBy(entry => entry.ReceivedAt)];

    /// <summary>The newest lease of each call with something recorded since a moment.</summary>
    public static List<RestoredLease> Leases(IEnumerable<JournalEntry> entries, DateTimeOffset since) =>
    [
        .. entries.Where(entry => entry is { LeaseId: not null, Line: not null, Order.ConnectionId: not null })
            .GroupBy(entry => entry.LeaseId!)
            .Select(lease => ToLease(lease.Key, [.. lease.OrderBy(entry => entry.ReceivedAt).ThenBy(entry => entry.UpdatedAt)]))
            .Where(lease => lease.LastActivity >= since)
            .GroupBy(lease => lease.ConnectionId)
            .Select(call => call.MaxBy(lease => (lease.LastActivity, lease.Entries[^1].ReceivedAt))!),
    ];

    /// <exception cref="ArgumentOutOfRangeException">The retention is too short or too long.</exception>
    public static TimeSpan RetentionOf(JournalOptions options)
    {
        var retention = options.Retention;
        if (new JournalOptionsValidator().Validate(null, options) is { Failed: true, FailureMessage: var message })
            throw new ArgumentOutOfRangeException(nameof(options), retention, message);
        return retention;
    }

    public static void CheckRecordable(JournalEntry entry)
    {
        if (entry.State is JournalState.Intent or JournalState.SettledBought or JournalState.SettledNotBought)
            throw new ArgumentException($"State {entry.State} has a method of its own.", nameof(entry));
    }

    public static JournalEntry ToIntent(JournalEntry entry) => entry.IsConfirm
        ? entry with { State = JournalState.Intent }
        : throw new ArgumentException("Only a confirm has an intent.", nameof(entry));

    /// <exception cref="InvalidOperationException">The confirm was at least begun before, or another order has its id.</exception>
    public static JournalEntry Begin(JournalEntry? known, JournalEntry intent) =>
        known is null || (known.State == JournalState.Received && IsSameOrder(known.Order, intent.Order))
            ? intent
            : throw new InvalidOperationException(
            $"Order {known.OrderId} ({known.Order.Command}) was recorded before as {known.State}; it must not be sent to Wizard again.");

    /// <summary>What stands for an intent whose caller was told, or told us, that it will not be sent.</summary>
    public static JournalEntry NotSent(JournalEntry intent, string reason) =>
        intent with { State = JournalState.NotExecuted, Reason = reason };

    /// <exception cref="InvalidOperationException">There is nothing to settle.</exception>
    public static JournalEntry Settle(JournalEntry? known, string orderId, bool bought, string note, DateTimeOffset now)
    {
        var verdict = bought ? JournalState.SettledBought : JournalState.SettledNotBought;
        if (known is null)
            throw new InvalidOperationException($"The journal does not know order {orderId}, so there is nothing to settle.");
        if (known.State == verdict) return known;
        if (IsUnknownConfirm(known)) return known with { State = verdict, Note = note, UpdatedAt = now };
        throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
            $"Order {orderId} ({known.Order.Command}) is {known.State} since {known.UpdatedAt.UtcDateTime:u}; only confirms whose "
                + $"outcome is unknown can be settled."));
    }

    private static RestoredLease ToLease(string id, List<JournalEntry> entries) =>
        new() { ConnectionId = entries[0].Order.ConnectionId!, LeaseId = id, Line = entries[^1].Line!.Value, Entries = entries };

    // Each delivery of an order has its own time, so this tells an attempt from a repeat of the order.
    private static bool TakesBack(JournalEntry known, JournalEntry told) =>
        known.State == JournalState.Intent && told.State == JournalState.NotExecuted && told.ReceivedAt == known.ReceivedAt;

    private static bool AddsCode(JournalEntry known, JournalEntry told) =>
        told.State == known.State && known.Code is null && told.Code is not null;

    private static int Rank(JournalState state) => state switch
    {
        JournalState.Received => 0,
        JournalState.NotExecuted => 1,
        JournalState.Intent => 2,
        JournalState.Unknown => 3,
        JournalState.Completed => 4,
        _ => 5,
    };
}

/// <summary>The ranges of <see cref="JournalOptions"/>; generated from the attributes there.</summary>
[OptionsValidator]
internal sealed partial class JournalOptionsValidator : IValidateOptions<JournalOptions>;
