namespace Ppv.Rpc.Serving;

/// <summary>A moment by both clocks: the one of the day may be set, and the monotonic one says nothing to another process.</summary>
/// <param name="Utc">By the clock of the day.</param>
/// <param name="Timestamp">By the monotonic clock (<see cref="TimeProvider.GetTimestamp"/>).</param>
internal readonly record struct Moment(DateTimeOffset Utc, long Timestamp)
{
    public static Moment Now(TimeProvider timeProvider) => new(timeProvider.GetUtcNow(), timeProvider.GetTimestamp());

    /// <summary>How long after an earlier moment of this process it is at least: as long as both clocks say.</summary>
    public TimeSpan AtLeastAfter(Moment earlier, TimeProvider timeProvider)
    {
        var (utc, monotonic) = (Utc - earlier.Utc, timeProvider.GetElapsedTime(earlier.Timestamp, Timestamp));
        return utc < monotonic ? utc : monotonic;
    }
}
