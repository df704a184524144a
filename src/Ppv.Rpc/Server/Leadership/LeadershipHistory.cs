namespace Ppv.Rpc.Server.Leadership;

/// <summary>What a server knows of its earlier leaderships of a queue. For one session at a time.</summary>
internal sealed class LeadershipHistory
{
    /// <summary>Whether it has led since the process started.</summary>
    public bool HasLed { get; set; }

    /// <summary>The last one in which requests were begun.</summary>
    public QueueLeadership? Last { get; set; }

    /// <summary>Since when nobody else has served, as far as known: <see cref="LeaderRecord.Since"/>.</summary>
    public Tenure? Alone { get; set; }

    /// <summary>
    /// The moment of the acquisition from which a grace is counted that somebody who came before is owed; kept, for a takeover may fail and
    /// be tried again.
    /// </summary>
    public long? GraceFrom { get; set; }
}

/// <summary>Since when no other server can have served.</summary>
/// <param name="Since">The moment by the clock of the day, which may be one of an earlier process.</param>
/// <param name="KnownFrom">
/// When this process learned of it. From then on a step of the clock of the day makes it no longer, because the monotonic clock must say so
/// too.
/// </param>
internal sealed record Tenure(DateTimeOffset Since, Moment KnownFrom)
{
    /// <summary>It begins now.</summary>
    public static Tenure From(Moment now) => new(now.Utc, now);

    /// <summary>How long it has lasted at a moment, at least.</summary>
    public TimeSpan LengthAt(Moment moment, TimeProvider timeProvider) =>
        KnownFrom.Utc - Since + moment.AtLeastAfter(KnownFrom, timeProvider);
}

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
        return new TimeSpan(Math.Min(utc.Ticks, monotonic.Ticks));
    }
}
