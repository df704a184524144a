using Ppv.Rpc.Messages;

namespace Ppv.Rpc.Brokers;

/// <summary>
/// A message with the properties that orders and answers use (contract §2, and three headers of our own). A struct, since each call has
/// four of them.
/// </summary>
internal readonly record struct BrokerMessage
{
    private readonly long _history, _expiration, _deadline; // 0 is the default of each.

    public required ReadOnlyMemory<byte> Body { get; init; }

    public string? ContentType { get; init; }

    /// <summary>What kind of request it is; none for orders.</summary>
    public string? Type { get; init; }

    /// <summary>One attempt to place an order; new for each.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The order's id, the same for each attempt.</summary>
    public string? MessageId { get; init; }

    public string? ReplyTo { get; init; }

    /// <summary>How long it may lie in the queue, at least 1 ms.</summary>
    public TimeSpan? Expiration
    {
        get => _expiration == 0 ? null : new TimeSpan(_expiration - 1);
        init => _expiration = value is { } left ? Math.Max(left.Ticks, 0) + 1 : 0;
    }

    /// <summary>
    /// Whether it outlives a restart of the broker, in a queue that does (<c>delivery-mode</c> 2); elsewhere without effect.
    /// </summary>
    public bool IsPersistent { get; init; }

    /// <summary>Header <c>x-ppv-deadline</c>: the moment after which the order must not be started.</summary>
    public DateTimeOffset? Deadline
    {
        get => _deadline == 0 ? null : new DateTimeOffset(_deadline - 1, TimeSpan.Zero);
        init => _deadline = value is { } deadline ? deadline.UtcTicks + 1 : 0;
    }

    /// <summary>
    /// Of a request, headers <c>x-ppv-possible-duplicate</c> (something was sent under its id before) and <c>x-ppv-id-since</c> (Unix
    /// milliseconds: nothing was before that moment). Default <see cref="IdHistory.New"/>, which has neither.
    /// </summary>
    public IdHistory History { get => IdHistory.Of(_history); init => _history = value.Code; }

    /// <summary>Header <c>x-ppv-subject</c> of a request: what it is a part of.</summary>
    public string? Subject { get; init; }

    /// <summary>Header <c>x-ppv-owner</c> of a request: the caller that it is for.</summary>
    public string? Owner { get; init; }

    /// <summary>
    /// Header <c>traceparent</c> of a request (https://www.w3.org/TR/trace-context/): the sender's span. Never in an answer.
    /// </summary>
    public string? TraceParent { get; init; }

    /// <summary>Header <c>tracestate</c> of a request.</summary>
    public string? TraceState { get; init; }

    /// <summary>Header <c>x-ppv-outcome</c> of an answer.</summary>
    public RpcOutcome? Outcome { get; init; }

    /// <summary>Header <c>x-ppv-reason</c> of an answer.</summary>
    public string? Reason { get; init; }

    /// <summary>Header <c>x-ppv-prior</c> of an answer: what is on record under the request's id.</summary>
    public PriorUse Prior { get; init; }
}

/// <summary>A message that was taken from a queue and waits to be acknowledged.</summary>
/// <param name="Message">The message; its body is a copy.</param>
/// <param name="Tag">The broker's name for the delivery, on its connection.</param>
/// <param name="Redelivered">Whether somebody had it before and did not acknowledge it.</param>
/// <param name="Returns">How often it came back to the queue, as far as the queue counts that: a quorum queue does.</param>
internal sealed record BrokerDelivery(BrokerMessage Message, ulong Tag, bool Redelivered, ushort Returns = 0);

/// <summary>The request queue, as it is to be.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is declared as.</param>
/// <param name="MessageTtl">How long a message may lie in it.</param>
/// <param name="SingleActiveConsumer">Whether a quorum queue gets <c>x-single-active-consumer</c>; without effect on the others.</param>
/// <param name="MustMatch">
/// Whether one that is there must have these arguments: for who relies on them, because a quorum queue ignores that a consumer is
/// exclusive.
/// </param>
internal sealed record QueueDeclaration(
    string Name, QueueKind Kind, TimeSpan MessageTtl, bool SingleActiveConsumer = true, bool MustMatch = false);

/// <summary>What is to be consumed, and who takes it.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Kind">How the consumer stands to the others.</param>
/// <param name="Prefetch">How many deliveries may be unsettled at once, at most <see cref="ConsumeRequest.LargestPrefetch"/>.</param>
/// <param name="OnDelivery">Takes a delivery.</param>
/// <param name="OnAnswerReturned">Told of an answer that no queue took, because its caller is gone.</param>
internal sealed record ConsumeRequest(
    string Queue, ConsumerKind Kind, int Prefetch, Action<BrokerDelivery> OnDelivery, Action<BrokerMessage> OnAnswerReturned)
{
    /// <summary>The protocol has no larger number; none at all is 2,000 to a quorum queue.</summary>
    public const int LargestPrefetch = ushort.MaxValue;
}

/// <summary>How a consumer stands to the others of its queue.</summary>
internal enum ConsumerKind
{
    /// <summary>One of several.</summary>
    Shared,

    /// <summary>The only one: the broker refuses a second one (classic queues; quorum queues ignore it).</summary>
    Exclusive,

    /// <summary>
    /// The queue itself lets one at a time have deliveries (<c>x-single-active-consumer</c>): it may wait behind another one without
    /// knowing.
    /// </summary>
    SingleActive,
}
