using Ppv.Hosting.Worker.Journal;
using Ppv.Protocol;
using Ppv.Protocol.Orders;
using Ppv.Protocol.Text;
using Ppv.Rpc;

namespace Ppv.Hosting.Worker;

/// <summary>What the journal's record of an order means for those who ask, and how an answer becomes a record.</summary>
internal static class JournalAnswers
{
    /// <summary>Why nobody knows of an order: one is on record under its id without an owner, or with one.</summary>
    public const string Nobodys = "Under its id an order is on record that came through a gateway which knew no clients.",
        OfAClient = "Under its id an order of a client is on record, and this gateway does not know whose this one is. An operator finds "
            + "the client's under ID~CLIENT.";

    /// <summary>Finds what became of an order: of a confirm that repeats another one, what became of that.</summary>
    /// <exception cref="JournalUnavailableException">The journal can't be read.</exception>
    public static async Task<JournalEntry?> FindAsync(IOrderJournalStore journal, string orderId, CancellationToken cancellationToken)
    {
        var entry = await journal.FindAsync(orderId, cancellationToken).ConfigureAwait(false);
        return entry?.RepeatOf is { } first ? await journal.FindAsync(first, cancellationToken).ConfigureAwait(false) ?? entry : entry;
    }

    /// <summary>What became of an order, for who asks.</summary>
    /// <exception cref="JournalUnavailableException">The journal can't be read.</exception>
    public static async Task<PpvOrderStatus> StatusAsync(IOrderJournalStore journal, string orderId, CancellationToken cancellationToken)
    {
        if (await FindAsync(journal, orderId, cancellationToken).ConfigureAwait(false) is { } entry)
            return ToStatus(orderId, entry.State, entry) with { Subject = entry.Order.Subject };
        var doubt = await IsNobodysAsync(journal, orderId, cancellationToken).ConfigureAwait(false) ? Nobodys
            : await journal.IsOwnedAsync(orderId, cancellationToken).ConfigureAwait(false) ? OfAClient
            : null;
        return doubt is null
            ? new PpvOrderStatus(orderId, PpvOrderState.NeverSeen, null, "The worker's journal has no record of it.")
            : new PpvOrderStatus(orderId, PpvOrderState.Unknown, null, doubt);
    }

    /// <summary>
    /// Whether an order stands under a caller's id that came while the gateway knew no callers, so that it may be this one.
    /// </summary>
    /// <exception cref="JournalUnavailableException">The journal can't be read.</exception>
    public static async Task<bool> IsNobodysAsync(IOrderJournalStore journal, string orderId, CancellationToken cancellationToken) =>
        Owned.Before(orderId) is { } bare
        && await FindAsync(journal, bare, cancellationToken).ConfigureAwait(false) is { Order.IsOwned: false };

    /// <summary>The order, as its caller is told that it ended.</summary>
    public static JournalEntry With(this JournalEntry entry, OrderAnswer answer) => entry with
    {
        State = answer.Outcome switch
        {
            RpcOutcome.Completed => JournalState.Completed,
            RpcOutcome.NotExecuted => JournalState.NotExecuted,
            _ => JournalState.Unknown,
        },
        Code = answer.Code,
        Reason = answer.Why?.Told,
        Detail = answer.Why?.Detail,
    };

    public static Reason ReasonOf(JournalEntry entry) => Reason.Said(
        entry.Reason ?? "It was about to be sent to Wizard when the worker stopped; whether it was is for a person to find out.",
        entry.Detail);

    private static PpvOrderStatus ToStatus(string orderId, JournalState state, JournalEntry entry) => state switch
    {
        JournalState.Completed => new PpvOrderStatus(orderId, PpvOrderState.Completed, entry.Code, null),
        JournalState.SettledBought => new PpvOrderStatus(orderId, PpvOrderState.Completed, ResultCodes.Ok, "An operator has settled it."),
        JournalState.NotExecuted => new PpvOrderStatus(orderId, PpvOrderState.NotExecuted, entry.Code, entry.Reason),
        JournalState.SettledNotBought => new PpvOrderStatus(orderId, PpvOrderState.NotExecuted, null, "An operator has settled it."),
        // A confirm that was only received never went to Wizard, but it may still be waiting in the queue.
        JournalState.Received =>
            new PpvOrderStatus(orderId, PpvOrderState.Unknown, null, "The worker took it and was stopped before it recorded the outcome."),
        _ => new PpvOrderStatus(orderId, PpvOrderState.Unknown, entry.Code, ReasonOf(entry).Told),
    };
}
