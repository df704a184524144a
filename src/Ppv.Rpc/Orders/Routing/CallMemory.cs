namespace Ppv.Rpc.Orders.Routing;

/// <summary>
/// On which queue calls and purchases in progress are; each until nothing was heard of it for a while, and the latest only. Safe for use
/// by several threads.
/// </summary>
/// <param name="limit">How many calls are remembered; of more, those of which nothing was heard for longest go.</param>
/// <param name="idle">How long a call is remembered after it was last noted or found.</param>
/// <param name="timeProvider">
/// The clock, of which only the monotonic one is used: setting the other one must not forget calls in progress.
/// </param>
internal sealed class CallMemory(int limit, TimeSpan idle, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Known>> _calls = new(StringComparer.OrdinalIgnoreCase);
    private readonly LinkedList<Known> _inOrder = new(); // The one of which nothing was heard for longest first.

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
            if (_calls.Remove(call, out var before)) _inOrder.Remove(before);
            _calls[call] = _inOrder.AddLast(new Known(call, queue, timeProvider.GetTimestamp()));
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
            Note(call, known.Value.Queue);
            return known.Value.Queue;
        }
    }

    private void Forget()
    {
        while (_inOrder.First is { } oldest && (_calls.Count > limit || timeProvider.GetElapsedTime(oldest.Value.At) >= idle))
        {
            _inOrder.RemoveFirst();
            _calls.Remove(oldest.Value.Call);
        }
    }

    private sealed record Known(string Call, string Queue, long At);
}
