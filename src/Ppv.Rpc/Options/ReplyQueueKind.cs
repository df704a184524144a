namespace Ppv.Rpc;

/// <summary>Where a client's answers come to.</summary>
public enum ReplyQueueKind
{
    /// <summary>
    /// An exclusive queue that lives and dies with the connection (contract §2). Where the broker can't declare one, perhaps for want of a
    /// majority, <see cref="DirectReplyTo"/> is used on that connection.
    /// </summary>
    ExclusiveQueue,

    /// <summary>
    /// RabbitMQ's pseudo-queue <c>amq.rabbitmq.reply-to</c>, which needs no declaration (https://www.rabbitmq.com/docs/direct-reply-to).
    /// </summary>
    DirectReplyTo,
}
