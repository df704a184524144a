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

    /// <summary>Makes properties for one attempt to publish; never shared, because the library writes into them.</summary>
    public static BasicProperties ToProperties(BrokerMessage message)
    {
        var properties = new BasicProperties();
        if (message.ContentType is { } contentType) properties.ContentType = contentType;
        if (message.Type is { } type) properties.Type = type;
        if (message.CorrelationId is { } correlationId) properties.CorrelationId = correlationId;
        if (message.MessageId is { } messageId) properties.MessageId = messageId;
        if (message.ReplyTo is { } replyTo) properties.ReplyTo = replyTo;
        if (message.Expiration is { } expiration)
            properties.Expiration = Math.Max(1, (long)expiration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        if (message.IsPersistent) properties.DeliveryMode = DeliveryModes.Persistent;
        if (message.Deadline is { } deadline) Header(DeadlineHeader, deadline.ToUnixTimeMilliseconds());
        if (message.PossibleDuplicate) Header(PossibleDuplicateHeader, true);
        if (message.TraceParent is { } traceParent) Header(TraceParentHeader, traceParent);
        if (message.TraceState is { } traceState) Header(TraceStateHeader, traceState);
        if (message.Outcome is { } outcome) Header(OutcomeHeader, outcome.ToString());
        if (message.Reason is { } reason) Header(ReasonHeader, reason);
        return properties;

        void Header(string name, object value) => (properties.Headers ??= new Dictionary<string, object?>())[name] = value;
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
        Outcome = Text(properties.Headers, OutcomeHeader) switch
        {
            nameof(RpcOutcome.Completed) => RpcOutcome.Completed,
            nameof(RpcOutcome.NotExecuted) => RpcOutcome.NotExecuted,
            nameof(RpcOutcome.Unknown) => RpcOutcome.Unknown,
            _ => null,
        },
        Reason = Text(properties.Headers, ReasonHeader),
    };

    private static string? Text(IDictionary<string, object?>? headers, string name) =>
        headers is not null && headers.TryGetValue(name, out var value) && value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : null;

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
