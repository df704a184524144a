using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Ppv.Rpc;

/// <summary>
/// An entry of <see cref="BrokerOptions.Hosts"/>: a host, perhaps as a URI with a login and a virtual host of its own
/// (https://www.rabbitmq.com/docs/uri-spec), and with the one query parameter that says something of this host alone: under which name its
/// certificate is (https://www.rabbitmq.com/docs/uri-query-parameters). For the others there are options.
/// </summary>
internal sealed partial record BrokerHostEntry(BrokerHost Host, string? UserName, string? Password, string? VirtualHost, string? ServerName)
{
    private const string Hidden = "…";

    private const string ServerNameParameter = "server_name_indication=";

    public const string Scheme = "amqp://", TlsScheme = "amqps://";

    /// <summary>Whether it says more than where the host is.</summary>
    public bool HasMore => UserName is not null || VirtualHost is not null || ServerName is not null;

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out BrokerHostEntry? address)
    {
        address = null;
        var rest = text?.Trim() ?? "";
        var useTls = rest.StartsWith(TlsScheme, StringComparison.OrdinalIgnoreCase);
        if (!useTls && !rest.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            if (BrokerHost.TryParse(rest, useTls: false, out var plain)) address = new BrokerHostEntry(plain, null, null, null, null);
            return address is not null;
        }

        rest = rest[(useTls ? TlsScheme : Scheme).Length..];
        (rest, var query) = Split(rest, rest.IndexOf('?', StringComparison.Ordinal));
        string? serverName = null;
        if (rest.Contains('#', StringComparison.Ordinal)
            || (query is not null && !(useTls && TryParseServerName(query, out serverName))))
            return false;
        var (authority, path) = Split(rest, rest.IndexOf('/', StringComparison.Ordinal));
        var (login, place) = authority.LastIndexOf('@') is >= 0 and var at ? (authority[..at], authority[(at + 1)..]) : (null, authority);
        var (user, password) = login is null ? (null, null) : Split(login, login.IndexOf(':', StringComparison.Ordinal));
        if (user == "" || path?.Contains('/', StringComparison.Ordinal) == true || !BrokerHost.TryParse(place, useTls, out var host))
            return false;
        address = new BrokerHostEntry(host, Decoded(user), Decoded(password), path is "" ? null : Decoded(path), serverName);
        return true;
    }

    /// <summary>
    /// What may be told of an entry that somebody wrote, and that may hold a password: as a login, as a parameter, or anywhere else in what
    /// is no URI. Of a URI that is its host, and a port that is a number.
    /// </summary>
    public static string? WithoutSecrets(string? text)
    {
        if (text is null || !MayHoldSecret().IsMatch(text)) return text;
        if (Told().Match(text) is not { Success: true } told) return Hidden;
        return $"{told.Groups["scheme"]}{(told.Groups["login"].Success ? $"{Hidden}@" : "")}{told.Groups["host"]}{told.Groups["port"]}"
            + (told.Groups["rest"].Success ? Hidden : "");
    }

    /// <summary>The host: a login is told nobody.</summary>
    public override string ToString() => Host.ToString();

    [GeneratedRegex("[@?#]|://")]
    private static partial Regex MayHoldSecret();

    /// <summary>An @ behind the host would mean that the host is none, but a part of a password.</summary>
    [GeneratedRegex(@"^\s*(?<scheme>amqps?://)?(?<login>[^?#]*@)?(?<host>\[[0-9A-Fa-f:.]*\]|[\w.-]+)(?<port>:[0-9]{1,5})?(?<rest>[/?#:]"
        + @"[^@]*)?\s*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Told();

    private static bool TryParseServerName(string query, out string? name)
    {
        name = query.StartsWith(ServerNameParameter, StringComparison.OrdinalIgnoreCase) ? query[ServerNameParameter.Length..] : null;
        return name is not null && Uri.CheckHostName(name) != UriHostNameType.Unknown;
    }

    private static (string Before, string? After) Split(string text, int at) => at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);

    private static string? Decoded(string? text) => text is null ? null : Uri.UnescapeDataString(text);
}
