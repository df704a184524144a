using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Ppv.Rpc.Calls;

/// <summary>The calls that wait for an answer, by correlation id; bounded. Whoever removes an entry settles it, so each is settled once.</summary>
internal sealed class PendingCalls(int limit)
{
    private readonly ConcurrentDictionary<string, PendingCall> _calls = new(StringComparer.Ordinal);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a call.</summary>
    /// <param name="session">The session it is made on.</param>
    /// <param name="call">The call, under a new correlation id.</param>
    /// <returns><see langword="false"/> when as many calls wait as may.</returns>
    public bool TryAdd(object session, [NotNullWhen(true)] out PendingCall? call)
    {
        if (Interlocked.Increment(ref _count) > limit)
        {
            Interlocked.Decrement(ref _count);
            call = null;
            return false;
        }

        call = new PendingCall(Guid.NewGuid().ToString(), session);
        return _calls.TryAdd(call.CorrelationId, call);
    }

    /// <summary>Settles a call with its answer.</summary>
    /// <returns><see langword="false"/> when no such call waits (any more).</returns>
    public bool TrySettle(string correlationId, RpcReply reply)
    {
        if (!_calls.TryRemove(correlationId, out var call)) return false;
        Interlocked.Decrement(ref _count);
        return call.TrySetReply(reply);
    }

    /// <summary>Settles every call that was made on a session.</summary>
    public void SettleAll(object session, RpcReply reply)
    {
        foreach (var (correlationId, call) in _calls)
        {
            if (ReferenceEquals(call.Session, session)) TrySettle(correlationId, reply);
        }
    }
}
