using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Ppv.Hosting.Security;

/// <summary>
/// Whether a request was sent by a web page: any page that is open on this machine can send one to loopback, with a form and without
/// asking. Browsers say so of it (<c>Origin</c>, <c>Sec-Fetch-Site</c>), and a page can't keep them from it.
/// </summary>
internal sealed class BrowserRule(IOptions<BrowserOptions> options, IHostEnvironment environment)
{
    public const string Reason = "It comes from a browser (Origin, Sec-Fetch-Site), which may not do this. To let a page do it, name its "
        + "origin in Ppv:Gateway:AllowedOrigins.";

    private const string SiteHeader = "Sec-Fetch-Site", FetchFamily = "Sec-Fetch-";

    /// <summary>Why a request is refused; <see langword="null"/> when it is not.</summary>
    public string? WhyNot(HttpRequest request, bool onlyTells)
    {
        var (origin, site) = (request.Headers.Origin, request.Headers[SiteHeader]);
        if (origin.Count == 0 && site.Count == 0 && !HasFetchHeader(request.Headers)) return null;
        // Typed by a person, says the browser; no page can have it say so.
        if (onlyTells && origin.Count == 0 && site == "none") return null;
        var own = $"{request.Scheme}://{request.Host}";
        // A page that only reads from its own server sends no Origin.
        var page = origin.Count > 0 ? origin.ToString() : site == "same-origin" ? own : null;
        return page is not null && (IsAllowed(page) || (IsOwnPage(page, own) && Loopback.IsName(request.Host.Host))) ? null : Reason;
    }

    /// <summary>
    /// Whether it is an origin as browsers write it: <c>https://sales.example</c>, and a port where it is not the usual one.
    /// </summary>
    public static bool IsOrigin(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase) && uri.UserInfo.Length == 0;

    private static bool HasFetchHeader(IHeaderDictionary headers)
    {
        foreach (var header in headers)
        {
            if (header.Key.StartsWith(FetchFamily, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private bool IsAllowed(string origin) => options.Value.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase);

    /// <summary>The page to try orders out. A name that leads here from elsewhere is none of this machine's.</summary>
    private bool IsOwnPage(string page, string own) =>
        environment.IsDevelopment() && page.Equals(own, StringComparison.OrdinalIgnoreCase);
}
