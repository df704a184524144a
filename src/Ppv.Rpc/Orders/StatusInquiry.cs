using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ppv.Rpc.Orders;

/// <summary>
/// The messages by which a client asks for an order: a request of a type of its own with the order's id as its text, answered with a small
/// JSON object.
/// </summary>
internal static partial class StatusInquiry
{
    public const string Type = "ppv.status";

    public static byte[] ToBytes(PpvOrderStatus status) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new Message(status.State.ToString(), status.Code, status.Reason), StatusInquiryJson.Default.Message);

    public static PpvOrderStatus Read(string orderId, RpcReply reply)
    {
        if (reply.Outcome != RpcOutcome.Completed) return Unavailable(orderId, reply.Reason ?? "The worker did not answer the inquiry.");
        try
        {
            if (JsonSerializer.Deserialize(reply.Body.Span, StatusInquiryJson.Default.Message) is { State: { } name } message)
                return Enum.TryParse<PpvOrderState>(name, out var state)
                    ? new PpvOrderStatus(orderId, state, message.Code, message.Reason)
                    : Unavailable(orderId, "The worker answered with a state that this client does not know; update it.");
        }
        catch (JsonException)
        {
            // It is none, as where there is no state in it.
        }

        return Unavailable(orderId, "The answer is no status: the worker is too old for inquiries.");
    }

    private static PpvOrderStatus Unavailable(string orderId, string reason) => new(orderId, PpvOrderState.Unavailable, null, reason);

    private sealed record Message(string? State, string? Code, string? Reason);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Message))]
    private sealed partial class StatusInquiryJson : JsonSerializerContext;
}
