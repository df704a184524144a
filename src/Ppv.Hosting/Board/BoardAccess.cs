using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Ppv.Hosting.Security;

namespace Ppv.Hosting.Board;

/// <summary>
/// Who may see the board. Where the host asks for authorization, that decides. Where it does not, only this machine may, and directly: a
/// proxy on this machine comes from loopback too, for everybody behind it; and a page of somebody else's site must not read the board
/// through an operator's browser by a name of its own that leads to loopback.
/// </summary>
internal static class BoardAccess
{
    private const string HowToOpen =
        "To show it to others, ask for authorization where it is mapped, such as app.MapPpvDashboard().RequireAuthorization("
        + "PpvPolicies.Operator); docs/board.md says more.";

    /// <summary>Why a request is refused, as sentences that say what to do; <see langword="null"/> when it is not.</summary>
    public static string? WhyNot(HttpContext context)
    {
        if (AsksForAuthorization(context.GetEndpoint())) return null;
        if (PassedOn.IsMarked(context.Request))
            return $"The line board is shown to this machine only, and this request was passed on by a proxy. {HowToOpen}";
        if (!IsFromHere(context)) return $"The line board is shown to this machine only. {HowToOpen}";
        return Loopback.IsName(context.Request.Host.Host)
            ? null
            : $"The line board is shown as localhost, 127.0.0.1 or [::1] only, not by another name. {HowToOpen}";
    }

    /// <summary>AllowAnonymous takes back what was asked for.</summary>
    private static bool AsksForAuthorization(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<IAuthorizeData>() is not null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null;

    /// <summary>An address that is missing proves nothing; a Unix socket is guarded by its file.</summary>
    private static bool IsFromHere(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address ? Loopback.IsAddress(address) : OperatorRequirement.IsOverUnixSocket(context);
}
