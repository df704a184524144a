using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Hosting.Preflight;

namespace Ppv.Hosting.Running;

/// <summary>Whether the HTTP addresses are free. One that is not may be the service's own, so that it is a warning only.</summary>
internal sealed class AddressPreflight(IConfiguration configuration, IServiceProviderIsService services) : IPreflightCheck
{
    public Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        // A host without HTTP binds nothing, not even the default.
        if (!services.IsService(typeof(IServer))) return Task.FromResult<IReadOnlyList<Finding>>([]);
        try
        {
            return Task.FromResult<IReadOnlyList<Finding>>([.. HttpAddresses.Of(configuration).Select(Look)]);
        }
        catch (FormatException e)
        {
            return Task.FromResult<IReadOnlyList<Finding>>([Finding.Bad($"Urls can't be read: {e.Message}")]);
        }
    }

    private static Finding Look(BindingAddress address)
    {
        if (address.IsUnixPipe)
            return File.Exists(address.UnixPipePath)
                ? InUse(address)
                : Finding.Ok($"{Text(address)} is free for HTTP.");
        foreach (var ip in HttpAddresses.Interfaces(address))
        {
            try
            {
                using var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(ip, address.Port));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                return InUse(address);
            }
            catch (SocketException) when (ip.Equals(IPAddress.IPv6Loopback))
            {
                // A machine without IPv6: Kestrel goes on without it, too.
            }
            catch (SocketException e)
            {
                return Finding.Bad($"HTTP can't be served at {address}: {e.Message}. Choose another address in Urls.");
            }
        }

        return Finding.Ok($"{address} is free for HTTP.");
    }

    private static Finding InUse(BindingAddress address) =>
        Finding.Warn($"{Text(address)} is in use. If it is not this service that runs now, choose another address in Urls.");

    /// <summary>As it was written: its own text has a socket's path in lower case.</summary>
    private static string Text(BindingAddress address) => address.IsUnixPipe ? $"http://unix:{address.UnixPipePath}" : address.ToString();
}
