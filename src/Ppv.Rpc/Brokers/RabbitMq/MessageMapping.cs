using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>Messages to AMQP properties and back. What strangers sent may hold anything: what can't be read counts as absent.</summary>
internal static class MessageMapping
{
    public const string DeadlineHeader = "x-ppv-deadline";
    public const string PossibleDuplicateHeader = "x-ppv-possible-duplicate";
    public const string TraceParentHeader = "traceparent";
    public const string TraceStateHeader = "tracestate";
    public const string OutcomeHeader = "x-ppv-outcome";
    public const string ReasonHeader = "x-ppv-reason";

    /// <summary>Makes properties for one message.</summary>
    public static BasicProperties ToProperties(in BrokerMessage message)
    {
        var properties = new BasicProperties();
        Write(message, properties, []);
        return properties;
    }

    /// <summary>Writes a message's properties over whatever is in these.</summary>
    /// <param name="message">The message.</param>
    /// <param name="properties">The properties.</param>
    /// <param name="headers">What becomes their headers, if it has any: an old gateway gets none (contract §2).</param>
    public static void Write(in BrokerMessage message, BasicProperties properties, Dictionary<string, object?> headers)
    {
        properties.ContentType = message.ContentType;
        properties.Type = message.Type;
        properties.CorrelationId = message.CorrelationId;
        properties.MessageId = message.MessageId;
        properties.ReplyTo = message.ReplyTo;
        properties.Expiration = message.Expiration is { } left
            ? Math.Max(1, (long)left.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)
            : null;
        properties.DeliveryMode = message.IsPersistent ? DeliveryModes.Persistent : default;
        headers.Clear();
        if (message.Deadline is { } deadline) headers[DeadlineHeader] = deadline.ToUnixTimeMilliseconds();
        if (message.PossibleDuplicate) headers[PossibleDuplicateHeader] = true;
        if (message.TraceParent is { } traceParent) headers[TraceParentHeader] = traceParent;
        if (message.TraceState is { } traceState) headers[TraceStateHeader] = traceState;
        if (message.Outcome is { } outcome) headers[OutcomeHeader] = NameOf(outcome);
        if (message.Reason is { } reason) headers[ReasonHeader] = reason;
        properties.Headers = headers.Count > 0 ? headers : null;
    }

    /// <summary>Reads a message that came; the body is copied, because the library takes its memory back.</summary>
    public static BrokerMessage ToMessage(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body) => new()
    {
        Body = body.ToArray(),
        Type = properties.Type,
        CorrelationId = properties.CorrelationId,
        MessageId = properties.MessageId,
        ReplyTo = properties.ReplyTo,
        Expiration = Milliseconds(properties.Expiration),
        Deadline = Moment(properties.Headers, DeadlineHeader),
        // A mark that can't be read is still a mark.
        PossibleDuplicate = properties.Headers is { } headers && headers.TryGetValue(PossibleDuplicateHeader, out var mark)
            && mark is not false,
        TraceParent = Text(properties.Headers, TraceParentHeader),
        TraceState = Text(properties.Headers, TraceStateHeader),
        Outcome = OutcomeIn(properties.Headers),
        Reason = Text(properties.Headers, ReasonHeader),
    };

    private static string NameOf(RpcOutcome outcome) => outcome switch
    {
        RpcOutcome.Completed => nameof(RpcOutcome.Completed),
        RpcOutcome.NotExecuted => nameof(RpcOutcome.NotExecuted),
        _ => nameof(RpcOutcome.Unknown),
    };

    private static string? Text(IDictionary<string, object?>? headers, string name) =>
        headers is not null && headers.TryGetValue(name, out var value) && value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : null;

    private static RpcOutcome? OutcomeIn(IDictionary<string, object?>? headers)
    {
        if (headers is null || !headers.TryGetValue(OutcomeHeader, out var value) || value is not byte[] name) return null;
        if ("Completed"u8.SequenceEqual(name)) return RpcOutcome.Completed;
        if ("NotExecuted"u8.SequenceEqual(name)) return RpcOutcome.NotExecuted;
        return "Unknown"u8.SequenceEqual(name) ? RpcOutcome.Unknown : null;
    }

    private static TimeSpan? Milliseconds(string? expiration) =>
        uint.TryParse(expiration, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;

    private static DateTimeOffset? Moment(IDictionary<string, object?>? headers, string name) =>
        headers is not null && headers.TryGetValue(name, out var value) && value is long milliseconds
        && milliseconds >= 0 && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
}
