using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Gateway.Draining;

namespace Ppv.Hosting.Gateway;

/// <summary>
/// How a gateway stops: <c>/health/ready</c> says 503, it waits <see cref="OrderEndpointOptions.DrainDelay"/> for proxies that look there,
/// tells clients that keep connections to open others, and closes its port in good order.
/// </summary>
internal sealed class GatewayDrain(IOptions<PpvGatewayOptions> options, IHostApplicationLifetime lifetime, TimeProvider timeProvider)
    : IStartupFilter, IHostedLifecycleService
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<GatewayDrain>();
        services.AddSingleton<IStartupFilter>(static provider => provider.GetRequiredService<GatewayDrain>());
        services.AddHostedService(static provider => provider.GetRequiredService<GatewayDrain>());
        var transport = services.LastOrDefault(service => service.ServiceType == typeof(IConnectionListenerFactory));
        // A transport of the host's own stays.
        if (transport is null || transport.ImplementationType == typeof(SocketTransportFactory))
            services.AddSingleton<IConnectionListenerFactory, DrainingTransport>();
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, rest) =>
        {
            context.Features.Get<FirstRequest>()?.Begin();
            if (lifetime.ApplicationStopping.IsCancellationRequested) context.Response.Headers.Connection = "close";
            return rest(context);
        });
        next(app);
    };

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var delay = options.Value.Gateway.DrainDelay;
        if (delay == TimeSpan.Zero) return;
        lifetime.StopApplication(); // Health says so from now on, also where the host was stopped by a call and not by a signal.
        await Task.Delay(delay, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
