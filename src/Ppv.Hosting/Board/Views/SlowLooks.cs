using Ppv.Hosting.Board.State;
using Ppv.Rpc.Brokers;

namespace Ppv.Hosting.Board.Views;

/// <summary>
/// What has to be asked for: how full the queues are, and which confirms are unknown. Asked at most as often as somebody wants to know it
/// anew, one question at a time, each within its bound; whoever looks meanwhile gets what was found last. Safe for use by several threads.
/// </summary>
internal sealed class SlowLooks(BoardSources sources)
{
    /// <summary>How many of the unknown confirms are shown.</summary>
    private const int ShownUnknowns = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task _looking = Task.CompletedTask;
    private long? _lookedAt;
    private Found _latest = new(
        DateTimeOffset.MinValue, new BoardUnknowns(null, [], sources.Worker is null ? null : "The journal has not been looked into yet."),
        new Dictionary<string, QueueCounts>());

    /// <summary>What was found last.</summary>
    public Found Latest
    {
        get { lock (_gate) return _latest; }
    }

    /// <summary>Looks anew, if the last look is older; waits for that a moment only.</summary>
    public async Task RefreshAsync(TimeSpan maxAge)
    {
        Task looking;
        lock (_gate)
        {
            if (!_looking.IsCompleted || (_lookedAt is { } at && sources.TimeProvider.GetElapsedTime(at) < maxAge)) return;
            _looking = looking = Task.Run(LookAsync);
        }

        try
        {
            await looking.WaitAsync(Patience, sources.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Who looks next will see it.
        }
    }

    private async Task LookAsync()
    {
        using var limit = new CancellationTokenSource(LookLimit, sources.TimeProvider);
        var unknowns = UnknownsAsync(limit.Token);
        var queues = new Dictionary<string, QueueCounts>(StringComparer.Ordinal);
        foreach (var link in sources.Links)
        {
            // Gateway and worker of one program see the same queue.
            foreach (var queue in link.Queues.Where(queue => !queues.ContainsKey(queue)))
            {
                if (await CountAsync(link, queue, limit.Token).ConfigureAwait(false) is { } counts) queues[queue] = counts;
            }
        }

        var found = new Found(sources.TimeProvider.GetUtcNow(), await unknowns.ConfigureAwait(false), queues);
        lock (_gate) (_latest, _lookedAt) = (found, sources.TimeProvider.GetTimestamp());
    }

    private async Task<BoardUnknowns> UnknownsAsync(CancellationToken cancellationToken)
    {
        if (sources.Worker is not { } worker) return new BoardUnknowns(null, []);
        try
        {
            var all = await worker.Journal.UnknownsAsync(cancellationToken).ConfigureAwait(false);
            return new BoardUnknowns(all.Count, [.. all.Take(ShownUnknowns).Select(entry => new BoardUnknown(
                entry.OrderId, entry.Order.ConnectionId?.ToString() ?? "", entry.Line?.Value, entry.ReceivedAt,
                entry.Detail ?? entry.Reason))]);
        }
        catch (Exception e) when (e is JournalUnavailableException or OperationCanceledException or ObjectDisposedException)
        {
            return new BoardUnknowns(null, [], e switch
            {
                JournalUnavailableException => e.Message,
                ObjectDisposedException => "The journal is closed: the program is about to stop.",
                _ => FormattableString.Invariant($"The journal has not answered within {LookLimit.TotalSeconds} s."),
            });
        }
    }

    /// <returns><see langword="null"/> where it can't be told.</returns>
    private static async Task<QueueCounts?> CountAsync(LinkSources link, string queue, CancellationToken cancellationToken)
    {
        QueueCounts? sum = null;
        foreach (var connection in link.Connections().Where(connection => connection.BlockedReason is null))
        {
            try
            {
                var counts = await connection.CountAsync(queue, cancellationToken).ConfigureAwait(false);
                sum = sum is { } others ? others + counts : counts;
            }
            catch (Exception e) when (e is BrokerException or OperationCanceledException)
            {
                return null;
            }
        }

        return sum;
    }

    /// <summary>What a look has found.</summary>
    /// <param name="At">When.</param>
    /// <param name="Unknowns">Confirms whose outcome is unknown.</param>
    /// <param name="Queues">How full the queues are of which that is known.</param>
    internal sealed record Found(DateTimeOffset At, BoardUnknowns Unknowns, IReadOnlyDictionary<string, QueueCounts> Queues);
}
