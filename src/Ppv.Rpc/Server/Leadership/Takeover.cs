using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Server.Leadership;

/// <summary>
/// How a server takes over the leadership that it was given: it finds out who led before, decides on what it remembers, leaves its own
/// record, and waits where a command of another server may still be on its way. Only then may it begin.
/// </summary>
internal sealed class Takeover(
    IBrokerConnection connection, LeadershipPolicy policy, LeadershipHistory history, LeaderRecords records, QueueLeadership leadership)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // The longest Ppv:Rpc:DrainTimeout, whatever a record says.
    private static readonly TimeSpan LongestLeaving = TimeSpan.FromMinutes(10) + LeaderRecords.Margin;
    private readonly TimeProvider _timeProvider = policy.TimeProvider;

    /// <param name="acquiredAt">When the leadership was acquired, at the latest.</param>
    /// <param name="cancellationToken">Gives up; nothing must be begun then.</param>
    /// <exception cref="BrokerException">
    /// It can't be known who led before, or what the next one will find; nothing must be begun.
    /// </exception>
    public async Task RunAsync(long acquiredAt, CancellationToken cancellationToken)
    {
        if (policy.KeepsRecords) await SucceedAsync(acquiredAt, cancellationToken).ConfigureAwait(false);
        else await RunWithoutRecordsAsync(acquiredAt, cancellationToken).ConfigureAwait(false);
        if (history.GraceFrom is { } from)
            await DelayAsync(policy.Rpc.TakeoverGrace - _timeProvider.GetElapsedTime(from), cancellationToken).ConfigureAwait(false);
        history.GraceFrom = null;
        history.HasLed = true;
    }

    /// <summary>
    /// Without records nobody can know who was here. Brokers that know nothing of each other are served all the time, each over a queue of
    /// its own, and nobody else may use these lines: there only the first takeover waits, for an earlier process.
    /// </summary>
    private async Task RunWithoutRecordsAsync(long acquiredAt, CancellationToken cancellationToken)
    {
        var isAwaited = !connection.IsFirstConsumer
            && (policy.Broker.Topology == BrokerTopology.Independent ? !history.HasLed : !LedJustNow);
        if (isAwaited) history.GraceFrom = acquiredAt;
        if (policy.Handover is { } handover) await handover.ContinueAsync(null, cancellationToken).ConfigureAwait(false);
    }

    private async Task SucceedAsync(long acquiredAt, CancellationToken cancellationToken)
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
                await StartOverAsync(acquiredAt, cancellationToken).ConfigureAwait(false);
                break;
        }

        await records.LeaveAsync(new LeaderRecord { Identity = self, State = LeaderRecordState.Active, Since = history.Alone?.Since },
            cancellationToken).ConfigureAwait(false);
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
            // The process before this one may have ended while it waited its grace.
            history.Alone ??= new Tenure(since, Moment.Now(_timeProvider));
            await DelayAsync(policy.Rpc.TakeoverGrace - history.Alone.LengthAt(Moment.Now(_timeProvider), _timeProvider),
                cancellationToken).ConfigureAwait(false);
        }

        await policy.Handover!.ContinueAsync(history.Alone?.Since, cancellationToken).ConfigureAwait(false);
        LeadershipLog.Continues(policy.Logger, policy.Rpc.Queue, connection.Host);
    }

    private async Task<bool> TryImportAsync(LeaderRecord record, CancellationToken cancellationToken)
    {
        history.Alone = Tenure.From(Moment.Now(_timeProvider));
        try
        {
            await policy.Handover!.ImportAsync(record.Remembered, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private async Task StartOverAsync(long acquiredAt, CancellationToken cancellationToken)
    {
        history.Alone = Tenure.From(Moment.Now(_timeProvider));
        if (connection.IsFirstConsumer)
        {
            LeadershipLog.IsFirst(policy.Logger, policy.Rpc.Queue, connection.BrokerName);
        }
        else
        {
            history.GraceFrom = acquiredAt;
            LeadershipLog.StartsOver(policy.Logger, policy.Rpc.Queue, connection.Host, policy.Rpc.TakeoverGrace.TotalMilliseconds);
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

    private async Task DelayAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        var limit = policy.Rpc.TakeoverGrace;
        if (time > TimeSpan.Zero) await Task.Delay(time < limit ? time : limit, _timeProvider, cancellationToken).ConfigureAwait(false);
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
