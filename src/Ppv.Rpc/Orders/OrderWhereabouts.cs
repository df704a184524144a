using Ppv.Protocol;

namespace Ppv.Rpc.Orders;

/// <summary>
/// Where an order id was used before, with several queues: a worker knows of its own queue only, so that a confirm which comes again must
/// go to the worker that had it, and to no other one unless all others are sure that they have not. Safe for use by several threads.
/// </summary>
/// <param name="queues">The queues.</param>
/// <param name="isHome">Whether an order is sent where all who begin now would send it.</param>
/// <param name="isSettledSince">Whether every order of a call that was sent since a moment went where it would go now.</param>
/// <param name="ask">Asks a queue's worker what became of an order.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class OrderWhereabouts(
    IReadOnlyList<string> queues, Func<PpvOrder, string, bool> isHome, Func<DateTimeOffset, bool> isSettledSince,
    Func<PpvOrder, string, CancellationToken, Task<PpvOrderStatus>> ask, TimeProvider timeProvider)
{
    /// <summary>A worker says it from its record, in milliseconds.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    /// <summary>An id that was used before anybody can say where: no worker's record is old enough to prove that it was not.</summary>
    private static readonly IdHistory Anywhere = IdHistory.RepeatSince(DateTimeOffset.UnixEpoch);

    /// <summary>Finds where a confirm belongs, given where its call does.</summary>
    /// <param name="order">The order.</param>
    /// <param name="queue">The call's queue.</param>
    /// <param name="history">What is known of the id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The queue to send it to, and what its worker may take for known of the id.</returns>
    public async ValueTask<(string Queue, IdHistory History)> FindAsync(
        PpvOrder order, string queue, IdHistory history, CancellationToken cancellationToken)
    {
        if (queues.Count == 1 || order.Command.Kind != PpvCommandKind.Confirm) return (queue, history);
        // A purchase that a change of the list has overtaken may have been begun by somebody else meanwhile, where the list leads now.
        var isCertain = history.IsNew ? order.Subject is null || isHome(order, queue)
            : history.Since is { } first && isSettledSince(first);
        if (isCertain) return (queue, history);

        List<string> asked = [queue, .. queues.Where(other => other != queue)];
        var answers = await Task.WhenAll(asked.Select(each => AskAsync(each, order, cancellationToken))).ConfigureAwait(false);
        var since = history.Since ?? DateTimeOffset.MinValue;
        var best = answers.MinBy(answer => QueueStatuses.WeightOf(answer.State))!;
        // That one has refused it says nothing of the others.
        if (best.State is PpvOrderState.Completed or PpvOrderState.Unknown
            || QueueStatuses.Combine(order.Id, since, answers).State == PpvOrderState.NotExecuted)
            return (asked[Array.IndexOf(answers, best)], history);

        return history.IsNew || answers.Skip(1).All(answer => QueueStatuses.HasNeverHad(answer, since))
            ? (queue, history)
            : (queue, Anywhere);
    }

    private async Task<PpvOrderStatus> AskAsync(string queue, PpvOrder order, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ask(order, queue, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PpvOrderStatus(order.Id, PpvOrderState.Unavailable, null, $"No worker on queue {queue} answered in time.");
        }
    }
}
