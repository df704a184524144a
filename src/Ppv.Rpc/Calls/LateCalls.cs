using System.Collections.Concurrent;

namespace Ppv.Rpc.Calls;

/// <summary>Calls that ended without their answer, by correlation id, so that one that still comes finds its request; the latest ones only.</summary>
internal sealed class LateCalls(int limit)
{
    private readonly ConcurrentDictionary<string, string> _ids = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    public void Add(string correlationId, string id)
    {
        _ids[correlationId] = id;
        _order.Enqueue(correlationId);
        while (_order.Count > limit && _order.TryDequeue(out var oldest)) _ids.TryRemove(oldest, out _);
    }

    /// <summary>The id of the request, once.</summary>
    public string? Take(string? correlationId) => correlationId is not null && _ids.TryRemove(correlationId, out var id) ? id : null;
}
