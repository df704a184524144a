using Ppv.Protocol.Text;

namespace Ppv.Rpc.Messages;

/// <summary>
/// The proof that one attempt to have a request executed came to nothing: it was not sent, came back, or was turned away. It is no answer:
/// an earlier attempt may have been executed.
/// </summary>
/// <param name="Reason">Why.</param>
internal readonly record struct NotSent(Reason Reason)
{
    /// <summary>What a caller is told: not executed only where there was no earlier attempt.</summary>
    /// <param name="id">The proof that there was none.</param>
    public (RpcOutcome Outcome, Reason Reason) Tell(NewId? id) => id is not null
        ? (RpcOutcome.NotExecuted, Reason)
        : (RpcOutcome.Unknown, Reason.Of($"{Reason} An earlier request under this id may have been executed; ask for its status."));
}
