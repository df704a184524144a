using Microsoft.AspNetCore.Http;
using Ppv.Hosting.Security;

namespace Ppv.Hosting.Gateway;

/// <summary>An inquiry that was not looked at.</summary>
internal sealed class StatusRefusalForm : IRefusalForm
{
    public Task WriteAsync(HttpContext context, int status, string reason) =>
        StatusEndpoint.WriteAsync(context, status, StatusEndpoint.Unavailable(StatusEndpoint.OrderIdOf(context), reason));
}
