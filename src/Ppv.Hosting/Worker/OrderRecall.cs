using Microsoft.Extensions.Options;
using Ppv.Hosting.Worker.Journal;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Messages;

namespace Ppv.Hosting.Worker;

/// <summary>
/// Step 1 of an order, recall: what the journal knows of its id, and where it knows nothing, whether that says anything. Safe for use by
/// several threads.
/// </summary>
internal sealed class OrderRecall(IOrderJournalStore journal, IOptions<PpvServerOptions> options, TimeProvider timeProvider)
{
    private static readonly Reason NotKnown = Reason.Of(
        "This confirm may have been sent before, to the worker that had the queue before this one's record of it begins; so it is not sent "
        + "to Wizard.");

    private readonly WorkerOptions _server = options.Value.Server;

    /// <summary>The proof that what the journal does not have under the request's id was never executed.</summary>
    public NewId? CoveredBy(RpcRequestContext context) =>
        NewId.Of(context.History, context.CoveredSince, timeProvider.GetUtcNow() - PruneClock.RememberedFor(_server.Journal.Retention));

    /// <summary>Looks the order up.</summary>
    /// <param name="order">The order.</param>
    /// <param name="context">How it came.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Recall> FindAsync(PpvOrder order, RpcRequestContext context, CancellationToken cancellationToken)
    {
        var id = CoveredBy(context);
        JournalEntry? known;
        try
        {
            known = await JournalAnswers.FindAsync(journal, order.Id, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalUnavailableException e)
        {
            // This process began the call's lease and knows its confirms, so the lease goes on where nobody else can have had the order.
            return new Recall(null, new IdPast(null, e.Reason, EndsLease: id is null));
        }

        if (known is not null && !JournalRules.IsSameOrder(known.Order, order))
            return Recall.Of(OrderAnswer.IdOfAnother(_server.InvalidOrderCode, known.Order, order, id));
        if (known is not null && OrderAnswer.OnRecord(known, _server) is { } answer) return Recall.Of(answer);
        // One that was cut off may have reached Wizard, whatever becomes of it now.
        if (known is { IsConfirm: false, Line: not null }) return new Recall(null, new IdPast(null, default, EndsLease: false), known);
        if (order.Command.Kind == PpvCommandKind.Confirm && !context.History.IsNew && known is null
            && await IsInAnotherFormAsync(order, cancellationToken).ConfigureAwait(false))
            return new Recall(null, new IdPast(null, DoubtOfOtherForm(order), EndsLease: true));
        var past = id is null ? new IdPast(null, DoubtOf(context), EndsLease: true) : new IdPast(id, default, EndsLease: false);
        return new Recall(null, past, known);
    }

    /// <summary>
    /// Whether an order is on record under the id without an owner, or with one: one gateway knows its clients and another one does not.
    /// </summary>
    private async Task<bool> IsInAnotherFormAsync(PpvOrder order, CancellationToken cancellationToken)
    {
        try
        {
            return order.IsOwned
                ? await JournalAnswers.IsNobodysAsync(journal, order.Id, cancellationToken).ConfigureAwait(false)
                : await journal.IsOwnedAsync(order.Id, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalUnavailableException)
        {
            return true; // Who knows.
        }
    }

    private static Reason DoubtOfOtherForm(PpvOrder order) =>
        order.IsOwned ? Reason.Of(JournalAnswers.Nobodys) : Reason.Of(JournalAnswers.OfAClient);

    private static Reason DoubtOf(RpcRequestContext context) => context.ClockTrouble is { } trouble
        ? Reason.Of($"{NotKnown} {Reason.Said(trouble)}")
        : context.History.Since is null
        ? Reason.Of($"{NotKnown} An id that begins with the time would show that it is younger.")
        : Reason.Of($"{NotKnown} Its id is from before that.");
}
