using System.Collections.Concurrent;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>The orders that are being worked on, by id: an order that comes while it runs already waits for the same answer. Safe for use by several threads.</summary>
internal sealed class RunningOrders
{
    private readonly ConcurrentDictionary<string, Task<RpcReply>> _running = new(StringComparer.Ordinal);

    public bool Contains(string orderId) => _running.ContainsKey(orderId);

    /// <summary>
    /// Runs the order, or joins the run that is under way. When that one ends with <see cref="OperationCanceledException"/>, it was given back: it belonged to a
    /// connection or a place that is gone, and this delivery runs itself.
    /// </summary>
    public async Task<RpcReply> RunAsync(string orderId, Func<Task<RpcReply>> run)
    {
        var mine = new TaskCompletionSource<RpcReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        while (_running.GetOrAdd(orderId, mine.Task) is var running && running != mine.Task)
        {
            try
            {
                return await running.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Its entry was removed before it ended.
            }
        }

        RpcReply reply;
        try
        {
            reply = await run().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _running.TryRemove(orderId, out _);
            mine.SetException(e);
            _ = mine.Task.Exception; // Observed, even if nobody has joined.
            throw;
        }

        mine.SetResult(reply);
        _running.TryRemove(orderId, out _);
        return reply;
    }
}
