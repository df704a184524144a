using System.Text.Json;
using System.Text.Json.Serialization;
using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Presence;

/// <summary>
/// The two messages of presence. An inquiry goes to everybody who has subscribed to the topic; a report comes back to the asker's reply
/// queue. Both have a type, which no request and no answer to one shares.
/// </summary>
internal static partial class PresenceMessages
{
    public const string Topic = "ppv.presence", InquiryType = "ppv.presence", ReportType = "ppv.presence.report";

    /// <summary>Who waited longer than this for it has left.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(2);

    /// <summary>What brokers name the queues that they name themselves; nobody else can name one so.</summary>
    private const string ReplyQueuePrefix = "amq.gen-";

    /// <summary>Longer ones are not read: none of ours is.</summary>
    public const int MaxReportBytes = 64 * 1024;

    /// <summary>
    /// Whether reports may be sent to an address: to reply queues only, so that nobody who may ask has others write to the queue of orders.
    /// Direct reply-to can't be asked from: its answers come on the channel that publishes requests, and a refused inquiry would close it.
    /// </summary>
    public static bool CanBeAnswered(string? replyTo) => replyTo?.StartsWith(ReplyQueuePrefix, StringComparison.Ordinal) == true;

    public static BrokerMessage Inquiry(string correlationId, string replyTo) => new()
    {
        Body = ReadOnlyMemory<byte>.Empty,
        Type = InquiryType,
        CorrelationId = correlationId,
        ReplyTo = replyTo,
        Expiration = Life,
    };

    public static BrokerMessage Report(string correlationId, ReadOnlyMemory<byte> report) => new()
    {
        Body = report,
        ContentType = "application/json",
        Type = ReportType,
        CorrelationId = correlationId,
        Expiration = Life,
    };

    public static byte[] ToBytes(PresenceReport report) => JsonSerializer.SerializeToUtf8Bytes(report, PresenceJson.Default.PresenceReport);

    /// <returns>The report, with names for all queues and hosts; <see langword="null"/> when it is no report that can be read.</returns>
    public static PresenceReport? Read(ReadOnlyMemory<byte> body)
    {
        if (body.Length > MaxReportBytes) return null;
        try
        {
            return JsonSerializer.Deserialize(body.Span, PresenceJson.Default.PresenceReport)?.Bounded();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(PresenceReport))]
    private sealed partial class PresenceJson : JsonSerializerContext;
}
