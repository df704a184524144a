namespace Ppv.Rpc.Brokers;

/// <summary>A message with the properties that orders and answers use (contract §2, and three headers of our own).</summary>
internal sealed record BrokerMessage
{
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
    public TimeSpan? Expiration { get; init; }

    /// <summary>Whether it outlives a restart of the broker, in a queue that does (<c>delivery-mode</c> 2); elsewhere without effect.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Header <c>x-ppv-deadline</c>: the moment after which the order must not be started.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Header <c>x-ppv-possible-duplicate</c>: its sender sent it before, and does not know what became of it.</summary>
    public bool PossibleDuplicate { get; init; }

    /// <summary>Header <c>x-ppv-outcome</c> of an answer.</summary>
    public PpvOutcome? Outcome { get; init; }

    /// <summary>Header <c>x-ppv-reason</c> of an answer.</summary>
    public string? Reason { get; init; }
}
