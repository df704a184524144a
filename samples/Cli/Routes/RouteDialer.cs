using System.Net;
using System.Net.Sockets;
using Ppv.Protocol.Network;

namespace Ppv.Samples.Cli.Routes;

/// <summary>Opens TCP connections, and says how long looking up the name and connecting took.</summary>
internal sealed class RouteDialer(TimeProvider time, RouteClock clock)
{
    /// <exception cref="SocketException">The name has no address, or none answers.</exception>
    public async Task<(Socket Socket, IReadOnlyList<Hop> Hops)> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        var start = clock.Now;
        var found = start;
        var socket = await SideBySideDialer.DialAsync(host, port, time, cancellationToken, LookUpAsync);
        return (socket, [new Hop("look up", start, found), new Hop("connect", found, clock.Now)]);

        async Task<IPAddress[]> LookUpAsync(string name, CancellationToken end)
        {
            var addresses = await Dns.GetHostAddressesAsync(name, end);
            found = clock.Now;
            return addresses;
        }
    }
}
