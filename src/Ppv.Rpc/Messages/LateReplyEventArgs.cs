namespace Ppv.Rpc;

/// <summary>An answer that came after its caller had been told that the outcome is unknown.</summary>
/// <param name="id">The request's id.</param>
/// <param name="reply">The answer.</param>
public sealed class LateReplyEventArgs(string id, RpcReply reply) : EventArgs
{
    /// <summary>The id of the request: <see cref="RpcRequest.Id"/>.</summary>
    public string Id { get; } = id;

    /// <summary>The answer: the truth that came too late for the caller.</summary>
    public RpcReply Reply { get; } = reply;
}
