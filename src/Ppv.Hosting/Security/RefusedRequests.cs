using Microsoft.AspNetCore.Http;
using Ppv.Protocol.Text;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Hosting.Security;

/// <summary>Turns a caller away for who it is or how it asks, and says so in the log.</summary>
internal sealed class RefusedRequests(PlainLogger<RefusedRequests> logger, TimeProvider timeProvider)
{
    private readonly StrangersLog _log = new(logger, timeProvider);

    public Task RefuseAsync(HttpContext context, int status, string reason)
    {
        Say(context, reason);
        return Refusals.WriteAsync(context, status, reason);
    }

    public void Say(HttpContext context, string reason) =>
        SecurityLog.Refused(_log, context.GetEndpoint()?.DisplayName ?? "-", Caller.AddressOf(context), reason);
}
