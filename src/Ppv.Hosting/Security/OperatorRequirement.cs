using System.Net.Sockets;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Ppv.Hosting.Security;

/// <summary>See <see cref="PpvPolicies.Operator"/>.</summary>
internal sealed class OperatorRequirement : AuthorizationHandler<OperatorRequirement>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, OperatorRequirement requirement)
    {
        if (IsMetBy(context)) context.Succeed(requirement);
        return Task.CompletedTask;
    }

    public static bool IsMetBy(AuthorizationHandlerContext context) =>
        ClientKeyHandler.HasRole(context.User, PpvAccessRole.Operator)
        || (context.Resource is HttpContext http && IsOverUnixSocket(http) && !PassedOn.IsMarked(http.Request));

    /// <summary>Asks the socket itself: an address that is missing proves nothing.</summary>
    public static bool IsOverUnixSocket(HttpContext context) =>
        context.Features.Get<IConnectionSocketFeature>()?.Socket.LocalEndPoint is UnixDomainSocketEndPoint;
}
