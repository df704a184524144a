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
    public SoleLeadership? Alone { get; set; }

    /// <summary>
    /// Since when what is remembered has all that was asked for on the queue: <see cref="LeaderRecord.CoveredFor"/>. Not later than
    /// <see cref="Alone"/>, because who leaves in good order hands over what he knows.
    /// </summary>
    public SoleLeadership? Covered { get; set; }

    /// <summary>What this server leaves for the next one.</summary>
    public LeaderRecord RecordNow(string self, LeaderRecordState state, TimeProvider timeProvider)
    {
        var now = ClockReading.Now(timeProvider);
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
