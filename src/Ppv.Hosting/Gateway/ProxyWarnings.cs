using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Ppv.Hosting;

/// <summary>What is allowed of <see cref="OrderEndpointOptions.KnownProxies"/>, but hardly meant.</summary>
internal static class ProxyWarnings
{
    private const string Proxies = "Ppv:Gateway:" + nameof(OrderEndpointOptions.KnownProxies);
    private const string Limit = "Ppv:Gateway:Limits:" + nameof(GatewayLimitsOptions.RequestsPerClient);

    /// <summary>The shortest prefix of a network that one site can have: 10.0.0.0/8.</summary>
    private const int ShortestPrefix = 8;

    /// <param name="gateway">The options.</param>
    /// <param name="configuration">Where the gateway listens; <see langword="null"/>: that is not known.</param>
    public static IEnumerable<string> Of(OrderEndpointOptions gateway, IConfiguration? configuration)
    {
        for (var i = 0; i < gateway.KnownProxies.Count; i++)
        {
            if (ForwardedFor.TryParse(gateway.KnownProxies[i], out var network) && network.PrefixLength < ShortestPrefix)
                yield return $"{Proxies}:{i} is {network}, which takes in nearly everybody: whoever is in it says himself from where he "
                    + "comes, and no limit holds him. Name the proxies alone.";
        }

        if (gateway is { Limits.RequestsPerClient: not null, KnownProxies.Count: 0 } && Addresses(configuration).FirstOrDefault(IsLocal) is
            { } here)
            yield return $"{Limit} is set, {here} is reached from this machine only, and {Proxies} is empty: behind a proxy on this "
                + "machine all callers count as one. Name it there, as 127.0.0.1 and ::1, or take the limit away.";
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
