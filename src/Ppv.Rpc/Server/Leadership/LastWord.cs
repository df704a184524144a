using Ppv.Rpc.Brokers;
using Ppv.Rpc.Clocks;

namespace Ppv.Rpc.Server.Leadership;

/// <summary>
/// What a leader that stops leaves for the next one: first that it is leaving, and for how long the next one is to wait; then what it
/// remembers.
/// </summary>
internal sealed class LastWord(
    IBrokerConnection connection, LeadershipPolicy policy, LeadershipHistory history, LeaderRecords records, QueueLeadership leadership,
    ServiceProbe? service)
{
    private ClockReading? _told;

    /// <summary>
    /// How long after it has told the next one it may leave its last word: later it would take the place of the next one's.
    /// </summary>
    private TimeSpan Within => policy.Rpc.DrainTimeout + LeaderRecords.Margin - LeaderRecords.LeaveLimit;

    /// <summary>Tells the next leader to wait for this one, while this one leads; the leadership ends by itself then.</summary>
    /// <returns>Whether the next one will wait.</returns>
    public async Task<bool> SayLeavingAsync()
    {
        if (leadership.LostReason is not null) return false;
        var from = ClockReading.Now(policy.TimeProvider);
        if (!await records.TryLeaveAsync(await RecordAsync(LeaderRecordState.Leaving, null).ConfigureAwait(false)).ConfigureAwait(false))
            return false;
        // Who was chosen before the record lay there has not seen it, and waits for nobody.
        if (service is not null && !await service.IsServedNowAsync(leadership.Limit).ConfigureAwait(false))
        {
            leadership.Lose($"Queue {policy.Rpc.Queue} served this server no more when it was to be handed over.");
            return false;
        }

        leadership.Release(from, Within);
        _told = from;
        return true;
    }

    /// <summary>Leaves what is remembered, where there is still time; nothing is begun any more.</summary>
    public async Task SayLeftAsync()
    {
        var remembered = await policy.Handover!.ExportAsync(CancellationToken.None).ConfigureAwait(false);
        if (_told is not { } told || policy.TimeProvider.GetElapsedTime(told.Timestamp) > Within) return;
        var left = await RecordAsync(LeaderRecordState.Left, remembered).ConfigureAwait(false);
        if (await records.TryLeaveAsync(left, again: true).ConfigureAwait(false))
            LeadershipLog.HandedOver(policy.Logger, policy.Rpc.Queue, connection.Host);
    }

    private async Task<LeaderRecord> RecordAsync(LeaderRecordState state, ReadOnlyMemory<byte>? remembered)
    {
        var self = await policy.Handover!.IdentityAsync(CancellationToken.None).ConfigureAwait(false);
        return history.RecordNow(self, state, policy.TimeProvider) with
        {
            StandsFor = leadership.Limit,
            Within = state == LeaderRecordState.Leaving ? policy.Rpc.DrainTimeout + LeaderRecords.Margin : null,
            Remembered = remembered?.ToArray(),
        };
    }
}
