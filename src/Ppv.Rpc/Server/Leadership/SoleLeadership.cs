using Ppv.Rpc.Clocks;

namespace Ppv.Rpc.Server.Leadership;

/// <summary>Since when no other server can have served.</summary>
/// <param name="Since">
/// The moment by the clock of the day, which may be one of an earlier process. One that lies in the future was told by a clock that was
/// set back since: it counts as now.
/// </param>
/// <param name="KnownFrom">
/// When this process learned of it. From then on a step of the clock of the day makes it no longer, because the monotonic clock must say so
/// too.
/// </param>
internal sealed record SoleLeadership(DateTimeOffset Since, ClockReading KnownFrom)
{
    public DateTimeOffset Since { get; } = Since < KnownFrom.Utc ? Since : KnownFrom.Utc;

    /// <summary>It begins now.</summary>
    public static SoleLeadership From(ClockReading now) => new(now.Utc, now);

    /// <summary>It has lasted so long by now; less than no time, as a clock that was set back measures, is none.</summary>
    public static SoleLeadership Of(TimeSpan length, ClockReading now) => length <= TimeSpan.Zero ? From(now)
        : new(length < now.Utc - DateTimeOffset.UnixEpoch ? now.Utc - length : DateTimeOffset.UnixEpoch, now);

    /// <summary>How long it has lasted at a moment, at least.</summary>
    public TimeSpan LengthAt(ClockReading moment, TimeProvider timeProvider) =>
        KnownFrom.Utc - Since + moment.AtLeastAfter(KnownFrom, timeProvider);
}
