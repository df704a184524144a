using Ppv.Protocol;

namespace Ppv.Rpc.Routing;

/// <summary>On which queue calls in progress are; each until nothing was heard of it for a while, and the latest only. Safe for use by several threads.</summary>
/// <param name="limit">How often calls may be noted before the oldest note goes.</param>
/// <param name="idle">How long a call is remembered after it was last noted or found.</param>
internal sealed class CallMemory(int limit, TimeSpan idle)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ConnectionId, (string Queue, long Note)> _calls = [];
    private readonly Queue<(ConnectionId Call, long Note, DateTimeOffset At)> _notes = new();
    private long _noted;

    public int Count
    {
        get { lock (_gate) return _calls.Count; }
    }

    public void Note(ConnectionId call, string queue, DateTimeOffset now)
    {
        lock (_gate)
        {
            _calls[call] = (queue, ++_noted);
            _notes.Enqueue((call, _noted, now));
            Forget(now);
        }
    }

    /// <summary>The call's queue, remembered from now on again; <see langword="null"/> when it is not known.</summary>
    public string? Find(ConnectionId call, DateTimeOffset now)
    {
        lock (_gate)
        {
            Forget(now);
            if (!_calls.TryGetValue(call, out var known)) return null;
            Note(call, known.Queue, now);
            return known.Queue;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        while (_notes.TryPeek(out var oldest) && (_notes.Count > limit || now - oldest.At >= idle))
        {
            _notes.Dequeue();
            if (_calls.TryGetValue(oldest.Call, out var known) && known.Note == oldest.Note) _calls.Remove(oldest.Call);
        }
    }
}
