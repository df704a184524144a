using System.Collections.Concurrent;
using Ppv.Hosting.Worker.Journal;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Worker;

/// <summary>
/// The orders that are being worked on, by id: an order that comes while it runs already waits for the same answer. Safe for use by several
/// threads.
/// </summary>
internal sealed class RunningOrders
{
    /// <summary>How often one may be asked for while it runs, and wait: each takes a place of the worker's.</summary>
    public const int MaxJoined = 8;

    private readonly ConcurrentDictionary<string, Run> _running = new(StringComparer.Ordinal);

    public bool Contains(string orderId) => _running.ContainsKey(orderId);

    /// <summary>
    /// Runs the order, or joins the run that is under way. When that one ends with <see cref="OperationCanceledException"/>, it was given
    /// back: it belonged to a connection or a leadership that is gone, and this delivery runs itself.
    /// </summary>
    /// <param name="order">The order.</param>
    /// <param name="run">Runs it.</param>
    /// <param name="repeat">Is told the answer of the run that it has joined.</param>
    /// <param name="tooOften">Answers it when as many as may wait for the run already.</param>
    /// <param name="refuse">Answers it when another order runs under this id, whose answer is not this one's.</param>
    public async Task<RpcReply> RunAsync(
        PpvOrder order, Func<Task<RpcReply>> run, Func<RpcReply, Task<RpcReply>> repeat, Func<Task<RpcReply>> tooOften,
        Func<PpvOrder, Task<RpcReply>> refuse)
    {
        var mine = new TaskCompletionSource<RpcReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        var own = new Run(order, mine.Task);
        while (_running.GetOrAdd(order.Id, own) is var running && running != own)
        {
            if (!JournalRules.IsSameOrder(running.Order, order)) return await refuse(running.Order).ConfigureAwait(false);
            if (Interlocked.Increment(ref running.Joined) > MaxJoined) return await tooOften().ConfigureAwait(false);
            RpcReply joined;
            try
            {
                joined = await running.Reply.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                continue; // Its entry was removed before it ended.
            }

            return await repeat(joined).ConfigureAwait(false);
        }

        RpcReply reply;
        try
        {
            reply = await run().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _running.TryRemove(order.Id, out _);
            mine.SetException(e);
            _ = mine.Task.Exception; // Observed, even if nobody has joined.
            throw;
        }

        // First: whoever has the answer, and asks what became of the order, must not hear that it still runs.
        _running.TryRemove(order.Id, out _);
        mine.SetResult(reply);
        return reply;
    }

    private sealed class Run(PpvOrder order, Task<RpcReply> reply)
    {
        public int Joined;

        public PpvOrder Order => order;

        public Task<RpcReply> Reply => reply;
    }
}
