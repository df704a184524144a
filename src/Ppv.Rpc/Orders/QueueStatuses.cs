namespace Ppv.Rpc.Orders;

/// <summary>
/// What several workers together know of an order: all of them are asked, because an order's id does not say where it went.
/// </summary>
internal static class QueueStatuses
{
    /// <summary>
    /// How long others may take when one has answered with a record: a worker that is down must not make its caller wait.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <param name="orderId">The order.</param>
    /// <param name="since">The moment before which nothing can have been sent under its id.</param>
    /// <param name="queues">The queues.</param>
    /// <param name="ask">Asks a queue's worker.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<PpvOrderStatus> AskAsync(
        string orderId, DateTimeOffset since, IEnumerable<string> queues, Func<string, CancellationToken, Task<PpvOrderStatus>> ask,
        TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var enough = new CancellationTokenSource(Timeout.InfiniteTimeSpan, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
        var answers = new List<PpvOrderStatus>();
        await foreach (var answer in Task.WhenEach(queues.Select(AskOneAsync).ToList()).ConfigureAwait(false))
        {
            answers.Add(await answer.ConfigureAwait(false));
            if (answers[^1].State is PpvOrderState.Completed or PpvOrderState.NotExecuted or PpvOrderState.Unknown)
                enough.CancelAfter(Patience);
        }

        return Combine(orderId, since, answers);

        async Task<PpvOrderStatus> AskOneAsync(string queue)
        {
            try
            {
                return await ask(queue, end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new PpvOrderStatus(orderId, PpvOrderState.Unavailable, null, $"No worker on queue {queue} answered in time.");
            }
        }
    }

    /// <summary>What those answers mean together.</summary>
    public static PpvOrderStatus Combine(string orderId, DateTimeOffset since, IReadOnlyCollection<PpvOrderStatus> answers)
    {
        var best = answers.MinBy(answer => WeightOf(answer.State))!;
        if (best.State is not (PpvOrderState.NeverSeen or PpvOrderState.NotExecuted)) return best;
        if (answers.FirstOrDefault(answer => answer.State == PpvOrderState.Unavailable) is { } silent)
            return Unsure($"but one could not be asked; ask again. {silent.Reason}");
        return best.State == PpvOrderState.NotExecuted
            && answers.Any(answer => answer.State == PpvOrderState.NeverSeen && !HasNeverHad(answer, since))
                ? Unsure("but one has taken a queue over since, and does not know what the one before it did.")
                : best;

        PpvOrderStatus Unsure(string why) =>
            new(orderId, PpvOrderState.Unknown, null, $"No worker that answered has executed it, {why}");
    }

    /// <summary>Whether a worker's answer proves that no worker of its queue has had an order.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="since">The moment before which nothing can have been sent under the order's id.</param>
    public static bool HasNeverHad(PpvOrderStatus answer, DateTimeOffset since) =>
        answer is { State: PpvOrderState.NeverSeen, CoveredSince: { } covered } && covered <= since;

    /// <summary>
    /// How little a state counts beside others. One id may have come to two queues, sent again after a change of the list: that one worker
    /// did not ask Wizard says nothing of the other one.
    /// </summary>
    public static int WeightOf(PpvOrderState state) => state switch
    {
        PpvOrderState.Completed => 0,
        PpvOrderState.Unknown => 1,
        PpvOrderState.NotExecuted => 2,
        PpvOrderState.NeverSeen => 3,
        _ => 4,
    };
}
