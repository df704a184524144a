using Microsoft.AspNetCore.Http;

namespace Ppv.Hosting.Security;

/// <summary>Whether a request was passed on by a proxy, as far as it says so.</summary>
internal static class PassedOn
{
    private static readonly string[] Marks =
    [
        "Forwarded", "Via", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CDN-Loop", "Client-IP", "Proxy-Client-IP", "WL-Proxy-Client-IP",
        "X-Cluster-Client-IP", "X-ProxyUser-IP", "X-Remote-IP", "X-Remote-Addr", "X-Originating-IP", "X-Appengine-User-IP", "X-Scheme",
        "X-Amzn-Trace-Id", "Fastly-Client-IP", "Fly-Client-IP", "Front-End-Https", "Surrogate-Capability", "X-Varnish", "X-NginX-Proxy",
    ];

    /// <summary>
    /// What proxies name their callers by, and what is left of that where ASP.NET Core has taken it (<c>X-Original-For</c>).
    /// </summary>
    private static readonly string[] Families = ["X-Forwarded", "X-Original-", "X-Envoy-", "X-ARR-", "X-Azure-", "X-Vercel-", "CF-"];

    public static bool IsMarked(HttpRequest request) =>
        Marks.Any(request.Headers.ContainsKey)
        || request.Headers.Keys.Any(name => Families.Any(family => name.StartsWith(family, StringComparison.OrdinalIgnoreCase)));
}
