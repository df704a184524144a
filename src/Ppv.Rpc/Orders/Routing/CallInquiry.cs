using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ppv.Protocol;

namespace Ppv.Rpc.Orders.Routing;

/// <summary>
/// The messages by which a client asks a queue's worker for a call: a request of a type of its own with the <c>connid</c> as its text,
/// answered with whether the call is in progress there or was confirmed there lately.
/// </summary>
internal static partial class CallInquiry
{
    public const string Type = "ppv.call";

    public static byte[] ToBytes(ConnectionId call) => Encoding.ASCII.GetBytes(call.ToString());

    public static byte[] ToBytes(bool isOpen) => JsonSerializer.SerializeToUtf8Bytes(new Message(isOpen), CallInquiryJson.Default.Message);

    /// <summary>What the worker says; <see langword="null"/> when it does not say.</summary>
    public static bool? Read(RpcReply reply)
    {
        if (reply.Outcome != RpcOutcome.Completed) return null;
        try
        {
            return JsonSerializer.Deserialize(reply.Body.Span, CallInquiryJson.Default.Message)?.Open;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Message(bool? Open);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Message))]
    private sealed partial class CallInquiryJson : JsonSerializerContext;
}
