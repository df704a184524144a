using Microsoft.Extensions.Hosting;
using Ppv.Hosting.Telemetry;

namespace Ppv.Hosting.Gateway;

/// <summary>
/// Begins the gateway's series of metrics, once everybody listens who was told to: <see cref="HostingTelemetry.GatewayBegins"/>.
/// </summary>
internal sealed class GatewaySeries : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        HostingTelemetry.GatewayBegins();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
