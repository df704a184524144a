using Ppv.Rpc.Brokers;
using Ppv.Rpc.Clocks;

namespace Ppv.Rpc.Server.Leadership;

/// <summary>
/// How a server takes over the leadership that it was given: it finds out who led before, decides on what it remembers, leaves its own
/// record, and waits where a command of another server may still be on its way. Only then may it begin.
/// </summary>
internal sealed class Takeover(
    IBrokerConnection connection, LeadershipPolicy policy, LeadershipHistory history, LeaderRecords records, RecordKeeper keeper,
    QueueLeadership leadership, ServiceProbe? service)
{
    // The longest Ppv:Broker:Heartbeat, whatever a record says.
    private static readonly TimeSpan LongestStanding = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // The longest Ppv:Rpc:DrainTimeout, whatever a record says.
    private static readonly TimeSpan LongestLeaving = TimeSpan.FromMinutes(10) + LeaderRecords.Margin;

    // The longest Ppv:Rpc:TakeoverGrace after that.
    private static readonly TimeSpan LongestWait = LongestStanding + TimeSpan.FromSeconds(30);
    private readonly TimeProvider _timeProvider = policy.TimeProvider;

    /// <param name="acquiredAt">When the leadership was acquired, at the latest.</param>
    /// <param name="cancellationToken">Gives up; nothing must be begun then.</param>
    /// <exception cref="BrokerException">
    /// It can't be known who led before, or what the next one will find; nothing must be begun.
    /// </exception>
    public async Task RunAsync(long acquiredAt, CancellationToken cancellationToken)
    {
        LeaderRecord? own = null;
        var isLeft = true;
        if (policy.KeepsRecords)
        {
            own = await SucceedAsync(acquiredAt, cancellationToken).ConfigureAwait(false);
            if (service is null) isLeft = await records.LeaveAsync(own, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await RunWithoutRecordsAsync(acquiredAt, cancellationToken).ConfigureAwait(false);
        }

        if (history.Grace is { } grace)
        {
            await DelayAsync(
                grace.Length - _timeProvider.GetElapsedTime(grace.From), grace.Length, cancellationToken).ConfigureAwait(false);
        }

        if (own is not null && service is not null)
            await LeaveServedAsync(own with { Waits = TimeSpan.Zero }, service, cancellationToken).ConfigureAwait(false);

        if (!isLeft) keeper.Keep(own! with { Waits = TimeSpan.Zero });
        history.Grace = null;
        history.HasLed = true;
    }

    /// <summary>
    /// Without records nobody can know who was here. Brokers that know nothing of each other are served all the time, each over a queue of
    /// its own, and nobody else may use these lines: there only the first takeover waits, for an earlier process.
    /// </summary>
    private async Task RunWithoutRecordsAsync(long acquiredAt, CancellationToken cancellationToken)
    {
        var mayAnotherHaveServed = policy.Broker.Topology == BrokerTopology.Independent ? !history.HasLed : !LedJustNow;
        if (mayAnotherHaveServed && !connection.IsFirstConsumer) Owe(acquiredAt, GraceAfter(null));
        if (mayAnotherHaveServed) history.Covered = null;
        history.Covered ??= SoleLeadership.From(ClockReading.Now(_timeProvider));
        if (policy.Handover is { } handover) await handover.ContinueAsync(null, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>The own record, to be left.</returns>
    private async Task<LeaderRecord> SucceedAsync(long acquiredAt, CancellationToken cancellationToken)
    {
        var handover = policy.Handover!;
        var self = await handover.IdentityAsync(cancellationToken).ConfigureAwait(false);
        var record = await TakeAsync(cancellationToken).ConfigureAwait(false);
        var action = TakeoverDecision.Decide(record, self, LedJustNow);
        if (action == TakeoverAction.Wait)
        {
            record = await WaitForNextAsync(record!, cancellationToken).ConfigureAwait(false);
            action = TakeoverDecision.Decide(record, self, ledJustNow: false);
        }

        // First what is remembered, then the record: one that says that it is ours must not be there while something older than it could
        // still be believed.
        switch (action)
        {
            case TakeoverAction.Continue:
                await ContinueAsync(record, cancellationToken).ConfigureAwait(false);
                break;
            case TakeoverAction.Import when await TryImportAsync(record!, cancellationToken).ConfigureAwait(false):
                LeadershipLog.TookOver(policy.Logger, policy.Rpc.Queue, connection.Host);
                break;
            default:
                await StartOverAsync(record, acquiredAt, cancellationToken).ConfigureAwait(false);
                break;
        }

        return history.RecordNow(self, LeaderRecordState.Active, _timeProvider) with
        {
            StandsFor = leadership.Limit,
            Waits = history.Grace?.Length ?? TimeSpan.Zero,
        };
    }

    /// <summary>
    /// How long a server that is not known to have ended can go on: its last command is on its way for a moment, and where it was not told
    /// of its loss, it may believe in its leadership until its last proof is too old.
    /// </summary>
    private TimeSpan GraceAfter(LeaderRecord? record)
    {
        if (!policy.IsByService) return policy.Rpc.TakeoverGrace;
        var standing = record?.StandsFor is { } stands && stands > leadership.Limit ? stands : leadership.Limit;
        return policy.Rpc.TakeoverGrace + (standing < LongestStanding ? standing : LongestStanding);
    }

    /// <summary>
    /// Where the queue may go back to the one before, what lies there is all that tells who has led. So a record is left by who is about to
    /// begin, and by nobody who only waits: the one before may serve on meanwhile, without having noticed anything. And it is left by who
    /// is served afterwards too: it would take the place of the next one's.
    /// </summary>
    private async Task LeaveServedAsync(LeaderRecord own, ServiceProbe served, CancellationToken cancellationToken)
    {
        if (leadership.LostReason is not null) return; // Nothing will be begun.
        if (!await records.LeaveAsync(own, cancellationToken).ConfigureAwait(false))
            throw new BrokerException(
                $"No record can be left for the next leader of queue '{policy.Rpc.Queue}', and without it the one before would not know "
                    + "that it has lost its place. Most nodes of the cluster have to be there.", needsAttention: false);
        if (await served.IsServedNowAsync(leadership.Limit).ConfigureAwait(false)) return;
        if (await records.TakeAsync(cancellationToken).ConfigureAwait(false) is { } there && there.Identity != own.Identity)
            await records.LeaveAsync(there.PutBack(), cancellationToken).ConfigureAwait(false);
        leadership.LosePlace();
    }

    private bool LedJustNow => history.Last?.WasProvedWithin(policy.Rpc.TakeoverGrace) ?? false;

    private async Task<LeaderRecord?> TakeAsync(CancellationToken cancellationToken)
    {
        var askedAt = _timeProvider.GetTimestamp();
        var record = await records.TakeAsync(cancellationToken).ConfigureAwait(false);
        leadership.Prove(askedAt);
        return record;
    }

    private async Task ContinueAsync(LeaderRecord? record, CancellationToken cancellationToken)
    {
        if (!history.HasLed && record?.Since is { } since)
        {
            var now = ClockReading.Now(_timeProvider);
            var age = record.AgeAtLeast(now, _timeProvider);
            history.Alone ??= new SoleLeadership(since, now);
            if (record.CoveredFor is { } covered) history.Covered ??= SoleLeadership.Of(covered + age, now);
            // The process before this one may have ended while it waited its grace.
            var waits = record.Waits ?? GraceAfter(record);
            await DelayAsync(waits - age, waits, cancellationToken).ConfigureAwait(false);
        }

        history.Covered ??= SoleLeadership.From(ClockReading.Now(_timeProvider));
        await policy.Handover!.ContinueAsync(history.Alone?.Since, cancellationToken).ConfigureAwait(false);
        LeadershipLog.Continues(policy.Logger, policy.Rpc.Queue, connection.Host);
    }

    private async Task<bool> TryImportAsync(LeaderRecord record, CancellationToken cancellationToken)
    {
        var now = ClockReading.Now(_timeProvider);
        history.Alone = history.Covered = SoleLeadership.From(now);
        try
        {
            var imported = await policy.Handover!.ImportAsync(record.Remembered, cancellationToken).ConfigureAwait(false);
            if (imported is { } whole && record.CoveredFor is { } covered)
                history.Covered = SoleLeadership.Of(whole < covered ? whole : covered, now);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private async Task StartOverAsync(LeaderRecord? record, long acquiredAt, CancellationToken cancellationToken)
    {
        var grace = GraceAfter(record);
        var now = ClockReading.Now(_timeProvider);
        history.Alone = history.Covered = SoleLeadership.From(now);
        if (connection.IsFirstConsumer)
        {
            history.Covered = SoleLeadership.Of(TimeSpan.MaxValue, now); // Nobody has had anything.
            LeadershipLog.IsFirst(policy.Logger, policy.Rpc.Queue, connection.BrokerName);
        }
        else
        {
            Owe(acquiredAt, grace);
            // Every leader leaves a record as it begins, so without one and without a past there is nobody to be afraid for.
            if (record is null && !history.HasLed)
                LeadershipLog.FindsNoRecord(policy.Logger, policy.Rpc.Queue, connection.Host, grace.TotalMilliseconds);
            else LeadershipLog.StartsOver(policy.Logger, policy.Rpc.Queue, connection.Host, grace.TotalMilliseconds);
        }

        await policy.Handover!.StartOverAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for the record of the one who is about to leave.</summary>
    /// <returns>The record that came; the one who did not leave in time counts as one who was active.</returns>
    private async Task<LeaderRecord?> WaitForNextAsync(LeaderRecord leaving, CancellationToken cancellationToken)
    {
        var limit = leaving.Within ?? TimeSpan.Zero;
        if (limit > LongestLeaving) limit = LongestLeaving;
        LeadershipLog.WaitsForPredecessor(policy.Logger, policy.Rpc.Queue, connection.Host, limit.TotalSeconds);
        var since = _timeProvider.GetTimestamp();
        while (_timeProvider.GetElapsedTime(since) < limit)
        {
            await Task.Delay(PollInterval, _timeProvider, cancellationToken).ConfigureAwait(false);
            if (await TakeAsync(cancellationToken).ConfigureAwait(false) is { State: not LeaderRecordState.Leaving } next) return next;
        }

        return leaving with { State = LeaderRecordState.Active };
    }

    /// <summary>What is owed already from an attempt that failed may end later.</summary>
    private void Owe(long from, TimeSpan length)
    {
        if (history.Grace is { } owed && owed.Length > length + _timeProvider.GetElapsedTime(owed.From, from)) return;
        history.Grace = (from, length);
    }

    private async Task DelayAsync(TimeSpan time, TimeSpan most, CancellationToken cancellationToken)
    {
        if (most > LongestWait) most = LongestWait;
        if (time > TimeSpan.Zero) await Task.Delay(time < most ? time : most, _timeProvider, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>Whether what a server remembers still holds when it takes over. Pure.</summary>
internal static class TakeoverDecision
{
    /// <param name="record">The record that lay there.</param>
    /// <param name="self">The server's identity.</param>
    /// <param name="ledJustNow">
    /// Whether this process led, and proved it, less than the grace ago: another server would still wait before its first command. It
    /// counts only where there is no record, for a record says who was here.
    /// </param>
    public static TakeoverAction Decide(LeaderRecord? record, string self, bool ledJustNow) => record switch
    {
        null => ledJustNow ? TakeoverAction.Continue : TakeoverAction.StartOver,
        _ when record.Identity == self => TakeoverAction.Continue,
        { State: LeaderRecordState.Left } => TakeoverAction.Import,
        { State: LeaderRecordState.Leaving } => TakeoverAction.Wait,
        _ => TakeoverAction.StartOver,
    };
}

/// <summary>What a server that takes over makes of what it remembers.</summary>
internal enum TakeoverAction
{
    /// <summary>Nobody else has led since: it holds.</summary>
    Continue,

    /// <summary>Another server has left in good order: what that one remembered counts.</summary>
    Import,

    /// <summary>Another server is about to leave in good order: look again.</summary>
    Wait,

    /// <summary>Another server may have led, and may have a command on its way: forget, and wait the grace.</summary>
    StartOver,
}
