namespace Ppv.Rpc.Clocks;

/// <summary>A moment by both clocks: the one of the day may be set, and the monotonic one says nothing to another process.</summary>
/// <param name="Utc">By the clock of the day.</param>
/// <param name="Timestamp">By the monotonic clock (<see cref="TimeProvider.GetTimestamp"/>).</param>
internal readonly record struct ClockReading(DateTimeOffset Utc, long Timestamp)
{
    public static ClockReading Now(TimeProvider timeProvider) => new(timeProvider.GetUtcNow(), timeProvider.GetTimestamp());

    /// <summary>What the monotonic clock shows.</summary>
    public TimeSpan Uptime(TimeProvider timeProvider) => timeProvider.GetElapsedTime(0, Timestamp);

    /// <summary>How long after an earlier moment of this process it is at least: as long as both clocks say.</summary>
    public TimeSpan AtLeastAfter(ClockReading earlier, TimeProvider timeProvider)
    {
        var (utc, monotonic) = (Utc - earlier.Utc, timeProvider.GetElapsedTime(earlier.Timestamp, Timestamp));
        return new TimeSpan(Math.Min(utc.Ticks, monotonic.Ticks));
    }

    /// <summary>
    /// When it was by the clock of the day as that shows it now, at the earliest: the clock may have been set back since, and what it
    /// showed then lies too late by that much.
    /// </summary>
    public DateTimeOffset EarliestBy(ClockReading now, TimeProvider timeProvider)
    {
        var since = timeProvider.GetElapsedTime(Timestamp, now.Timestamp);
        return now.Utc - since is var counted && counted < Utc ? counted : Utc;
    }
}
