using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ppv.Hosting.Worker.Lines.Handover;

/// <summary>A <see cref="Handover"/> as text.</summary>
internal static partial class HandoverJson
{
    public static byte[] ToBytes(byte[] leases, OrderSnapshot? orders) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new Text(leases, orders?.Packed, orders?.Count, orders?.CompleteFor, orders?.At), HandoverContext.Default.Text);

    /// <exception cref="FormatException">It is none.</exception>
    public static Handover Read(ReadOnlySpan<byte> text)
    {
        try
        {
            var read = JsonSerializer.Deserialize(text, HandoverContext.Default.Text);
            if (read is not { Leases: not null }) throw new FormatException("The handover names no calls or lines.");
            var (leases, orders, count, time, at) = read;
            if (time < TimeSpan.Zero) throw new FormatException("The handover's orders are complete for less than no time.");
            return new Handover(
                LeaseSnapshotJson.Read(leases),
                orders is not null && count is { } number && time is { } completeFor && at is { } packedAt
                    ? new OrderSnapshot(orders, number, completeFor, packedAt)
                    : null);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The handover can't be read: {e.Message}", e);
        }
    }

    private sealed record Text(byte[] Leases, byte[]? Orders, int? Count, TimeSpan? CompleteFor, DateTimeOffset? At);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(Text))]
    private sealed partial class HandoverContext : JsonSerializerContext;
}
