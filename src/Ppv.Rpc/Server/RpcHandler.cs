namespace Ppv.Rpc;

/// <summary>
/// Answers one request. Called for many requests at once, up to <see cref="RpcOptions.Prefetch"/>. An exception is logged and answered as
/// <see cref="RpcReply.Fault"/>; it never stops the server.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="cancellationToken">
/// Cancelled when the server stops and <see cref="RpcOptions.DrainTimeout"/> is over; <see cref="RpcRequestContext.Stopping"/> comes before
/// it.
/// </param>
public delegate Task<RpcReply> RpcHandler(RpcRequestContext context, CancellationToken cancellationToken);
