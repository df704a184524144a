namespace Ppv.Rpc.Clocks;

/// <summary>
/// Until when somebody waits, by the monotonic clock: a step of the clock of the day neither ends the wait nor makes it longer.
/// </summary>
/// <param name="Timestamp">The moment (<see cref="TimeProvider.GetTimestamp"/>).</param>
internal readonly record struct TimeLimit(long Timestamp)
{
    /// <summary>What is over from the beginning.</summary>
    public static TimeLimit None { get; } = new(long.MinValue / 2);

    /// <summary>So much time from now on; none when it is negative.</summary>
    public static TimeLimit After(TimeSpan time, TimeProvider timeProvider) =>
        new(timeProvider.GetTimestamp() + (long)(Math.Max(0, time.TotalSeconds) * timeProvider.TimestampFrequency));

    /// <summary>How much of it is left; not more than zero when it is over.</summary>
    public TimeSpan LeftAt(long timestamp, TimeProvider timeProvider) => timeProvider.GetElapsedTime(timestamp, Timestamp);

    /// <inheritdoc cref="LeftAt"/>
    public TimeSpan Left(TimeProvider timeProvider) => LeftAt(timeProvider.GetTimestamp(), timeProvider);

    /// <summary>The one that ends first.</summary>
    public TimeLimit OrSooner(TimeLimit other) => other.Timestamp < Timestamp ? other : this;

    /// <summary>The one that ends last.</summary>
    public TimeLimit OrLater(TimeLimit other) => other.Timestamp > Timestamp ? other : this;
}
