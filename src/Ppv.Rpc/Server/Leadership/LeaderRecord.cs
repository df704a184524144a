using System.Text.Json;
using System.Text.Json.Serialization;
using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Server.Leadership;

/// <summary>What the last leader of a queue left for the next one.</summary>
internal sealed partial record LeaderRecord
{
    private const int CurrentVersion = 1;

    /// <summary>A record of somebody's that says nothing more than that there was somebody.</summary>
    private static readonly LeaderRecord Unreadable = new() { Identity = "", State = LeaderRecordState.Active };

    public int Version { get; init; } = CurrentVersion;

    /// <summary>Whose record it is: <see cref="IHandover.IdentityAsync"/>. Never empty in a record of our own.</summary>
    public required string Identity { get; init; }

    public required LeaderRecordState State { get; init; }

    /// <summary>Since when nobody but its owner has served.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Of one who is <see cref="LeaderRecordState.Leaving"/>: within which time the next record follows, if it does.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>Of one who has <see cref="LeaderRecordState.Left"/>: <see cref="IHandover.Export"/>.</summary>
    public byte[]? Remembered { get; init; }

    /// <summary>Reads a record. One that can't be understood is that of a server that was active.</summary>
    public static LeaderRecord Read(ReadOnlyMemory<byte> record)
    {
        try
        {
            return JsonSerializer.Deserialize(record.Span, LeaderRecordJson.Default.LeaderRecord) is { Version: CurrentVersion } read
                ? read
                : Unreadable;
        }
        catch (JsonException)
        {
            return Unreadable;
        }
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, LeaderRecordJson.Default.LeaderRecord);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
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

    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(3);

    /// <summary>Takes what lies there.</summary>
    /// <exception cref="BrokerException">It can't be told whether something does.</exception>
    public async Task<LeaderRecord?> TakeAsync(CancellationToken cancellationToken) =>
        await connection.TakeLeaderRecordAsync(
            policy.Rpc.Queue, policy.Rpc.QueueKind != QueueKind.LegacyTransient, cancellationToken).ConfigureAwait(false) is { } record
            ? LeaderRecord.Read(record)
            : null;

    /// <summary>
    /// Leaves a record in the place of the one that is there; a broker that keeps none at present is no reason not to serve.
    /// </summary>
    /// <exception cref="BrokerException">Whether it is there is not known.</exception>
    public async Task LeaveAsync(LeaderRecord record, CancellationToken cancellationToken)
    {
        if (!await connection.LeaveLeaderRecordAsync(policy.Rpc.Queue, record.ToBytes(), cancellationToken).ConfigureAwait(false))
            LeadershipLog.NoRecordLeft(policy.Logger, policy.Rpc.Queue, connection.Host, "The broker keeps no records at present.");
    }

    /// <summary>Leaves a record when it can be done soon.</summary>
    /// <returns>Whether it is there.</returns>
    public async Task<bool> TryLeaveAsync(LeaderRecord record)
    {
        if (connection.Lost.IsCompleted) return false;
        using var limit = new CancellationTokenSource(LeaveLimit, policy.TimeProvider);
        var reason = "The broker keeps no records at present.";
        try
        {
            if (await connection.LeaveLeaderRecordAsync(policy.Rpc.Queue, record.ToBytes(), limit.Token).ConfigureAwait(false)) return true;
        }
        catch (BrokerException e)
        {
            reason = e.Message;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            reason = $"The broker did not take it within {LeaveLimit.TotalSeconds:0} s.";
        }

        LeadershipLog.NoRecordLeft(policy.Logger, policy.Rpc.Queue, connection.Host, reason);
        return false;
    }
}
