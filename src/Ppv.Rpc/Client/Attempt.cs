using Ppv.Protocol.Text;
using Ppv.Rpc.Messages;

namespace Ppv.Rpc.Client;

/// <summary>How one attempt to send a request ended.</summary>
/// <param name="Reply">The answer, or what is known without one; <see langword="null"/> when the broker has no request.</param>
/// <param name="NotSent">Why it has none.</param>
/// <param name="Session">The session that was lost, when that is why there is no answer.</param>
internal readonly record struct Attempt(RpcReply? Reply, NotSent NotSent, ClientSession? Session)
{
    /// <summary>Whether the broker may have the request.</summary>
    public bool IsPublished => Reply is not null;

    public static Attempt Published(RpcReply reply, ClientSession? lost = null) => new(reply, default, lost);

    public static Attempt NotPublished(NotSent proof, ClientSession? lost = null) => new(null, proof, lost);

    public static Attempt NotPublished(Reason reason, ClientSession? lost = null) => NotPublished(new NotSent(reason), lost);
}
