namespace Ppv.Rpc.Calls;

/// <summary>One call that waits for its answer.</summary>
internal sealed class PendingCall(string correlationId, object session)
{
    private readonly TaskCompletionSource<RpcReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string CorrelationId { get; } = correlationId;

    public object Session { get; } = session;

    public Task<RpcReply> Reply => _reply.Task;

    public bool TrySetReply(RpcReply reply) => _reply.TrySetResult(reply);
}
