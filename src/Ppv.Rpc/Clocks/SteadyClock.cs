namespace Ppv.Rpc.Clocks;

/// <summary>
/// A clock of the day that nobody can set: the time of its making, and what the monotonic clock has counted since. For whoever measures
/// spans between moments. While a machine is suspended it may stand still, so that spans are too short and never too long. Safe for use by
/// several threads.
/// </summary>
internal sealed class SteadyClock(TimeProvider timeProvider)
{
    private readonly DateTimeOffset _start = timeProvider.GetUtcNow();
    private readonly long _startedAt = timeProvider.GetTimestamp();

    /// <summary>The time by this clock; it never goes back and never jumps.</summary>
    public DateTimeOffset Now => _start + Elapsed;

    /// <summary>How long this has run.</summary>
    public TimeSpan Elapsed => timeProvider.GetElapsedTime(_startedAt);

    /// <summary>
    /// How far the machine's clock is ahead of this one now. In whole seconds, so that what is told of one moment stays the same while
    /// the machine's clock is only slewed a little.
    /// </summary>
    public TimeSpan Offset => TimeSpan.FromSeconds(Math.Round((timeProvider.GetUtcNow() - Now).TotalSeconds));
}
