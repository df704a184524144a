namespace Ppv.Rpc.Orders;

/// <summary>What a gateway asks its client in the name of one of its own clients.</summary>
internal interface IOwnersClient
{
    /// <summary>As <see cref="IPpvClient.GetStatusAsync"/>; the question takes room of its owner's.</summary>
    /// <param name="orderId">The id, as the client knows it.</param>
    /// <param name="owner">Who asks.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<PpvOrderStatus> GetStatusAsync(string orderId, string owner, CancellationToken cancellationToken);
}
