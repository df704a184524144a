using System.Net;

namespace Ppv.Hosting.Security;

/// <summary>What means this machine.</summary>
internal static class Loopback
{
    public static bool IsName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IsAddress(address));

    public static bool IsAddress(IPAddress address) =>
        IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
