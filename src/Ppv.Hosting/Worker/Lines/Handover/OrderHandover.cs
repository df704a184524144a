using Microsoft.Extensions.Options;
using Ppv.Hosting.Worker.Journal;
using Ppv.Protocol.Text;
using Ppv.Rpc.Clocks;

namespace Ppv.Hosting.Worker.Lines.Handover;

/// <summary>
/// Passes on what a worker has on record of orders, so that the next one answers what is asked again as this one would. What can't be
/// passed on costs a repeated confirm its answer (it is unknown then), never a purchase: see <see cref="Ppv.Rpc.Messages.NewId"/>. Safe for
/// use by several threads.
/// </summary>
internal sealed class OrderHandover(
    IOrderJournalStore journal, IOptions<PpvServerOptions> options, TimeProvider timeProvider, PlainLogger<OrderHandover> logger)
{
    /// <summary>How long a worker that leaves may take for it: the next one waits.</summary>
    public static readonly TimeSpan ExportLimit = TimeSpan.FromSeconds(2);

    /// <summary>How long a worker that comes may take for it: callers wait.</summary>
    public static readonly TimeSpan AdoptLimit = TimeSpan.FromSeconds(10);

    // For clocks that are apart, and the time that the hand-over takes itself.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    // What was refused a moment ago may come again to the next worker, and is told the same; a flood of refusals must not take the room of
    // what was begun.
    private const int MaxRefusals = 20_000;

    private readonly SteadyClock _steady = new(timeProvider);

    private const string CutOff =
        "Its worker left before Wizard had answered; whether it was sent is for a person to find out, and stands in that worker's journal.";

    /// <summary>
    /// For as long as an id that does not say when it was made may be in use, and as long as a message may be on its way: what is asked for
    /// under such an id after the hand-over, and is not on record, is then known to be new.
    /// </summary>
    private TimeSpan Past
    {
        get
        {
            var rpc = options.Value.Rpc;
            return rpc.UndatedIdLife + rpc.MessageTtl + rpc.ClockSkew + Margin;
        }
    }

    /// <summary>
    /// The orders on record, the newest first, as many as there is room and time for; behind them, in what is left, the newest of those
    /// that were refused before anything was begun. Never fails.
    /// </summary>
    /// <param name="maxBytes">How long they may be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns><see langword="null"/> when they can't be read.</returns>
    public async Task<OrderSnapshot?> ExportAsync(int maxBytes, CancellationToken cancellationToken)
    {
        var begun = timeProvider.GetTimestamp();
        using var late = new CancellationTokenSource(ExportLimit, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        // What was recorded before the clock was set ahead looks older than it is. By how much nobody may know, when it was in an earlier
        // process: then all are passed on, as far as there is room.
        var ahead = _steady.Offset > TimeSpan.Zero ? _steady.Offset : TimeSpan.Zero;
        var now = timeProvider.GetUtcNow();
        var completeFor = Past;
        try
        {
            var dated = journal.DatedRightFor;
            var since = dated < completeFor ? DateTimeOffset.MinValue : now - completeFor - ahead;
            var refused = await journal.NewestRefusalsAsync(MaxRefusals, end.Token).WaitAsync(end.Token).ConfigureAwait(false);
            var left = OrderPack.MaxOrders - refused.Count;
            var entries = await journal.ChangedSinceAsync(since, left + 1, end.Token).WaitAsync(end.Token).ConfigureAwait(false);
            var cutOff = entries.Take(left).Concat(refused).Select(entry => Ended(entry) with
            {
                UpdatedAt = entry.UpdatedAt < now - ahead ? entry.UpdatedAt + ahead : now,
            }).ToList();
            var packed = OrderPack.Pack(cutOff, maxBytes, () => timeProvider.GetElapsedTime(begun) > ExportLimit, out var count);
            var begunCount = Math.Min(count, left);
            if (begunCount < entries.Count)
            {
                var whole = now - entries[begunCount].UpdatedAt - ahead - TimeSpan.FromMilliseconds(1);
                if (whole > dated) whole = dated;
                completeFor = whole < TimeSpan.Zero ? TimeSpan.Zero : whole < completeFor ? whole : completeFor;
                HandoverLog.OrdersLeftOut(logger, count, Spans.About(completeFor));
            }
            else
            {
                HandoverLog.OrdersHandedOver(logger, count, Spans.About(completeFor));
            }

            return new OrderSnapshot(packed, count, completeFor, now);
        }
        catch (Exception e) when (e is JournalUnavailableException or OperationCanceledException or ObjectDisposedException)
        {
            HandoverLog.NoOrdersHandedOver(logger, e is OperationCanceledException ? "The journal did not answer in time." : e.Message);
            return null;
        }
    }

    /// <summary>Takes over what another worker had on record.</summary>
    /// <param name="snapshot">Its orders.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// For how long before they were packed all are on record here too; <see langword="null"/> when they could not be recorded.
    /// </returns>
    /// <exception cref="FormatException">They can't be read.</exception>
    public async Task<TimeSpan?> AdoptAsync(OrderSnapshot snapshot, CancellationToken cancellationToken)
    {
        // By this machine's clock. For how long they lay in the queue nobody knows: they look that much younger, and none older than it is.
        var apart = timeProvider.GetUtcNow() - snapshot.At;
        var entries = OrderPack.Unpack(snapshot.Packed).ConvertAll(entry => entry with { UpdatedAt = After(entry.UpdatedAt, apart) });
        if (entries.Count != snapshot.Count) throw new FormatException("The handover lacks some of its orders.");
        entries.Reverse(); // As they came: the journal forgets the oldest first.
        try
        {
            await journal.AdoptAsync([.. entries.OrderBy(entry => entry.UpdatedAt)],
                cancellationToken).WaitAsync(AdoptLimit, timeProvider, cancellationToken)
                .ConfigureAwait(false);
            HandoverLog.OrdersTakenOver(logger, entries.Count, Spans.About(snapshot.CompleteFor));
            return snapshot.CompleteFor;
        }
        catch (Exception e) when (e is JournalUnavailableException or TimeoutException)
        {
            HandoverLog.NoOrdersTakenOver(logger, e is TimeoutException ? "The journal did not take them in time." : e.Message);
            return null;
        }
    }

    private static DateTimeOffset After(DateTimeOffset moment, TimeSpan time) => new(
        Math.Clamp(moment.UtcTicks + time.Ticks, DateTimeOffset.MinValue.UtcTicks, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);

    /// <summary>A confirm that may still be on its way counts as one without an answer.</summary>
    private static JournalEntry Ended(JournalEntry entry) => entry.State == JournalState.Intent
        ? entry with { State = JournalState.Unknown, Reason = CutOff }
        : entry;
}
