using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ppv.Hosting.Tests;

/// <summary>A scheme of a host's own, in the place of a JWT: the header is the name, with a line break where it has a bar.</summary>
internal sealed class PartnerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        Request.Headers.TryGetValue("X-Partner", out var name)
        ? AuthenticateResult.Success(new AuthenticationTicket(
            new ClaimsPrincipal(new ClaimsIdentity(
                [new Claim("partner", "yes"), new Claim(ClaimTypes.Name, name.ToString().Replace('|', '\n'))], Scheme.Name)), Scheme.Name))
        : AuthenticateResult.NoResult());
}
