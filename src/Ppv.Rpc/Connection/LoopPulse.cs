namespace Ppv.Rpc.Connection;

/// <summary>
/// What a loop says of itself, for who watches it: that it goes on, and within which time it will say so again. Searching for a broker
/// takes as long as it takes, and is no hang; a step that takes longer than its own bound is one. Safe for use by several threads.
/// </summary>
internal sealed class LoopPulse(TimeProvider timeProvider)
{
    /// <summary>For a busy machine: a step may end somewhat after its time-out.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromSeconds(10);

    private const long Never = long.MaxValue;

    private long _due = Never;

    /// <summary>Whether the loop is later than it said. Not before its first word, nor after its last one.</summary>
    public bool IsLate => Interlocked.Read(ref _due) is var due && due != Never && timeProvider.GetTimestamp() > due;

    /// <summary>The loop goes on, and what it does now has this bound.</summary>
    public void Expect(TimeSpan within) =>
        Interlocked.Exchange(
            ref _due, timeProvider.GetTimestamp() + (long)((within + Slack).TotalSeconds * timeProvider.TimestampFrequency));

    /// <summary>The loop has come to its end.</summary>
    public void End() => Interlocked.Exchange(ref _due, Never);
}
