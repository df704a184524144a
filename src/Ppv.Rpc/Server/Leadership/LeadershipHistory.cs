using Ppv.Rpc.Clocks;

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
    /// Since when what is remembered has all that was asked for on the queue: <see cref="LeaderRecord.CoveredFor"/>. Not later than
    /// <see cref="Alone"/>, because who leaves in good order hands over what he knows.
    /// </summary>
    public Tenure? Covered { get; set; }

    /// <summary>What this server leaves for the next one.</summary>
    public LeaderRecord RecordNow(string self, LeaderRecordState state, TimeProvider timeProvider)
    {
        var now = Moment.Now(timeProvider);
        return new LeaderRecord
        {
            Identity = self,
            State = state,
            Since = Alone?.Since,
            CoveredFor = Covered?.LengthAt(now, timeProvider),
            WrittenAt = now.Utc,
            Uptime = now.Uptime(timeProvider),
        };
    }

    /// <summary>
    /// The moment of the acquisition from which a grace is counted that somebody who came before is owed, and its length; kept, for a
    /// takeover may fail and be tried again.
    /// </summary>
    public (long From, TimeSpan Length)? Grace { get; set; }
}

/// <summary>Since when no other server can have served.</summary>
/// <param name="Since">
/// The moment by the clock of the day, which may be one of an earlier process. One that lies in the future was told by a clock that was
/// set back since: it counts as now.
/// </param>
/// <param name="KnownFrom">
/// When this process learned of it. From then on a step of the clock of the day makes it no longer, because the monotonic clock must say so
/// too.
/// </param>
internal sealed record Tenure(DateTimeOffset Since, Moment KnownFrom)
{
    public DateTimeOffset Since { get; } = Since < KnownFrom.Utc ? Since : KnownFrom.Utc;

    /// <summary>It begins now.</summary>
    public static Tenure From(Moment now) => new(now.Utc, now);

    /// <summary>It has lasted so long by now; less than no time, as a clock that was set back measures, is none.</summary>
    public static Tenure Of(TimeSpan length, Moment now) => length <= TimeSpan.Zero ? From(now)
        : new(length < now.Utc - DateTimeOffset.UnixEpoch ? now.Utc - length : DateTimeOffset.UnixEpoch, now);

    /// <summary>How long it has lasted at a moment, at least.</summary>
    public TimeSpan LengthAt(Moment moment, TimeProvider timeProvider) =>
        KnownFrom.Utc - Since + moment.AtLeastAfter(KnownFrom, timeProvider);
}
