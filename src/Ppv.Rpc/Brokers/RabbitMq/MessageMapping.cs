using System.Globalization;
using System.Text;
using Ppv.Protocol.Text;
using Ppv.Rpc.Messages;
using RabbitMQ.Client;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>Messages to AMQP properties and back. What strangers sent may hold anything: what can't be read counts as absent.</summary>
internal static class MessageMapping
{
    public const string DeadlineHeader = "x-ppv-deadline";
    public const string PossibleDuplicateHeader = "x-ppv-possible-duplicate";
    public const string IdSinceHeader = "x-ppv-id-since";
    public const string SubjectHeader = "x-ppv-subject";
    public const string OwnerHeader = "x-ppv-owner";
    public const string PriorHeader = "x-ppv-prior";
    public const string TraceParentHeader = "traceparent";
    public const string TraceStateHeader = "tracestate";
    public const string OutcomeHeader = "x-ppv-outcome";
    public const string ReasonHeader = "x-ppv-reason";
    private const string UnreadableSubject = "?", UnreadableOwner = "?";

    // A broker closes the connection, and ends what everybody waits for there, when the properties do not fit into one frame: 4 KB at the
    // least. What strangers write is passed on as far as https://www.w3.org/TR/trace-context/#tracestate-limits asks for.
    private const int LongestTraceState = 512, LongestTraceParent = 128, LongestReason = 1_000, LongestOwner = 128;

    /// <summary>
    /// In milliseconds: no request lives for longer. A broker closes the channel (406), and so ends what others wait for there, when it
    /// can't count an expiration: above 50 days in earlier releases, above ten years in later ones.
    /// </summary>
    private static readonly long LongestExpiration = (long)RpcRules.LongestReplyTimeout.TotalMilliseconds;

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
            ? Math.Clamp((long)left.TotalMilliseconds, 1, LongestExpiration).ToString(CultureInfo.InvariantCulture)
            : null;
        properties.DeliveryMode = message.IsPersistent ? DeliveryModes.Persistent : default;
        headers.Clear();
        if (message.Deadline is { } deadline) headers[DeadlineHeader] = deadline.ToUnixTimeMilliseconds();
        if (message.History.IsRepeat) headers[PossibleDuplicateHeader] = true;
        if (message.History.Since is { } since) headers[IdSinceHeader] = since.ToUnixTimeMilliseconds();
        if (message.Subject is { } subject) headers[SubjectHeader] = subject;
        if (message.Owner is { } owner) headers[OwnerHeader] = owner;
        if (message.TraceParent is { Length: <= LongestTraceParent } traceParent) headers[TraceParentHeader] = traceParent;
        if (message.TraceState is { Length: <= LongestTraceState } traceState) headers[TraceStateHeader] = traceState;
        if (message.Outcome is { } outcome) headers[OutcomeHeader] = NameOf(outcome);
        if (message.Reason is { } reason)
            headers[ReasonHeader] = reason.Length <= LongestReason ? reason : reason[..(LongestReason - 1)] + "…";
        if (message.Prior != PriorUse.None) headers[PriorHeader] = message.Prior == PriorUse.Same ? "same" : "other";
        properties.Headers = headers.Count > 0 ? headers : null;
    }

    /// <summary>Reads a message that came; the body is copied, because the library takes its memory back.</summary>
    public static BrokerMessage ToMessage(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body) => new()
    {
        Body = body.ToArray(),
        Type = properties.Type is { } type ? PlainText.Of(type) : null,
        CorrelationId = properties.CorrelationId,
        MessageId = properties.MessageId,
        ReplyTo = properties.ReplyTo,
        Expiration = Milliseconds(properties.Expiration),
        Deadline = Moment(properties.Headers, DeadlineHeader),
        History = HistoryIn(properties.Headers),
        Subject = SubjectIn(properties.Headers),
        Owner = OwnerIn(properties.Headers),
        TraceParent = Text(properties.Headers, TraceParentHeader, LongestTraceParent),
        TraceState = Text(properties.Headers, TraceStateHeader, LongestTraceState),
        Outcome = OutcomeIn(properties.Headers),
        Reason = Text(properties.Headers, ReasonHeader, int.MaxValue) is { } reason ? PlainText.Of(reason, LongestReason) : null,
        Prior = PriorIn(properties.Headers),
    };

    /// <summary>
    /// How often a delivery came back to its quorum queue (https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling).
    /// </summary>
    public static ushort ReturnsIn(IDictionary<string, object?>? headers) =>
        headers is not null && headers.TryGetValue("x-delivery-count", out var value) && value is IConvertible and not (string or bool)
            ? (ushort)Math.Clamp(Convert.ToDouble(value, CultureInfo.InvariantCulture), 0, ushort.MaxValue)
            : (ushort)0;

    /// <summary>
    /// One that is none still tells two requests apart, and is as bounded as one: its hash stands for it, and what is no text for itself.
    /// </summary>
    private static string? SubjectIn(IDictionary<string, object?>? headers) =>
        headers is null || !headers.TryGetValue(SubjectHeader, out var value) ? null
        : value is not byte[] bytes ? UnreadableSubject
        : Encoding.UTF8.GetString(bytes) is var text && SubjectText.IsValid(text) ? text
        : StrangeText.HashOf(bytes);

    /// <summary>One that is none is somebody's all the same, and none of those that are.</summary>
    private static string? OwnerIn(IDictionary<string, object?>? headers) =>
        headers is null || !headers.ContainsKey(OwnerHeader) ? null
        : Text(headers, OwnerHeader, LongestOwner) is { } owner && SubjectText.IsValid(owner) ? owner
        : UnreadableOwner;

    private static PriorUse PriorIn(IDictionary<string, object?>? headers) =>
        headers is null || !headers.ContainsKey(PriorHeader) ? PriorUse.None
        : Text(headers, PriorHeader, "other".Length) == "other" ? PriorUse.Other
        : PriorUse.Same;

    /// <summary>A mark that can't be read is still a mark, and a moment that can't be read is none.</summary>
    private static IdHistory HistoryIn(IDictionary<string, object?>? headers)
    {
        if (headers is null) return IdHistory.New;
        var isRepeat = headers.TryGetValue(PossibleDuplicateHeader, out var mark) && mark is not false;
        if (!headers.ContainsKey(IdSinceHeader)) return isRepeat ? IdHistory.Repeat : IdHistory.New;
        return Moment(headers, IdSinceHeader) is not { } since ? IdHistory.Repeat
            : isRepeat ? IdHistory.RepeatSince(since)
            : IdHistory.PossibleSince(since);
    }

    private static string NameOf(RpcOutcome outcome) => outcome switch
    {
        RpcOutcome.Completed => nameof(RpcOutcome.Completed),
        RpcOutcome.NotExecuted => nameof(RpcOutcome.NotExecuted),
        _ => nameof(RpcOutcome.Unknown),
    };

    /// <summary>A header's text; one that is longer than it may be counts as absent.</summary>
    private static string? Text(IDictionary<string, object?>? headers, string name, int maxLength) =>
        headers is not null && headers.TryGetValue(name, out var value) && value is byte[] bytes && bytes.Length <= maxLength
            ? Encoding.UTF8.GetString(bytes)
            : null;

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
