using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ppv.Rpc;

/// <summary>One RabbitMQ host: a name or address, a port, and whether it is spoken to over TLS. Immutable.</summary>
/// <param name="Name">Host name, IPv4 address, or IPv6 address without brackets.</param>
/// <param name="Port">TCP port, 1..65535.</param>
public readonly record struct BrokerHost(string Name, int Port)
{
    /// <summary>The port when none is named: 5672, AMQP's own.</summary>
    public const int DefaultPort = 5672;

    /// <summary>The port when none is named and the connection is over TLS: 5671.</summary>
    public const int DefaultTlsPort = 5671;

    /// <summary>Whether the connection is over TLS, with a certificate that is checked for <see cref="Name"/>. Default no.</summary>
    public bool UseTls { get; init; }

    /// <summary>
    /// Reads <c>host</c>, <c>host:port</c>, <c>[address]</c> or <c>[address]:port</c>, or one of them after <c>amqp://</c> or
    /// <c>amqps://</c> (TLS).
    /// </summary>
    /// <param name="text">The text; spaces at its ends don't count.</param>
    /// <param name="host">The host when the answer is <see langword="true"/>.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out BrokerHost host)
    {
        host = default;
        if (!BrokerHostEntry.TryParse(text, out var address) || address.HasMore) return false;
        host = address.Host;
        return true;
    }

    /// <summary>Reads a host after its scheme.</summary>
    internal static bool TryParse(string text, bool useTls, out BrokerHost host)
    {
        host = default;
        var (name, rest) = (text, "");
        if (name.StartsWith('['))
        {
            var end = name.IndexOf(']', StringComparison.Ordinal);
            if (end < 0) return false;
            (name, rest) = (name[1..end], name[(end + 1)..]);
        }
        else if (name.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon)
        {
            (name, rest) = (name[..colon], name[colon..]);
        }

        var number = useTls ? DefaultTlsPort : DefaultPort;
        if (rest.Length > 0
            && !(rest[0] == ':' && int.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out number)))
            return false;
        if (number is < 1 or > 65535 || Uri.CheckHostName(name) == UriHostNameType.Unknown) return false;
        host = new BrokerHost(name, number) { UseTls = useTls };
        return true;
    }

    /// <summary>The host as it can be written in the configuration, such as <c>kfs-gax:5672</c> or <c>amqps://kfs-gax:5671</c>.</summary>
    public override string ToString()
    {
        var name = Name?.Contains(':', StringComparison.Ordinal) == true ? $"[{Name}]" : Name;
        return string.Create(CultureInfo.InvariantCulture, $"{(UseTls ? BrokerHostEntry.TlsScheme : "")}{name}:{Port}");
    }
}
