using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Security;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Gateway;

/// <summary>Warns, once it listens, when anybody in the network may place orders.</summary>
internal sealed class ExposureReport(IServiceProvider services, IOptions<PpvAccessOptions> access, PlainLogger<ExposureReport> logger)
    : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var server = (IServer?)services.GetService(typeof(IServer));
        var addresses = server?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if (!access.Value.AsksForOrders && addresses.FirstOrDefault(IsOpen) is { } open) SecurityLog.OpenToAll(logger, open);
        return Task.CompletedTask;
    }

    /// <summary>Whether others than this machine reach an address that the server listens on.</summary>
    internal static bool IsOpen(string address)
    {
        var host = address[(address.IndexOf("://", StringComparison.Ordinal) + 3)..];
        if (host.StartsWith("unix:", StringComparison.Ordinal)) return false;
        host = host.Split('/')[0];
        host = host.StartsWith('[') ? host[1..host.IndexOf(']', StringComparison.Ordinal)] : host.Split(':')[0];
        return !host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            && !(IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
