using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>What a caller is told of an order.</summary>
/// <param name="Code">Wizard's text, or a code of ours.</param>
/// <param name="Outcome">What is known.</param>
/// <param name="Reason">Why it is not completed; <see langword="null"/> when it is.</param>
internal sealed record OrderAnswer(string Code, RpcOutcome Outcome, string? Reason);

/// <summary>What the journal's record of an order means for those who ask: the order again, or an inquiry.</summary>
internal static class JournalAnswers
{
    /// <summary>Finds what became of an order: of a confirm that repeats another one, what became of that.</summary>
    /// <exception cref="JournalUnavailableException">The journal can't be read.</exception>
    public static async Task<JournalEntry?> FindAsync(IOrderJournalStore journal, string orderId, CancellationToken cancellationToken)
    {
        var entry = await journal.FindAsync(orderId, cancellationToken).ConfigureAwait(false);
        return entry?.RepeatOf is { } first ? await journal.FindAsync(first, cancellationToken).ConfigureAwait(false) ?? entry : entry;
    }

    /// <summary>
    /// The answer to an order that is repeated; <see langword="null"/> when the record does not say that Wizard was, or was not, asked.
    /// </summary>
    public static OrderAnswer? ToAnswer(JournalEntry entry, WorkerOptions server) => entry.State switch
    {
        JournalState.Completed => new OrderAnswer(entry.Code ?? ResultCodes.Ok, RpcOutcome.Completed, null),
        JournalState.SettledBought => new OrderAnswer(ResultCodes.Ok, RpcOutcome.Completed, null),
        JournalState.NotExecuted =>
            new OrderAnswer(entry.Code ?? server.WizardUnavailableCode, RpcOutcome.NotExecuted, entry.Reason ?? "Wizard was not asked."),
        JournalState.SettledNotBought =>
            new OrderAnswer(server.WizardUnavailableCode, RpcOutcome.NotExecuted, "An operator has found that nothing was bought."),
        JournalState.Intent or JournalState.Unknown => new OrderAnswer(server.WizardUnavailableCode, RpcOutcome.Unknown, ReasonOf(entry)),
        _ => null,
    };

    public static PpvOrderStatus ToStatus(string orderId, JournalEntry? entry) => entry?.State switch
    {
        null => new PpvOrderStatus(orderId, PpvOrderState.NeverSeen, null, "The worker's journal has no record of it."),
        JournalState.Completed => new PpvOrderStatus(orderId, PpvOrderState.Completed, entry.Code, null),
        JournalState.SettledBought => new PpvOrderStatus(orderId, PpvOrderState.Completed, ResultCodes.Ok, "An operator has settled it."),
        JournalState.NotExecuted => new PpvOrderStatus(orderId, PpvOrderState.NotExecuted, entry.Code, entry.Reason),
        JournalState.SettledNotBought => new PpvOrderStatus(orderId, PpvOrderState.NotExecuted, null, "An operator has settled it."),
        // A confirm that was only received never went to Wizard, but it may still be waiting in the queue.
        JournalState.Received =>
            new PpvOrderStatus(orderId, PpvOrderState.Unknown, null, "The worker took it and was stopped before it recorded the outcome."),
        _ => new PpvOrderStatus(orderId, PpvOrderState.Unknown, entry.Code, ReasonOf(entry)),
    };

    /// <summary>The order, as its caller is told that it ended.</summary>
    public static JournalEntry With(this JournalEntry entry, OrderAnswer answer, JournalState state) =>
        entry with { State = state, Code = answer.Code, Reason = answer.Reason };

    private static string ReasonOf(JournalEntry entry) =>
        entry.Reason ?? "It was about to be sent to Wizard when the worker stopped; whether it was is for a person to find out.";
}
