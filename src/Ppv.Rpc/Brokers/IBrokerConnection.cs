using Ppv.Protocol.Text;

namespace Ppv.Rpc.Brokers;

/// <summary>
/// A connection to one broker. Safe for use by several threads; every call ends within <see cref="BrokerOptions.OperationTimeout"/>. It
/// does not recover: once <see cref="Lost"/> it is replaced.
/// </summary>
internal interface IBrokerConnection : IAsyncDisposable
{
    BrokerHost Host { get; }

    /// <summary>The broker as people are told of it, such as <c>RabbitMQ on kfs-gax:5672</c>.</summary>
    string BrokerName { get; }

    /// <summary>Its release; <see langword="null"/> when it does not say.</summary>
    Version? Release { get; }

    /// <summary>
    /// Whether the broker itself knows that nobody has ever consumed the queue but this connection, which then needs to fear no earlier
    /// server. RabbitMQ can't tell.
    /// </summary>
    bool IsFirstConsumer { get; }

    /// <summary>
    /// The heartbeat that was agreed on with the broker, which may have asked for a shorter one than <see cref="BrokerOptions.Heartbeat"/>:
    /// it gives a silent connection up after two to three of them. Zero when there is none.
    /// </summary>
    TimeSpan Heartbeat { get; }

    /// <summary>
    /// Completes, with the reason as a sentence, when the connection, one of its channels or a consumer is gone. Never faults.
    /// </summary>
    Task<string> Lost { get; }

    /// <summary>Why the broker takes no messages at present (a memory or disk alarm), or <see langword="null"/>.</summary>
    string? BlockedReason { get; }

    /// <summary>Raised when <see cref="BlockedReason"/> has changed. Handlers must be quick.</summary>
    event Action? BlockedChanged;

    /// <summary>
    /// Makes sure that the queue is there: looks for it, and declares it only where it is missing. With
    /// <see cref="QueueDeclaration.MustMatch"/> it must have the arguments, too.
    /// </summary>
    /// <exception cref="BrokerException">It is not, or has other arguments.</exception>
    Task DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken);

    /// <summary>
    /// Opens an address for answers and consumes it; its messages need no acknowledgement. Where an exclusive queue can't be declared it is
    /// direct reply-to, on this connection or, when the attempt cost it, on the next one to the same host.
    /// </summary>
    /// <returns>The address to put into <see cref="BrokerMessage.ReplyTo"/>.</returns>
    /// <exception cref="BrokerException">It can't be opened.</exception>
    Task<string> ConsumeRepliesAsync(Action<BrokerMessage> onMessage, ReplyQueueKind kind, CancellationToken cancellationToken);

    /// <summary>
    /// Sends a message to the own reply address and waits until it is back, at most <see cref="BrokerOptions.ProbeTimeout"/>; where a queue
    /// is consumed, asks the broker whether it still knows of a consumer. When that fails the connection is <see cref="Lost"/>. Never
    /// throws. Needs <see cref="ConsumeRepliesAsync"/> to have been called.
    /// </summary>
    /// <returns>Whether it is proven that the connection works. Not while it is blocked; that alone does not lose it.</returns>
    Task<bool> ProbeAsync();

    /// <summary>Closes it, as disposing does; whoever still waits for it is told why.</summary>
    /// <param name="reason">The reason, as <see cref="Lost"/> has it.</param>
    ValueTask CloseAsync(string reason);

    /// <summary>
    /// Whether somebody consumes a queue without being alone on it: no server that works alone. What comes by the question goes back to the
    /// queue, as redelivered.
    /// </summary>
    /// <exception cref="BrokerException">It can't be told.</exception>
    Task<bool> IsSharedAsync(string queue, CancellationToken cancellationToken);

    /// <summary>How many messages wait in a queue, and how many consumers it has, as the broker knows.</summary>
    /// <exception cref="BrokerException">It can't be told.</exception>
    Task<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Consumes a queue. The callbacks must not block; each delivery is to be settled.</summary>
    /// <returns>
    /// <see langword="false"/> when it was to be consumed by this consumer alone (<see cref="ConsumerKind.Exclusive"/>) and somebody else
    /// consumes it.
    /// </returns>
    /// <exception cref="NotAloneException">
    /// It was granted, to be consumed by this consumer alone, and so is a second one: nothing is consumed now.
    /// </exception>
    /// <exception cref="BrokerException">It can't be consumed.</exception>
    Task<bool> TryConsumeAsync(ConsumeRequest request, CancellationToken cancellationToken);

    /// <summary>Takes no more deliveries; those taken can still be settled. When it completes, the last one was passed on.</summary>
    Task CancelConsumeAsync();

    /// <summary>
    /// Publishes to a queue, mandatory, and tells the listener how that ended: within <see cref="BrokerOptions.OperationTimeout"/>, perhaps
    /// before this has returned. The message is the connection's until then.
    /// </summary>
    void Publish(string queue, BrokerMessage message, IPublishListener listener);

    /// <summary>
    /// Has the messages to a topic come to the own reply address too, beside the answers. It takes the exclusive queue that
    /// <see cref="ConsumeRepliesAsync"/> has opened, and declares nothing. A refusal does not lose the connection.
    /// </summary>
    /// <exception cref="BrokerException">They won't come.</exception>
    Task SubscribeAsync(string topic, CancellationToken cancellationToken);

    /// <summary>
    /// Publishes to every connection on the virtual host that has subscribed to a topic, this one included; completes when the broker has
    /// confirmed. A refusal does not lose the connection.
    /// </summary>
    /// <returns>Whether there is any.</returns>
    /// <exception cref="BrokerException">It was refused, or not confirmed.</exception>
    Task<bool> PublishToTopicAsync(string topic, BrokerMessage message, CancellationToken cancellationToken);

    /// <summary>
    /// Publishes the answer to a delivery, if there is one, then acknowledges the delivery; the broker takes both in this order. The
    /// acknowledgement may follow a moment later, together with others; at the latest with <see cref="CancelConsumeAsync"/> or the end.
    /// Does nothing on a lost connection: the broker will deliver again.
    /// </summary>
    Task SettleAsync(BrokerDelivery delivery, BrokerMessage? answer);

    /// <summary>
    /// Gives a delivery back in the place of settling it: the broker passes it on, marked as redelivered, to whoever consumes the queue. To
    /// be called after <see cref="CancelConsumeAsync"/>, or it comes back here. Does nothing on a lost connection.
    /// </summary>
    Task ReturnAsync(BrokerDelivery delivery);

    /// <summary>
    /// Takes the record that the last leader of a queue left for the next one. It is gone then. Records lie in a queue of their own, one at
    /// most. On a quorum queue they outlive what the request queue outlives; elsewhere not even a restart of the broker.
    /// </summary>
    /// <param name="queue">The request queue; the record's is named after it.</param>
    /// <param name="kind">
    /// The request queue's kind: the record's is declared as of the same, when this connection leaves one. Where most nodes decide who is
    /// served, they must decide on the record, too.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The record; <see langword="null"/> when there is none, or no broker that could have kept it.</returns>
    /// <exception cref="BrokerException">It can't be told whether there is one.</exception>
    Task<ReadOnlyMemory<byte>?> TakeLeaderRecordAsync(string queue, QueueKind kind, CancellationToken cancellationToken);

    /// <summary>Leaves a record in the place of the one that is there, if any; completes when the broker has it.</summary>
    /// <returns><see langword="false"/> when the broker can't keep records at present.</returns>
    /// <exception cref="BrokerException">Whether it has it is not known.</exception>
    Task<bool> LeaveLeaderRecordAsync(string queue, ReadOnlyMemory<byte> record, CancellationToken cancellationToken);
}

/// <summary>Opens connections to brokers: RabbitMQ's, or for tests the one in memory, of the package Ppv.Testing.</summary>
internal interface IBrokerDialer
{
    /// <summary>Connects to one host and logs in, within <see cref="BrokerOptions.DialTimeout"/>.</summary>
    /// <exception cref="BrokerException">It did not work.</exception>
    Task<IBrokerConnection> DialAsync(BrokerHost host, string clientName, CancellationToken cancellationToken);
}

/// <summary>A broker could not be used. The message is a sentence that says what to do, and holds no secrets.</summary>
/// <param name="message">What happened.</param>
/// <param name="needsAttention">
/// Whether waiting won't help, because a person must change something: login, virtual host, permissions, the queue's arguments.
/// </param>
/// <param name="innerException">What the client library said.</param>
internal class BrokerException(
    string message, bool needsAttention, Exception? innerException = null) : Exception(PlainText.Of(message), innerException)
{
    public bool NeedsAttention => needsAttention;
}

/// <summary>A queue takes no notice of a consumer that is to be alone, so that two servers could serve it.</summary>
/// <param name="queue">The queue.</param>
/// <param name="broker">The broker as people are told of it.</param>
internal sealed class NotAloneException(string queue, string broker) : BrokerException(
    $"Queue '{queue}' on {broker} lets a second server serve it beside one that is to serve it alone, as quorum queues and streams do; a "
        + "virtual host whose default queue type is quorum makes such a queue of any that is declared without a type. Nothing is served. "
        + "Set Ppv:Rpc:QueueKind to Quorum and delete the queue, so that it is declared anew; or delete it, make classic the default queue "
        + "type of the virtual host, and restart.",
    needsAttention: true);

/// <summary>A message was not confirmed by the broker.</summary>
/// <param name="message">What happened.</param>
/// <param name="isReturned">
/// Whether the broker gave it back as unroutable (312), which proves that no queue has it. Everything else (a nack, a lost connection, a
/// time-out) proves nothing.
/// </param>
/// <param name="innerException">What the client library said.</param>
internal sealed class NotConfirmedException(
    string message, bool isReturned, Exception? innerException = null) : Exception(PlainText.Of(message), innerException)
{
    public bool IsReturned => isReturned;
}
