using System.Diagnostics.CodeAnalysis;

namespace Ppv.Rpc;

/// <summary>
/// An entry of <see cref="BrokerOptions.Hosts"/>: a host, perhaps as a URI with a login and a virtual host of its own
/// (https://www.rabbitmq.com/docs/uri-spec). Query parameters are not taken: there are options for what they say.
/// </summary>
internal sealed record BrokerHostEntry(BrokerHost Host, string? UserName, string? Password, string? VirtualHost)
{
    public const string Scheme = "amqp://", TlsScheme = "amqps://";

    /// <summary>Whether it says more than where the host is.</summary>
    public bool HasLogin => UserName is not null || VirtualHost is not null;

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out BrokerHostEntry? address)
    {
        address = null;
        var rest = text?.Trim() ?? "";
        var useTls = rest.StartsWith(TlsScheme, StringComparison.OrdinalIgnoreCase);
        if (!useTls && !rest.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            if (BrokerHost.TryParse(rest, useTls: false, out var plain)) address = new BrokerHostEntry(plain, null, null, null);
            return address is not null;
        }

        rest = rest[(useTls ? TlsScheme : Scheme).Length..];
        if (rest.AsSpan().ContainsAny('?', '#')) return false;
        var (authority, path) = Split(rest, rest.IndexOf('/', StringComparison.Ordinal));
        var (login, place) = authority.LastIndexOf('@') is >= 0 and var at ? (authority[..at], authority[(at + 1)..]) : (null, authority);
        var (user, password) = login is null ? (null, null) : Split(login, login.IndexOf(':', StringComparison.Ordinal));
        if (user == "" || path?.Contains('/', StringComparison.Ordinal) == true || !BrokerHost.TryParse(place, useTls, out var host))
            return false;
        address = new BrokerHostEntry(host, Decoded(user), Decoded(password), path is "" ? null : Decoded(path));
        return true;
    }

    /// <summary>What may be told of an entry that somebody wrote, and that may hold a password.</summary>
    public static string? WithoutLogin(string? text) =>
        text?.LastIndexOf('@') is >= 0 and var at ? $"…@{text[(at + 1)..]}" : text;

    /// <summary>The host: a login is told nobody.</summary>
    public override string ToString() => Host.ToString();

    private static (string Before, string? After) Split(string text, int at) => at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);

    private static string? Decoded(string? text) => text is null ? null : Uri.UnescapeDataString(text);
}
