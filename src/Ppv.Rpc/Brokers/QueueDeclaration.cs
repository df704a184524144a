namespace Ppv.Rpc.Brokers;

/// <summary>The request queue, as it is to be.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is declared as.</param>
/// <param name="MessageTtl">How long a message may lie in it.</param>
/// <param name="SingleActiveConsumer">Whether a quorum queue gets <c>x-single-active-consumer</c>; without effect on the others.</param>
/// <param name="MustMatch">
/// Whether one that is there must have these arguments: for who relies on them, because a quorum queue ignores that a consumer is exclusive.
/// </param>
internal sealed record QueueDeclaration(string Name, QueueKind Kind, TimeSpan MessageTtl, bool SingleActiveConsumer = true, bool MustMatch = false);
