using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ppv.Rpc;

/// <summary>One RabbitMQ host: a name or address, and a port.</summary>
/// <param name="Name">Host name, IPv4 address, or IPv6 address without brackets.</param>
/// <param name="Port">TCP port, 1..65535.</param>
public readonly record struct BrokerHost(string Name, int Port)
{
    /// <summary>The port when none is named: 5672, AMQP's own.</summary>
    public const int DefaultPort = 5672;

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>[address]</c> or <c>[address]:port</c>.</summary>
    /// <param name="text">The text; spaces at its ends don't count.</param>
    /// <param name="host">The host when the answer is <see langword="true"/>.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out BrokerHost host)
    {
        host = default;
        var name = text?.Trim() ?? "";
        var rest = "";
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

        var number = DefaultPort;
        if (rest.Length > 0
            && !(rest[0] == ':' && int.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out number)))
            return false;
        if (number is < 1 or > 65535 || Uri.CheckHostName(name) == UriHostNameType.Unknown) return false;
        host = new BrokerHost(name, number);
        return true;
    }

    /// <summary>The host as it is written in the configuration, such as <c>kfs-gax:5672</c>.</summary>
    public override string ToString() =>
        (Name?.Contains(':', StringComparison.Ordinal) == true ? $"[{Name}]:" : $"{Name}:") + Port.ToString(CultureInfo.InvariantCulture);
}
