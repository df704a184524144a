using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ppv.Hosting.Security;

/// <summary>
/// A request's path as it was sent. A proxy that reads <c>orders%2Fx/..</c> otherwise than our server lets through what it means to keep
/// out, so what can be read in two ways is not taken.
/// </summary>
internal static class SentPath
{
    private static readonly string[] Ambiguous = ["%2f", "%5c", "%2e", "\\"];

    /// <summary>Whether all can read it in one way only.</summary>
    /// <param name="context">The request.</param>
    /// <param name="anyText">What stands at its end and may be any text without parts that are <c>.</c> or <c>..</c>.</param>
    public static bool IsPlain(HttpContext context, string? anyText)
    {
        if (anyText is null && !context.Request.PathBase.HasValue
            && context.Features.Get<IHttpRequestFeature>()?.RawTarget == context.Request.Path.Value)
            return true;
        var sent = Of(context);
        var path = context.Request.Path.Value ?? "";
        var own = anyText is not null && path.EndsWith(anyText, StringComparison.Ordinal)
            && sent.IndexOf(path[..^anyText.Length], StringComparison.OrdinalIgnoreCase) is >= 0 and var at
                ? at + path.Length - anyText.Length
                : sent.Length;
        return !Array.Exists(Ambiguous, part => sent.AsSpan(0, own).Contains(part, StringComparison.OrdinalIgnoreCase))
            && !Array.Exists(Uri.UnescapeDataString(sent).Split('/'), static part => part is "." or "..");
    }

    /// <summary>Without the query, and without <c>http://host</c>, which HTTP has for proxies.</summary>
    public static string Of(HttpContext context)
    {
        var sent = (context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "").Split('?')[0];
        if (sent.StartsWith('/') || sent.IndexOf("://", StringComparison.Ordinal) is not (>= 0 and var scheme)) return sent;
        return sent.IndexOf('/', scheme + 3) is >= 0 and var path ? sent[path..] : "/";
    }
}
