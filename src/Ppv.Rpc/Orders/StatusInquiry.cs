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

    /// <param name="status">What is known.</param>
    /// <param name="coveredFor">
    /// For how long the worker has a record of all orders of its queue. A span, because the client's clock may be another one.
    /// </param>
    public static byte[] ToBytes(PpvOrderStatus status, TimeSpan? coveredFor) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new Message(status.State.ToString(), status.Code, status.Reason, status.Subject, (long?)coveredFor?.TotalMilliseconds),
            StatusInquiryJson.Default.Message);

    /// <param name="orderId">The order.</param>
    /// <param name="reply">What came.</param>
    /// <param name="now">The time here.</param>
    public static PpvOrderStatus Read(string orderId, RpcReply reply, DateTimeOffset now)
    {
        if (reply.Outcome != RpcOutcome.Completed) return Unavailable(orderId, reply.Reason ?? "The worker did not answer the inquiry.");
        try
        {
            if (JsonSerializer.Deserialize(reply.Body.Span, StatusInquiryJson.Default.Message) is { State: { } name } message)
                return Enum.GetNames<PpvOrderState>().Contains(name) && Enum.TryParse<PpvOrderState>(name, out var state) // Not numbers.
                    ? new PpvOrderStatus(orderId, state, message.Code, message.Reason)
                    {
                        Subject = message.Subject,
                        CoveredSince = message.CoveredFor is >= 0 and var covered
                            ? covered < (now - DateTimeOffset.UnixEpoch).TotalMilliseconds
                                ? now.AddMilliseconds(-covered)
                                : DateTimeOffset.UnixEpoch
                            : null,
                    }
                    : Unavailable(orderId, "The worker answered with a state that this client does not know; update it.");
        }
        catch (JsonException)
        {
            // It is none, as where there is no state in it.
        }

        return Unavailable(orderId, "The answer is no status: the worker is too old for inquiries.");
    }

    private static PpvOrderStatus Unavailable(string orderId, string reason) => new(orderId, PpvOrderState.Unavailable, null, reason);

    private sealed record Message(string? State, string? Code, string? Reason, string? Subject = null, long? CoveredFor = null);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Message))]
    private sealed partial class StatusInquiryJson : JsonSerializerContext;
}
