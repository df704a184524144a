using Ppv.Protocol.Text;
using Ppv.Rpc.Messages;

namespace Ppv.Hosting.Worker;

/// <summary>The past of an id that the journal does not have.</summary>
/// <param name="New">The proof that it has none; without it a confirm is not sent. An EV or EN is, for the last one counts.</param>
/// <param name="Doubt">Why there is no proof.</param>
/// <param name="EndsLease">
/// Whether the order may have been the confirm of the call's lease, which ends then as after a confirm that was not answered, so that
/// another confirm of the call does not buy either. Its line rests only where that could not be recorded.
/// </param>
internal sealed record IdPast(NewId? New, Reason Doubt, bool EndsLease);
