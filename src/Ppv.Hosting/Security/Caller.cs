using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Ppv.Hosting;

/// <summary>Who asks, for the log and for limits.</summary>
internal static class Caller
{
    public const string UnixSocket = "a Unix socket";

    /// <summary>The caller's address; behind a known proxy, the one that the proxy names.</summary>
    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? UnixSocket;

    /// <summary>What counts as one caller: an address; of IPv6 a network, because whoever has one address has all of it.</summary>
    public static string NetworkOf(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address) return UnixSocket;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
