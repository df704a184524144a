using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Security;
using Ppv.Protocol.Text;
using Ppv.Rpc.Messages;

namespace Ppv.Hosting.Gateway;

/// <summary>
/// An order that was not looked at: the code of a request that can't be understood, the one of ours that always means "not executed", for
/// callers that read nothing but the code.
/// </summary>
internal sealed class OrderRefusalForm : IRefusalForm
{
    public Task WriteAsync(HttpContext context, int status, string reason)
    {
        var gateway = context.RequestServices.GetRequiredService<IOptions<PpvGatewayOptions>>().Value.Gateway;
        var callersId = gateway.AcceptOrderIds ? OrderIdHeaders.Read(context.Request.Headers).OrderId : null;
        return GatewayAnswer.TurnedAway(callersId, gateway.InvalidRequestCode, new NotSent(Reason.Said(reason)), status)
            .WriteToAsync(context.Response);
    }
}
