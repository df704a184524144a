using System.Text.Json;

namespace Ppv.Rpc.Calls;

/// <summary>
/// The messages by which a client asks for an order: a request of a type of its own with the order's id as its text, answered with a small JSON object.
/// </summary>
internal static class StatusInquiry
{
    public const string Type = "ppv.status";

    public static byte[] ToBytes(PpvOrderStatus status)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("state", status.State.ToString());
            json.WriteString("code", status.Code);
            json.WriteString("reason", status.Reason);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    public static PpvOrderStatus Read(string orderId, RpcReply reply)
    {
        if (reply.Outcome != PpvOutcome.Completed) return Unavailable(orderId, reply.Reason ?? "The worker did not answer the inquiry.");
        try
        {
            using var json = JsonDocument.Parse(reply.Body);
            return Enum.TryParse<PpvOrderState>(json.RootElement.GetProperty("state").GetString(), out var state)
                ? new PpvOrderStatus(orderId, state, json.RootElement.GetProperty("code").GetString(), json.RootElement.GetProperty("reason").GetString())
                : Unavailable(orderId, "The worker answered with a state that this client does not know; update it.");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return Unavailable(orderId, "The answer is no status: the worker is too old for inquiries.");
        }
    }

    private static PpvOrderStatus Unavailable(string orderId, string reason) => new(orderId, PpvOrderState.Unavailable, null, reason);
}
