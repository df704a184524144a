using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Ppv.Hosting.Gateway;

/// <summary>
/// Takes a caller's address from <c>X-Forwarded-For</c>, where a known proxy has set it; first of all in the pipeline, without a line in
/// the host. Without known proxies the header is just another header.
/// </summary>
internal sealed class ForwardedFor(IOptions<PpvGatewayOptions> options) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (options.Value.Gateway.KnownProxies is { Count: > 0 } proxies) app.UseForwardedHeaders(Make(proxies));
        next(app);
    };

    /// <summary>An address, or a network such as <c>10.0.0.0/8</c>, in full: <c>127.1</c> would be one as well.</summary>
    public static bool TryParse(string? text, out IPNetwork network)
    {
        network = default;
        var parts = (text ?? "").Split('/', 2);
        if (!IPAddress.TryParse(parts[0], out var address)
            || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != parts[0]))
            return false;
        if (parts.Length == 2) return IPNetwork.TryParse(text, out network);
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }

    private static ForwardedHeadersOptions Make(List<string> proxies)
    {
        // As many proxies as are known may stand one behind the other; the first that is not is the caller.
        var made = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        made.KnownProxies.Clear();
        made.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (TryParse(proxy, out var network)) made.KnownIPNetworks.Add(network);
        }

        return made;
    }
}
