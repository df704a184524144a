using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Ppv.Hosting.Running;
using IPNetwork = System.Net.IPNetwork;

namespace Ppv.Hosting.Gateway;

/// <summary>What is allowed of <see cref="OrderEndpointOptions.KnownProxies"/>, but hardly meant.</summary>
internal static class ProxyWarnings
{
    private const string Proxies = "Ppv:Gateway:" + nameof(OrderEndpointOptions.KnownProxies);
    private const string Limit = "Ppv:Gateway:Limits:" + nameof(GatewayLimitsOptions.RequestsPerClient);

    /// <summary>The shortest prefix of a network that one site can have: 10.0.0.0/8.</summary>
    private const int ShortestPrefix = 8;

    /// <summary>All of IPv4 within IPv6 is <c>::ffff:0:0/96</c>: a socket for both names its callers so.</summary>
    private const int MappedPrefix = 96, ZerosBeforeIt = 80;

    /// <param name="gateway">The options.</param>
    /// <param name="configuration">Where the gateway listens; <see langword="null"/>: that is not known.</param>
    public static IEnumerable<string> Of(OrderEndpointOptions gateway, IConfiguration? configuration)
    {
        for (var i = 0; i < gateway.KnownProxies.Count; i++)
        {
            if (ForwardedFor.TryParse(gateway.KnownProxies[i], out var network) && IsNearlyEverybody(network))
                yield return $"{Proxies}:{i} is {network}, which takes in nearly everybody: whoever is in it says himself from where he "
                    + "comes, and no limit holds him. Name the proxies alone.";
        }

        if (gateway is { Limits.RequestsPerClient: not null, KnownProxies.Count: 0 } && Addresses(configuration).FirstOrDefault(IsLocal) is
            { } here)
            yield return $"{Limit} is set, {here} is reached from this machine only, and {Proxies} is empty: behind a proxy on this "
                + "machine all callers count as one. Name it there, as 127.0.0.1 and ::1, or take the limit away.";
    }

    /// <summary>Whether one of the proxies is a network that takes in nearly everybody.</summary>
    /// <param name="proxies">As they are configured.</param>
    public static string? NearlyEverybody(IEnumerable<string> proxies) =>
        proxies.FirstOrDefault(proxy => ForwardedFor.TryParse(proxy, out var network) && IsNearlyEverybody(network));

    private static bool IsNearlyEverybody(IPNetwork network)
    {
        // IPNetwork.Contains of .NET 10 finds ::ffff:0.0.0.0 in fd00::/8, too.
        var hasIPv4 = network.BaseAddress.IsIPv4MappedToIPv6
            || (network.BaseAddress.Equals(IPAddress.IPv6Any) && network.PrefixLength <= ZerosBeforeIt);
        return (hasIPv4 ? network.PrefixLength - MappedPrefix : network.PrefixLength) < ShortestPrefix;
    }

    private static IReadOnlyList<BindingAddress> Addresses(IConfiguration? configuration)
    {
        try
        {
            return configuration is null ? [] : HttpAddresses.Of(configuration);
        }
        catch (FormatException)
        {
            return []; // The start fails, and says so.
        }
    }

    private static bool IsLocal(BindingAddress address) =>
        HttpAddresses.Interfaces(address) is { Count: > 0 } interfaces && interfaces.All(IPAddress.IsLoopback);
}
