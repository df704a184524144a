using System.Globalization;
using Ppv.Hosting.Worker.Journal.Sqlite;
using Ppv.Protocol;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Worker.Journal;

/// <summary>How entries follow each other, the same for every journal.</summary>
internal static class JournalRules
{
    public static readonly TimeSpan PruneInterval = TimeSpan.FromDays(1);

    /// <summary>How often refusals are forgotten, and the size is looked at.</summary>
    public static readonly TimeSpan RefusalInterval = TimeSpan.FromSeconds(10);

    /// <summary>So many refusals are remembered however large the journal is: what was refused a moment ago may come again.</summary>
    public const int RefusalsKept = 100_000;

    /// <summary>
    /// Whether it was refused before anything was begun for it; an EV or EN also where its caller was told that nobody knows, because it
    /// may have been sent before; and a confirm that is <see cref="KeptBriefly"/>. Nothing is proven by it but that its id was told so:
    /// neither a line nor a lease goes by it. What it took away from its call has a record of its own, which is none.
    /// <see cref="JournalSchema.IsRefusal"/> says the same of a row.
    /// </summary>
    public static bool IsRefusal(JournalEntry entry) => entry is { Line: null, LeaseId: null } && (entry.RepeatOf is { } first
        ? first == entry.OrderId
        : entry.State == JournalState.NotExecuted || entry is { IsConfirm: false, State: JournalState.Unknown });

    /// <summary>
    /// The record of a confirm that was not sent and of whose kind there are too many to keep each for long: a repeat of itself, so that it
    /// is nobody's to settle, and forgotten as a refusal is.
    /// </summary>
    public static JournalEntry KeptBriefly(JournalEntry unsent) => unsent with { RepeatOf = unsent.OrderId };

    /// <summary>
    /// What is known when two things were told about one order. What Wizard may have done outweighs the refusal of a repeat; only the
    /// attempt that has the intent can take it back. An id belongs to the order that had it first: what is told of another one under it is
    /// not this one's.
    /// </summary>
    public static JournalEntry Merge(JournalEntry? known, JournalEntry told) =>
        known is null ? told
        : !IsSameOrder(known.Order, told.Order) || !IsFurther(known, told) ? known
        // An attempt that was cut off on a line may have been sent there, whatever a later one came to.
        : known.Line is not null && told is { Line: null, State: JournalState.Unknown }
            ? told with { Line = known.Line, LeaseId = known.LeaseId }
            : told;

    /// <summary>
    /// Whether two orders under one id ask for the same: the same command, with the same value, of the same purchase; where they are part
    /// of none, of the same call. Of an EV or EN one of both may have come through an old gateway, which passes no purchase on; what a
    /// confirm buys only its purchase says.
    /// </summary>
    public static bool IsSameOrder(PpvOrder one, PpvOrder other) =>
        SubscriberFingerprint.AreSame(one, other) && (one.Subject, other.Subject) switch
        {
            (not null, not null) => one.Subject == other.Subject,
            (null, null) => one.ConnectionId == other.ConnectionId,
            _ => one.Command.Kind != PpvCommandKind.Confirm && one.ConnectionId == other.ConnectionId,
        };

    /// <summary>
    /// What is known after another worker has handed its record of an order over. Whose attempt it is decides who restores and lists it:
    /// what may have reached Wizard from here stays this worker's own, with the other one's verdict.
    /// </summary>
    /// <param name="known">What is on record here.</param>
    /// <param name="told">What the other worker has on record; its times are its clock's.</param>
    /// <param name="now">The time here.</param>
    public static JournalEntry Adopt(JournalEntry? known, JournalEntry told, DateTimeOffset now)
    {
        told = told with { ReceivedAt = Earlier(told.ReceivedAt, now), UpdatedAt = Earlier(told.UpdatedAt, now), HandedOverAt = now };
        if (known is null || ReferenceEquals(Merge(known, told), known) || HasTakenBack(known, told)) return known ?? told;
        return known.HandedOverAt is null && MayHaveReachedWizard(known)
            ? known with { State = told.State, Code = told.Code, Reason = told.Reason, Detail = told.Detail,
                Note = told.Note, UpdatedAt = now }
            : told with { Order = known.Order };
    }

    /// <summary>
    /// Whether this worker has proven since that its own attempt came to nothing, of which it had told the other one that nobody knows.
    /// </summary>
    private static bool HasTakenBack(JournalEntry known, JournalEntry told) =>
        known is { HandedOverAt: null, State: JournalState.NotExecuted } && told is { State: JournalState.Unknown, RepeatOf: null }
        && known.ReceivedAt.ToUnixTimeMilliseconds() == told.ReceivedAt.ToUnixTimeMilliseconds();

    private static bool IsFurther(JournalEntry known, JournalEntry told) =>
        Rank(told.State) > Rank(known.State) || TakesBack(known, told) || AddsCode(known, told) || IsNextAttempt(known, told);

    /// <summary>Whether an operator must find out what became of it, as soon as it does not run any more.</summary>
    public static bool IsOpen(JournalEntry entry) =>
        entry is { IsConfirm: true, RepeatOf: null, HandedOverAt: null, State: JournalState.Intent or JournalState.Unknown };

    public static bool IsUnknownConfirm(JournalEntry entry) => entry is { IsConfirm: true, State: JournalState.Unknown, RepeatOf: null };

    public static bool MayHaveReachedWizard(JournalEntry entry) =>
        entry is { RepeatOf: null, State: not (JournalState.Received or JournalState.NotExecuted) };

    /// <summary>
    /// Whether it is a confirm that may have been sent, of the same call, where one of both came through a gateway that knows its clients
    /// and the other one did not.
    /// </summary>
    public static bool IsConfirmOfOtherForm(JournalEntry entry, ConnectionId call) =>
        entry.IsConfirm && MayHaveReachedWizard(entry) && entry.Order.ConnectionId is { } other
        && other.Owner is null != call.Owner is null && other.Digits.Equals(call.Digits, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether two records are of one delivery of an order: each has its own time. One that came again is a later one.</summary>
    public static bool IsSameDelivery(JournalEntry? known, JournalEntry told) => known is not null && known.ReceivedAt == told.ReceivedAt;

    /// <param name="entriesOfCall">In the order in which they came.</param>
    public static JournalEntry? LastConfirm(IEnumerable<JournalEntry> entriesOfCall) =>
        ArrivalOrder.Date(entriesOfCall).Where(dated => dated.Entry.IsConfirm && MayHaveReachedWizard(dated.Entry))
            .OrderBy(dated => dated.Received).ThenBy(dated => dated.Updated).LastOrDefault().Entry;

    /// <summary>What is this worker's to find out: what another one has handed over stands in that one's list.</summary>
    public static List<JournalEntry> Unknowns(IEnumerable<JournalEntry> entries) =>
        [.. entries.Where(entry => IsUnknownConfirm(entry) && entry.HandedOverAt is null).OrderBy(entry => entry.ReceivedAt)];

    /// <summary>
    /// The newest lease of each call about which something was recorded since a moment, and the last lease on each line. With them those
    /// that came after one of that time, whatever the clock showed: they may have had its line.
    /// </summary>
    /// <param name="entries">In the order in which they came; what was handed over came then.</param>
    /// <param name="since">The moment.</param>
    public static RestoredLines Lines(IEnumerable<JournalEntry> entries, DateTimeOffset since)
    {
        var inOrder = entries.ToList();
        var leased = inOrder.Where(entry => entry is { LeaseId: not null, Line: not null }).ToList();
        var first = leased.FindIndex(entry => entry.ReceivedAt >= since);

        // All that a call has named: also what got no line counts, for the call asked for it.
        var named = inOrder.Where(entry => entry is { IsConfirm: false, Order.ConnectionId: not null })
            .ToLookup(entry => entry.Order.ConnectionId!);
        var places = inOrder.Select((entry, at) => (entry.OrderId, at)).ToDictionary(each => each.OrderId, each => each.at);
        var lastOn = leased.GroupBy(entry => entry.Line!.Value).ToDictionary(line => line.Key, line => line.Last().LeaseId!);
        var ids = lastOn.Values.ToHashSet();
        return new RestoredLines(
            [
                .. leased.Select((entry, at) => (Entry: entry, At: at))
                    .Where(each => each.Entry.Order.ConnectionId is not null)
                    .GroupBy(each => each.Entry.Order.ConnectionId!)
                    .Select(call => LeasesOf([.. call]).ToList())
                    .Where(leases => leases.Exists(each => each.Restored.LastActivity >= since || (first >= 0 && each.Last > first)))
                    .Select(leases => leases.MaxBy(each => each.Last))
                    .OrderBy(each => each.Last)
                    .Select(each => each.Restored with
                    {
                        IsOvertaken = lastOn[each.Restored.Line] != each.Restored.LeaseId,
                        Named = ArrivalOrder.Date(named[each.Restored.ConnectionId!]),
                        IsSuperseded = each.Restored.Confirm is { } confirm
                            && named[each.Restored.ConnectionId!].Any(entry => places[entry.OrderId] > places[confirm.OrderId]),
                    }),
            ],
            [.. leased.Where(entry => ids.Contains(entry.LeaseId!)).GroupBy(entry => entry.LeaseId!)
                .Select(lease => ToLease(lease.Key, [.. lease]))]);
    }

    private static IEnumerable<(RestoredLease Restored, int Last)> LeasesOf(
        List<(JournalEntry Entry, int At)> call) =>
        ArrivalOrder.Date(call.Select(each => each.Entry)).Zip(call, (dated, each) => (Dated: dated, each.At))
            .GroupBy(each => each.Dated.Entry.LeaseId!)
            .Select(lease => (
                ToLease(lease.Key,
                    [.. lease.OrderBy(each => each.Dated.Received).ThenBy(each => each.Dated.Updated).Select(each => each.Dated.Entry)]),
                lease.Max(each => each.At)));

    /// <exception cref="ArgumentOutOfRangeException">The retention is too short or too long.</exception>
    public static TimeSpan RetentionOf(JournalOptions options)
    {
        var retention = options.Retention;
        if (new JournalOptionsValidator().Validate(null, options) is { Failed: true, FailureMessage: var message })
            throw new ArgumentOutOfRangeException(nameof(options), retention, message);
        return retention;
    }

    /// <summary>For how long refusals are remembered.</summary>
    public static TimeSpan RefusalRetentionOf(JournalOptions options) =>
        options.RefusalRetention < options.Retention ? options.RefusalRetention : options.Retention;

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
    public static JournalEntry NotSent(JournalEntry intent, Reason reason) =>
        intent with { State = JournalState.NotExecuted, Reason = reason.Told, Detail = reason.Detail };

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
        new() { ConnectionId = entries[0].Order.ConnectionId, LeaseId = id, Line = entries[^1].Line!.Value, Entries = entries };

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    // Each delivery of an order has its own time, so this tells an attempt from a repeat of the order.
    private static bool TakesBack(JournalEntry known, JournalEntry told) =>
        known.State == JournalState.Intent && told.State == JournalState.NotExecuted && told.ReceivedAt == known.ReceivedAt;

    // What counts is the line where it is now: it was delivered again after its worker had died with it, or was given back unsent.
    private static bool IsNextAttempt(JournalEntry known, JournalEntry told) =>
        known.State == JournalState.Received && told is { State: JournalState.Received, HandedOverAt: null }
        && (told.ReceivedAt != known.ReceivedAt || (told.Line is null && known.Line is not null));

    private static bool AddsCode(JournalEntry known, JournalEntry told) =>
        told.State == known.State && known.Code is null && told.Code is not null;

    /// <summary>
    /// Whether an order that is in one state now has been in another before, or is in it: a record of it that is not so far is an older
    /// one. Only an intent that was taken back comes to rank lower than before.
    /// </summary>
    public static bool HasBeen(JournalState now, JournalState before) =>
        Rank(now) >= Rank(before) ? now != JournalState.Intent || before != JournalState.NotExecuted
            : now == JournalState.NotExecuted && before == JournalState.Intent;

    private static int Rank(JournalState state) => state switch
    {
        JournalState.Received => 0,
        JournalState.NotExecuted => 1,
        JournalState.Intent => 2,
        JournalState.Unknown => 3,
        JournalState.Completed => 4,
        JournalState.SettledNotBought => 5,
        _ => 6, // Where two people have settled one confirm differently, the one counts after which nobody buys it again.
    };
}
