using System.Text.Json;
using System.Text.Json.Serialization;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Clocks;

namespace Ppv.Rpc.Server.Leadership;

/// <summary>What the last leader of a queue left for the next one.</summary>
internal sealed partial record LeaderRecord
{
    private const int CurrentVersion = 1;

    private static readonly TimeSpan AllDates = DateTimeOffset.MaxValue - DateTimeOffset.MinValue;

    /// <summary>A record of somebody's that says nothing more than that there was somebody.</summary>
    private static readonly LeaderRecord Unreadable = new() { Identity = "", State = LeaderRecordState.Active };

    public int Version { get; init; } = CurrentVersion;

    /// <summary>Whose record it is: <see cref="IHandover.IdentityAsync"/>. Never empty in a record of our own.</summary>
    public required string Identity { get; init; }

    public required LeaderRecordState State { get; init; }

    /// <summary>Since when nobody but its owner has served.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>
    /// For how long, when this was written, its owner's memory had all that was asked for on the queue, what others have handed over to it
    /// included. A span, because it is another one's clock, or this one's before it was set.
    /// </summary>
    public TimeSpan? CoveredFor { get; init; }

    /// <summary>When this was written, by its owner's clock.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>When this was written, by its owner's monotonic clock, which begins anew with the machine.</summary>
    public TimeSpan? Uptime { get; init; }

    /// <summary>
    /// How long its owner's leadership may stand without a proof (<see cref="QueueLeadership.Limit"/>): on a queue that chooses its
    /// consumer by itself, so long may the owner not know yet that somebody else was chosen.
    /// </summary>
    public TimeSpan? StandsFor { get; init; }

    /// <summary>How long after <see cref="Since"/> its owner begins nothing, for the sake of the one before.</summary>
    public TimeSpan? Waits { get; init; }

    /// <summary>Of one who is <see cref="LeaderRecordState.Leaving"/>: within which time the next record follows, if it does.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>Of one who has <see cref="LeaderRecordState.Left"/>: <see cref="IHandover.ExportAsync"/>.</summary>
    public byte[]? Remembered { get; init; }

    /// <summary>
    /// How long ago the own record was written, at least: the clock of the day may have been set since, and the monotonic one does not
    /// count while the machine is off.
    /// </summary>
    public TimeSpan AgeAtLeast(ClockReading now, TimeProvider timeProvider)
    {
        if (WrittenAt is not { } written || Uptime is not { } then) return TimeSpan.Zero;
        var uptime = now.Uptime(timeProvider);
        var age = Math.Min((now.Utc - written).Ticks, (uptime < then ? uptime : uptime - then).Ticks);
        return new TimeSpan(Math.Max(0, age));
    }

    /// <summary>Reads a record. One that can't be understood is that of a server that was active.</summary>
    public static LeaderRecord Read(ReadOnlyMemory<byte> record)
    {
        try
        {
            return JsonSerializer.Deserialize(record.Span, LeaderRecordJson.Default.LeaderRecord) is
                { Version: CurrentVersion, IsPossible: true } read
                ? read
                : Unreadable;
        }
        catch (JsonException)
        {
            return Unreadable;
        }
    }

    /// <summary>
    /// What is left in its place by who has taken it by mistake: that there was somebody. Nobody may believe more, not its owner either,
    /// for by the time it lies there again another one may have left his.
    /// </summary>
    public LeaderRecord PutBack() => Unreadable with { StandsFor = StandsFor };

    /// <summary>Whether all of it can be: nothing lasts for longer than there are dates, so that a sum of two is a time still.</summary>
    private bool IsPossible => Enum.IsDefined(State) && Array.TrueForAll(
        [CoveredFor, Uptime, StandsFor, Waits, Within],
        static time => time is null || (time <= AllDates && time >= -AllDates));

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, LeaderRecordJson.Default.LeaderRecord);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(LeaderRecord))]
    private sealed partial class LeaderRecordJson : JsonSerializerContext;
}

/// <summary>What the leader that left a record was doing.</summary>
internal enum LeaderRecordState
{
    /// <summary>It led.</summary>
    Active,

    /// <summary>It took no more requests, and finished those that it had begun.</summary>
    Leaving,

    /// <summary>It was done, and begins nothing any more.</summary>
    Left,
}

/// <summary>The records that the leaders of a queue leave for each other, over one connection.</summary>
internal sealed class LeaderRecords(IBrokerConnection connection, LeadershipPolicy policy)
{
    /// <summary>A record that is later than this is none: who leaves bounds it, who waits for it counts it in.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <summary>How long leaving one may take when it is tried.</summary>
    public static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(3);

    private const string NoneAtPresent = "The broker keeps no records at present.";

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>Takes what lies there.</summary>
    /// <exception cref="BrokerException">It can't be told whether something does.</exception>
    public async Task<LeaderRecord?> TakeAsync(CancellationToken cancellationToken) =>
        await connection.TakeLeaderRecordAsync(
            policy.Rpc.Queue, policy.Rpc.QueueKind, cancellationToken).ConfigureAwait(false) is { } record
            ? LeaderRecord.Read(record)
            : null;

    /// <summary>
    /// Leaves a record in the place of the one that is there; a broker that keeps none at present is no reason not to serve.
    /// </summary>
    /// <returns>Whether it is there.</returns>
    /// <exception cref="BrokerException">Whether it is there is not known.</exception>
    public async Task<bool> LeaveAsync(LeaderRecord record, CancellationToken cancellationToken)
    {
        if (await connection.LeaveLeaderRecordAsync(policy.Rpc.Queue, record.ToBytes(), cancellationToken).ConfigureAwait(false))
            return true;
        LeadershipLog.NoRecordLeft(policy.Logger, policy.Rpc.Queue, connection.Host, NoneAtPresent);
        return false;
    }

    /// <summary>Leaves a record when it can be done soon: within <see cref="LeaveLimit"/>.</summary>
    /// <param name="record">The record.</param>
    /// <param name="isSaid">Whether a failure is logged.</param>
    /// <param name="again">Whether it is tried again within the limit, when the broker keeps none.</param>
    /// <returns>Whether it is there.</returns>
    public async Task<bool> TryLeaveAsync(LeaderRecord record, bool isSaid = true, bool again = false)
    {
        if (connection.Lost.IsCompleted) return false;
        using var limit = new CancellationTokenSource(LeaveLimit, policy.TimeProvider);
        var reason = NoneAtPresent;
        try
        {
            while (true)
            {
                if (await connection.LeaveLeaderRecordAsync(policy.Rpc.Queue, record.ToBytes(), limit.Token).ConfigureAwait(false))
                    return true;
                if (!again) break;
                await Task.Delay(TryAgainAfter, policy.TimeProvider, limit.Token).ConfigureAwait(false);
            }
        }
        catch (BrokerException e)
        {
            reason = e.Message;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            reason = $"The broker did not take it within {LeaveLimit.TotalSeconds:0} s.";
        }

        if (isSaid) LeadershipLog.NoRecordLeft(policy.Logger, policy.Rpc.Queue, connection.Host, reason);
        return false;
    }
}
