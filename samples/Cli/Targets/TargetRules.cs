using System.Globalization;

namespace Ppv.Samples.Cli.Targets;

/// <summary>What a part of a target may look like.</summary>
/// <param name="IsValid">Whether a text is one.</param>
/// <param name="Sentence">What it takes, as the end of a sentence.</param>
internal sealed record TargetRule(Func<string, bool> IsValid, string Sentence);

/// <summary>The rules of each part.</summary>
internal static class TargetRules
{
    public static readonly TargetRule Url = new(
        text => Uri(text) is not null, "an http or https address without a user, such as http://localhost:8070/api/v1/ppv.");

    public static readonly TargetRule Board = new(
        text => Uri(text) is not null, "an http or https address without a user, such as http://localhost:8071/board.");

    public static readonly TargetRule Wizard = new(text => TryHostAndPort(text, out _, out _), "a host and a port, such as billing:2000.");

    /// <summary>
    /// The address; <see langword="null"/> when it is none for HTTP, or has a user: nobody there asks for one, and what is shown as it is
    /// must hold no secret.
    /// </summary>
    public static Uri? Uri(string? text) =>
        System.Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == System.Uri.UriSchemeHttp || uri.Scheme == System.Uri.UriSchemeHttps) && uri.UserInfo.Length == 0 ? uri : null;

    /// <summary>Reads <c>host:port</c>; an IPv6 address stands in brackets.</summary>
    public static bool TryHostAndPort(string text, out string host, out int port)
    {
        (host, port) = ("", 0);
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            || port is < 1 or > 65_535)
            return false;
        host = text[..colon].Trim('[', ']');
        return System.Uri.CheckHostName(host) != UriHostNameType.Unknown;
    }
}
