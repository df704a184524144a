namespace Ppv.Rpc.Serving;

/// <summary>Since when no other server can have served.</summary>
/// <param name="Since">The moment by the clock of the day, which may be one of an earlier process.</param>
/// <param name="KnownFrom">When this process learned of it. From then on a step of the clock of the day makes it no longer, because the monotonic clock must say so too.</param>
internal sealed record TimeAlone(DateTimeOffset Since, Moment KnownFrom)
{
    /// <summary>It begins now.</summary>
    public static TimeAlone From(Moment now) => new(now.Utc, now);

    /// <summary>How long it has lasted at a moment, at least.</summary>
    public TimeSpan LengthAt(Moment moment, TimeProvider timeProvider) => KnownFrom.Utc - Since + moment.AtLeastAfter(KnownFrom, timeProvider);
}
