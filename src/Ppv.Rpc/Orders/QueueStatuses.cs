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

    public static async Task<PpvOrderStatus> AskAsync(
        string orderId, IEnumerable<string> queues, Func<string, CancellationToken, Task<PpvOrderStatus>> ask, TimeProvider timeProvider,
        CancellationToken cancellationToken)
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

        return Combine(orderId, answers);

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
    public static PpvOrderStatus Combine(string orderId, IReadOnlyCollection<PpvOrderStatus> answers)
    {
        var best = answers.MinBy(answer => WeightOf(answer.State))!;
        if (best.State != PpvOrderState.NeverSeen || answers.FirstOrDefault(
            answer => answer.State == PpvOrderState.Unavailable) is not { } silent)
            return best;
        return new PpvOrderStatus(orderId, PpvOrderState.Unknown, null,
            $"No worker that answered has a record of it, but one could not be asked; ask again. {silent.Reason}");
    }

    // One id that came to two queues, sent again after a change of the list: that one worker did not ask Wizard says nothing of the other.
    private static int WeightOf(PpvOrderState state) => state switch
    {
        PpvOrderState.Completed => 0,
        PpvOrderState.Unknown => 1,
        PpvOrderState.NotExecuted => 2,
        PpvOrderState.NeverSeen => 3,
        _ => 4,
    };
}
