using System.Text;
using System.Text.Json;
using Ppv.Protocol;

namespace Ppv.Rpc.Calls;

/// <summary>
/// The messages by which a client asks a queue's worker for a call: a request of a type of its own with the <c>connid</c> as its text, answered with whether
/// the call is in progress there or was confirmed there lately.
/// </summary>
internal static class CallInquiry
{
    public const string Type = "ppv.call";

    public static byte[] ToBytes(ConnectionId call) => Encoding.ASCII.GetBytes(call.ToString());

    public static byte[] ToBytes(bool isOpen) => isOpen ? """{"open":true}"""u8.ToArray() : """{"open":false}"""u8.ToArray();

    /// <summary>What the worker says; <see langword="null"/> when it does not say.</summary>
    public static bool? Read(RpcReply reply)
    {
        if (reply.Outcome != PpvOutcome.Completed) return null;
        try
        {
            using var json = JsonDocument.Parse(reply.Body);
            return json.RootElement.GetProperty("open").GetBoolean();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
