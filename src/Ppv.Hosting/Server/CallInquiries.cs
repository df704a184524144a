using System.Text;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Calls;

namespace Ppv.Hosting;

/// <summary>
/// Answers, before the order handler, gateways that ask whether a call is this worker's: after a queue was added they send a call's next command to the
/// queue that it began on. With the old line formula no worker knows its calls, and the answer is always no.
/// </summary>
internal sealed class CallInquiries(ILineAllocator lines, OrderHandler orders)
{
    public Task<RpcReply> HandleAsync(RpcCall call, CancellationToken cancellationToken) => call.Type == CallInquiry.Type
        ? Task.FromResult(new RpcReply(CallInquiry.ToBytes(IsOpen(Encoding.ASCII.GetString(call.Body.Span))), PpvOutcome.Completed))
        : orders.HandleAsync(call, cancellationToken);

    private bool IsOpen(string connid) => ConnectionId.TryParse(connid, out var call) && lines is LineLeases leases && leases.Knows(call);
}
