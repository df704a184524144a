using Ppv.Protocol;

namespace Ppv.Rpc;

/// <summary>Places pay-per-view orders. Safe for use by several threads.</summary>
public interface IPpvClient
{
    /// <summary>Places an order and waits for its answer, at most <see cref="RpcOptions.ReplyTimeout"/>.</summary>
    /// <param name="order">The order. Its <see cref="PpvOrder.Id"/> stays the same however often it is sent.</param>
    /// <param name="cancellationToken">
    /// Gives up waiting. Before the order was published nothing is sent; afterwards it goes on without you, and its outcome is unknown to
    /// you.
    /// </param>
    /// <returns>What is known of the order. Broker and worker failures are results, not exceptions.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The client is gone.</exception>
    Task<PpvResult> SendAsync(PpvOrder order, CancellationToken cancellationToken = default);

    /// <summary>Asks the worker's journal what became of an order, over the order queue; with several queues, the workers of all.</summary>
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
