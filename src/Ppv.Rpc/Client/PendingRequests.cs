using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Ppv.Rpc.Client;

/// <summary>
/// The requests that wait for an answer, by correlation id; bounded. Whoever removes an entry settles it, so each is settled once.
/// </summary>
internal sealed class PendingRequests(int limit)
{
    private readonly ConcurrentDictionary<string, PendingRequest> _requests = new(StringComparer.Ordinal);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a request.</summary>
    /// <param name="session">The session it is sent on.</param>
    /// <param name="request">The request, under a new correlation id.</param>
    /// <returns><see langword="false"/> when as many wait as may.</returns>
    public bool TryAdd(object session, [NotNullWhen(true)] out PendingRequest? request)
    {
        if (Interlocked.Increment(ref _count) > limit)
        {
            Interlocked.Decrement(ref _count);
            request = null;
            return false;
        }

        request = new PendingRequest(Guid.NewGuid().ToString(), session);
        return _requests.TryAdd(request.CorrelationId, request);
    }

    /// <summary>Settles a request with its answer.</summary>
    /// <returns><see langword="false"/> when no such request waits (any more).</returns>
    public bool TrySettle(string correlationId, RpcReply reply)
    {
        if (!_requests.TryRemove(correlationId, out var request)) return false;
        Interlocked.Decrement(ref _count);
        return request.TrySetReply(reply);
    }

    /// <summary>Settles every request that was sent on a session.</summary>
    public void SettleAll(object session, RpcReply reply)
    {
        foreach (var (correlationId, request) in _requests)
        {
            if (ReferenceEquals(request.Session, session)) TrySettle(correlationId, reply);
        }
    }
}

/// <summary>One request that waits for its answer.</summary>
internal sealed class PendingRequest(string correlationId, object session)
{
    private readonly TaskCompletionSource<RpcReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string CorrelationId { get; } = correlationId;

    public object Session { get; } = session;

    public Task<RpcReply> Reply => _reply.Task;

    public bool TrySetReply(RpcReply reply) => _reply.TrySetResult(reply);
}

/// <summary>
/// Requests that ended without their answer, by correlation id, so that one that still comes finds its request; the latest ones only.
/// </summary>
internal sealed class LateRequests(int limit)
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
