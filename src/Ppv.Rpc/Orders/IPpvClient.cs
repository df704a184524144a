using Ppv.Protocol;

namespace Ppv.Rpc;

/// <summary>Buys pay-per-view events and places single orders. Safe for use by several threads.</summary>
public interface IPpvClient
{
    /// <summary>
    /// Buys an event for a subscriber: the whole call, EV, EN and CONFIRM, on one deadline and with one result. Asked again with the same
    /// key it never buys a second time, as long as <paramref name="isRepeat"/> is true to the facts.
    /// </summary>
    /// <param name="connectionId">
    /// The call that it belongs to. Two purchases at a time need two of them: with one, at most one of them is bought, and the other one is
    /// refused. It need not be kept beside the key: asked again, another one will do.
    /// </param>
    /// <param name="eventNumber">The event: see <see cref="PpvCommand.IsValidValue"/>.</param>
    /// <param name="subscriberNumber">The subscriber: see <see cref="PpvCommand.IsValidValue"/>.</param>
    /// <param name="key">
    /// What the purchase is known by, such as the number of an order in a shop and of the attempt, <c>cart-7.1</c>: 1 to 64 printable ASCII
    /// characters without spaces (<see cref="PpvClient.IsValidKey"/>), one for each purchase: it stays with the event and the subscriber
    /// that it was used for first (<see cref="PpvPurchaseResult.IsKeyOfAnother"/>). The worker tells its answer to a key again
    /// for as long as its journal keeps it. After <see cref="RpcOutcome.NotExecuted"/> ask again with the same key, which may buy then, or
    /// with a new one, which is safe only if the old one is never asked for again. After <see cref="RpcOutcome.Unknown"/> only the same key
    /// is safe. <see langword="null"/>, the default: a new one, told in the result.
    /// </param>
    /// <param name="isRepeat">
    /// Whether it may have been asked for before with this key, by another process or before a restart, or is being asked for by another
    /// process now. The worker then answers from its record, or says that the outcome is unknown; it does not buy what another worker may
    /// have bought. Default <see langword="false"/>; the keys that this client itself has used it recognises anyway (the last 10,000), and
    /// those that the worker has on record. Who joins a purchase that runs with <see langword="true"/> makes it a repeat for all who wait
    /// for it.
    /// </param>
    /// <param name="timeout">How long it may take, 100 ms to 10 min; <see cref="RpcOptions.ReplyTimeout"/> by default.</param>
    /// <param name="cancellationToken">
    /// Gives up waiting. The step that was begun goes on to its end, and no further one is begun; when that was the confirm, it may buy.
    /// <see cref="GetPurchaseStatusAsync"/> says what became of it. Others who wait for the same key go on waiting, and the purchase for
    /// them.
    /// </param>
    /// <returns>
    /// What is known of the purchase, and which step ended it. Failures of broker and worker are results, not exceptions. That nothing was
    /// bought is proven for those who asked this client; somebody who asks elsewhere with the same key at the same time may buy.
    /// </returns>
    /// <exception cref="ArgumentException">A number, the key or the time is not valid; the message says what is.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The client is gone.</exception>
    Task<PpvPurchaseResult> PurchaseAsync(
        ConnectionId connectionId,
        string eventNumber,
        string subscriberNumber,
        string? key = null,
        bool isRepeat = false,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default);

    /// <summary>Asks the worker's journal what became of the confirm of a purchase; it buys nothing.</summary>
    /// <param name="key">The key: <see cref="PpvPurchaseResult.Key"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>
    /// What is known, as from <see cref="GetStatusAsync"/>. <see cref="PpvOrderState.NeverSeen"/>: the worker that answered has sent no
    /// confirm under this key.
    /// </returns>
    /// <exception cref="ArgumentException">That is no key.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The client is gone.</exception>
    Task<PpvOrderStatus> GetPurchaseStatusAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Places one order and waits for its answer, at most <see cref="RpcOptions.ReplyTimeout"/>.</summary>
    /// <param name="order">The order. Its <see cref="PpvOrder.Id"/> stays the same however often it is sent.</param>
    /// <param name="cancellationToken">
    /// Gives up waiting. Before the order was published nothing is sent; afterwards it goes on without you, and its outcome is unknown to
    /// you.
    /// </param>
    /// <returns>What is known of the order. Broker and worker failures are results, not exceptions.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The client is gone.</exception>
    Task<PpvResult> SendAsync(PpvOrder order, CancellationToken cancellationToken = default);

    /// <summary>
    /// As <see cref="SendAsync(PpvOrder, CancellationToken)"/>, where the caller says what is known of the order's id. Without that, an id
    /// that was made with the order is new the first time it is sent; any other one can have been used since it was made, if it says when
    /// (a UUIDv7, a ULID or a Unix time in milliseconds at its beginning), else for <see cref="RpcOptions.UndatedIdLife"/>.
    /// </summary>
    /// <param name="order">The order.</param>
    /// <param name="history">
    /// Whether something can have been sent under the id before. <see cref="IdHistory.New"/> is a promise: when it is not true, a confirm
    /// may be executed twice.
    /// </param>
    /// <param name="timeout">How long to wait for the answer, 100 ms to 10 min; <see cref="RpcOptions.ReplyTimeout"/> by default.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>
    /// What is known of the order. <see cref="RpcOutcome.NotExecuted"/> covers everything that was ever sent under its id.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The client is gone.</exception>
    Task<PpvResult> SendAsync(
        PpvOrder order, IdHistory history, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="SendAsync(PpvOrder, CancellationToken)"/>, with a time-out of its own.</summary>
    /// <param name="order">The order.</param>
    /// <param name="timeout">How long to wait for the answer, 100 ms to 10 min. It is the order's deadline.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>What is known of the order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The client is gone.</exception>
    Task<PpvResult> SendAsync(PpvOrder order, TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks the worker's journal what became of an order, over the order queue; with several queues, the workers of all.
    /// </summary>
    /// <param name="orderId">The id: <see cref="PpvOrder.Id"/> or <see cref="PpvResult.OrderId"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>What is known. A worker that can't be asked is a state too, not an exception.</returns>
    /// <remarks>
    /// Every worker on the queue must be of this kind: an old one takes the inquiry for an order that it can't read, and stops.
    /// </remarks>
    /// <exception cref="ArgumentException">That is no order id.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The client is gone.</exception>
    Task<PpvOrderStatus> GetStatusAsync(string orderId, CancellationToken cancellationToken = default);
}
