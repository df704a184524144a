namespace Ppv.Rpc.Orders.Routing;

/// <summary>
/// On which queue calls and purchases in progress are; each until nothing was heard of it for a while, and the latest only. Safe for use
/// by several threads.
/// </summary>
/// <param name="limit">How often calls may be noted before the oldest note goes.</param>
/// <param name="idle">How long a call is remembered after it was last noted or found.</param>
/// <param name="timeProvider">
/// The clock, of which only the monotonic one is used: setting the other one must not forget calls in progress.
/// </param>
internal sealed class CallMemory(int limit, TimeSpan idle, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Queue, long Note)> _calls = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<(string Call, long Note, long At)> _notes = new();
    private long _noted;

    public int Count
    {
        get { lock (_gate) return _calls.Count; }
    }

    /// <summary>It is there now.</summary>
    /// <param name="call">What <see cref="QueueRouter.WholeOf"/> calls it.</param>
    /// <param name="queue">The queue.</param>
    public void Note(string call, string queue)
    {
        lock (_gate)
        {
            _calls[call] = (queue, ++_noted);
            _notes.Enqueue((call, _noted, timeProvider.GetTimestamp()));
            Forget();
        }
    }

    /// <summary>The call's queue, remembered from now on again; <see langword="null"/> when it is not known.</summary>
    public string? Find(string call)
    {
        lock (_gate)
        {
            Forget();
            if (!_calls.TryGetValue(call, out var known)) return null;
            Note(call, known.Queue);
            return known.Queue;
        }
    }

    private void Forget()
    {
        while (_notes.TryPeek(out var oldest) && (_notes.Count > limit || timeProvider.GetElapsedTime(oldest.At) >= idle))
        {
            _notes.Dequeue();
            if (_calls.TryGetValue(oldest.Call, out var known) && known.Note == oldest.Note) _calls.Remove(oldest.Call);
        }
    }
}
