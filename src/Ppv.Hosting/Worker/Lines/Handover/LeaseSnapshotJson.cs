using System.Text.Json;
using System.Text.Json.Serialization;
using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines.Handover;

/// <summary>A snapshot of the lines as text: what one worker leaves and the next one reads.</summary>
internal static partial class LeaseSnapshotJson
{
    public static byte[] ToBytes(LeaseSnapshot snapshot) => JsonSerializer.SerializeToUtf8Bytes(
        new Snapshot(
            [.. snapshot.Calls.Select(call => new Call(ToJson(call.Lease), ToJson(call.LastEnded), call.FollowsAnother))],
            [.. snapshot.Rests.Select(rest => new Rest(rest.Line.Value, rest.Until))],
            snapshot.At),
        SnapshotContext.Default.Snapshot);

    /// <exception cref="FormatException">It is no snapshot.</exception>
    public static LeaseSnapshot Read(ReadOnlySpan<byte> text)
    {
        try
        {
            var snapshot = JsonSerializer.Deserialize(text, SnapshotContext.Default.Snapshot);
            if (snapshot is not { Calls: { } calls, Rests: { } rests } || calls.Contains(null) || rests.Contains(null))
                throw new FormatException("The handover names no calls or no lines.");
            return new LeaseSnapshot(
                [.. calls.Select(call => new CallSnapshot(FromJson(call!.Session), FromJson(call.LastEnded), call.FollowsAnother))],
                [.. rests.Select(rest => new RestingLine(new LineNumber(rest!.Line), rest.Until))])
            {
                At = snapshot.At,
            };
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new FormatException($"The handover can't be read: {e.Message}", e);
        }
    }

    private static Session? ToJson(Lease? lease) => lease is null ? null : new Session(
        lease.Id, lease.ConnectionId?.ToString(), lease.Line.Value, lease.LastActivity, lease.Named.Event, lease.Named.Subscriber,
            lease.State,
        lease.Subject, lease.Answer, lease.FollowsAnother);

    private static Lease? FromJson(Session? session) => session is null ? null : new Lease
    {
        Id = session.Id ?? throw new FormatException("The handover has a lease without an id."),
        ConnectionId = session.Call is null ? null : ConnectionId.Parse(session.Call),
        Line = new LineNumber(session.Line),
        LastActivity = session.LastActivity,
        Named = new Naming(session.Event, session.Subscriber),
        Subject = session.Subject,
        State = Enum.IsDefined(session.State) ? session.State : throw new FormatException("The handover has a lease in no known state."),
        Answer = session.Answer,
        FollowsAnother = session.FollowsAnother,
    };

    private sealed record Snapshot(Call?[] Calls, Rest?[] Rests, DateTimeOffset? At = null);

    private sealed record Call(Session? Session, Session? LastEnded, bool FollowsAnother);

    private sealed record Session(
        string? Id, string? Call, int Line, DateTimeOffset LastActivity, NamedBy? Event, NamedBy? Subscriber, LeaseState State,
            string? Subject,
        string? Answer, bool FollowsAnother);

    private sealed record Rest(int Line, DateTimeOffset Until);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        UseStringEnumConverter = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        RespectRequiredConstructorParameters = false,
        RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(Snapshot))]
    private sealed partial class SnapshotContext : JsonSerializerContext;
}
