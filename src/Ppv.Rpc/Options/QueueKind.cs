namespace Ppv.Rpc;

/// <summary>How the request queue is declared.</summary>
public enum QueueKind
{
    /// <summary>
    /// As the old gateway and worker declare it: not durable, not exclusive, not auto-deleted, <c>x-message-ttl</c> (contract §2). The only
    /// kind that old and new parts can share when either of them may come first.
    /// </summary>
    LegacyTransient,

    /// <summary>
    /// A durable classic queue with <c>x-message-ttl</c>. Orders in it are persistent: they outlive a restart of the broker.
    /// </summary>
    DurableClassic,

    /// <summary>
    /// A quorum queue with <c>x-message-ttl</c>, for clusters of three nodes or more: with fewer it does not outlive the loss of one
    /// (https://www.rabbitmq.com/docs/quorum-queues). Declared with <c>x-single-active-consumer</c> unless
    /// <see cref="RpcOptions.SingleActiveConsumer"/> is <see langword="false"/>.
    /// </summary>
    Quorum,

    /// <summary>
    /// Not declared at all: it must be there, with whatever arguments, made by an administrator. Orders are sent as persistent, which a
    /// transient queue takes no notice of.
    /// </summary>
    Passive,
}
