using Ppv.Rpc.Clocks;

namespace Ppv.Rpc.Orders;

/// <summary>
/// What a client remembers of the keys of its purchases: what each was for, and how far it came. The latest only; those of which nobody
/// knows what became of them longer than others. Not safe for use by several threads.
/// </summary>
/// <param name="limit">How many keys are remembered, and of how many older ones that are open.</param>
internal sealed class KnownKeys(int limit)
{
    private readonly Dictionary<string, KnownKey> _keys = new(StringComparer.Ordinal);
    private readonly Queue<string> _inOrder = new(), _openInOrder = new();

    /// <summary>The key of a purchase, known from now on if it was not.</summary>
    public KnownKey Take(Purchase purchase, ClockReading now)
    {
        if (_keys.TryGetValue(purchase.Key, out var known)) return known;
        _keys.Add(purchase.Key, known = new KnownKey(purchase.Subject, now));
        _inOrder.Enqueue(purchase.Key);
        if (_inOrder.Count > limit) Forget(_inOrder.Dequeue());
        return known;
    }

    private void Forget(string key)
    {
        if (_keys[key].IsOpen)
        {
            _openInOrder.Enqueue(key);
            if (_openInOrder.Count <= limit) return;
            key = _openInOrder.Dequeue();
        }

        _keys.Remove(key);
    }
}

/// <summary>A key that this client has used.</summary>
/// <param name="subject">What it is for.</param>
/// <param name="firstAskedAt">When it was asked for first.</param>
internal sealed class KnownKey(string subject, ClockReading firstAskedAt)
{
    private PpvPurchaseStep? _furthest;
    private IdHistory? _elsewhere;

    public string Subject => subject;

    /// <summary>Whether what became of its purchase is not known, or not yet.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>Whether somebody else may have used it.</summary>
    public bool IsUsedElsewhere => _elsewhere is not null;

    /// <summary>
    /// Whether a confirm may have been sent under it, by this client or by somebody else: then only a worker's record says what became of
    /// the purchase.
    /// </summary>
    public bool MayBeBought => _elsewhere is not null || _furthest == PpvPurchaseStep.Confirm;

    /// <summary>Somebody else may have used it, as the caller or a worker says.</summary>
    /// <param name="key">The key, which may say when it was made.</param>
    /// <param name="now">The time.</param>
    public void UsedElsewhere(string key, DateTimeOffset now) =>
        _elsewhere ??= OrderIdDate.Of(key, now) is { } made ? IdHistory.RepeatSince(made) : IdHistory.Repeat;

    /// <summary>The order of a step is about to be sent.</summary>
    /// <returns>What is known of the order's id before that.</returns>
    public IdHistory Sending(PpvPurchaseStep step, TimeProvider timeProvider)
    {
        var history = _elsewhere ?? (WasSent(step)
            ? IdHistory.RepeatSince(firstAskedAt.EarliestBy(ClockReading.Now(timeProvider), timeProvider))
            : IdHistory.New);
        if (!WasSent(step)) _furthest = step;
        IsOpen = true;
        return history;
    }

    /// <summary>Its purchase has ended, for now.</summary>
    public void Ended(RpcOutcome outcome) => IsOpen = outcome == RpcOutcome.Unknown;

    /// <summary>Whether this client has sent the order of a step.</summary>
    public bool WasSent(PpvPurchaseStep step) => _furthest is { } furthest && step <= furthest;
}
