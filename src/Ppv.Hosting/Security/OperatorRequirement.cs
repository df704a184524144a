using System.Net.Sockets;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Ppv.Hosting;

/// <summary>See <see cref="PpvPolicies.Operator"/>.</summary>
internal sealed class OperatorRequirement : AuthorizationHandler<OperatorRequirement>, IAuthorizationRequirement
{
    /// <summary>What proxies add to a request that they pass on.</summary>
    private static readonly string[] MarksOfProxies =
        ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-For", "X-Real-IP", "Forwarded", "Via"];

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, OperatorRequirement requirement)
    {
        if (ClientKeyHandler.HasRole(context.User, PpvAccessRole.Operator)
            || (context.Resource is HttpContext http && IsOverUnixSocket(http) && !WasPassedOn(http.Request)))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    /// <summary>Asks the socket itself: an address that is missing proves nothing.</summary>
    private static bool IsOverUnixSocket(HttpContext context) =>
        context.Features.Get<IConnectionSocketFeature>()?.Socket.LocalEndPoint is UnixDomainSocketEndPoint;

    private static bool WasPassedOn(HttpRequest request) => MarksOfProxies.Any(request.Headers.ContainsKey);
}
