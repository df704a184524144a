namespace Ppv.Protocol.Orders;

/// <summary>
/// The first use of an id that was made with its order: it can be taken once, by who sends the order first. Two orders don't differ by it.
/// Safe for use by several threads.
/// </summary>
internal sealed class FirstUse : IEquatable<FirstUse>
{
    private const int Free = 0, Taken = 1, TakenAndAskedForAgain = 2, Unknown = 3;
    private int _state;

    /// <summary>Of an id that somebody else made: who may have used it nobody here knows.</summary>
    public static FirstUse NotKnown { get; } = new() { _state = Unknown };

    /// <summary>Takes it.</summary>
    /// <returns>Whether the id is new: nobody has sent anything under it.</returns>
    public bool TryTake()
    {
        if (Interlocked.CompareExchange(ref _state, Taken, Free) == Free) return true;
        Interlocked.CompareExchange(ref _state, TakenAndAskedForAgain, Taken);
        return false;
    }

    /// <summary>Gives it back: it is proven that its taker has sent nothing.</summary>
    /// <returns>Whether that proves as much of the order: not when somebody else has sent it meanwhile.</returns>
    public bool TryGiveBack() => Interlocked.CompareExchange(ref _state, Free, Taken) == Taken;

    public bool Equals(FirstUse? other) => other is not null;

    public override bool Equals(object? obj) => obj is FirstUse;

    public override int GetHashCode() => 0;
}
