namespace Ppv.Rpc.Calls;

/// <summary>How one attempt to send a request ended.</summary>
/// <param name="Reply">The answer, or what is known without one.</param>
/// <param name="Session">The session that was lost, when that is why there is no answer.</param>
/// <param name="IsPublished">Whether the broker may have the request.</param>
internal readonly record struct Attempt(RpcReply Reply, RpcSession? Session = null, bool IsPublished = false)
{
    public static Attempt NotPublished(string reason, RpcSession? lost = null) => new(WithoutText(PpvOutcome.NotExecuted, reason), lost);

    public static RpcReply WithoutText(PpvOutcome outcome, string reason) => new(ReadOnlyMemory<byte>.Empty, outcome, reason);
}
