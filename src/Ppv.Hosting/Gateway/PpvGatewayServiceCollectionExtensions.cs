using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Ppv.Hosting;
using Ppv.Hosting.Configuration.Programs;
using Ppv.Hosting.Control;
using Ppv.Hosting.Gateway;
using Ppv.Hosting.Health;
using Ppv.Hosting.Preflight;
using Ppv.Hosting.Presence;
using Ppv.Hosting.Running;
using Ppv.Hosting.Security;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the gateway's services to an application.</summary>
public static class PpvGatewayServiceCollectionExtensions
{
    /// <summary>
    /// Adds the gateway, configured by a callback. Its routes are added with <c>MapPpvGateway()</c>. An <see cref="IPpvClient"/> that was
    /// registered before is used in the place of the gateway's own; readiness then does not look at the broker.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options; all have defaults. They are checked when the host starts.</param>
    public static IServiceCollection AddPpvGateway(this IServiceCollection services, Action<PpvGatewayOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddPpvGateway(null, configure);
    }

    /// <summary>Adds the gateway, configured by a section.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">
    /// The section <c>Ppv</c>: it holds <c>Broker</c>, <c>Rpc</c>, <c>Gateway</c>, <c>Access</c> and <c>LogFile</c>.
    /// </param>
    public static IServiceCollection AddPpvGateway(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return services.AddPpvGateway(section, null);
    }

    internal static IServiceCollection AddPpvGateway(
        this IServiceCollection services, IConfiguration? section, Action<PpvGatewayOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddHostOptions<PpvGatewayOptions, GatewayRules>(section, configure, ProgramOptions.Shape);
        if (services.Any(service => service.ServiceType == typeof(OrderEndpoint))) return services;

        services.AddSingleton<GatewayIntake>();
        services.AddSingleton<IIntake>(provider => provider.GetRequiredService<GatewayIntake>());
        services.AddSingleton<OrderEndpoint>();
        services.AddSingleton<StatusEndpoint>();
        services.AddSingleton<LinesEndpoint>();
        services.AddSingleton<Admission>();
        services.AddTransient<IStartupFilter, ForwardedFor>();
        services.AddOptions<BrowserOptions>().Configure<IOptions<PpvGatewayOptions>>(
            static (browsers, options) => browsers.AllowedOrigins = options.Value.Gateway.AllowedOrigins);
        GatewayDrain.Add(services);
        services.Configure<KestrelServerOptions>(
            static kestrel => kestrel.RequestHeaderEncodingSelector = static _ => HeaderEncoding.Instance);
        services.AddHostedService<ExposureReport>();
        services.AddSingleton<IPreflightCheck, StrangersPreflight>();
        services.AddHostedService<GatewaySeries>();
        if (services.All(service => service.ServiceType != typeof(IPpvClient))) services.AddOwnClient();
        services.AllowForStopping<PpvGatewayOptions>(options => options.Gateway.DrainDelay + options.Rpc.ReplyTimeout);
        return services;
    }

    private static void AddOwnClient(this IServiceCollection services)
    {
        services.AddPpvClient(
            static provider => provider.GetRequiredService<IOptions<PpvGatewayOptions>>().Value,
            static provider => GatewayPresence.SourceOf(
                provider.GetRequiredService<IOptions<PpvGatewayOptions>>().Value, provider.GetService<IPresenceFigures>()));
        services.AddSingleton(static provider =>
        {
            var client = provider.GetRequiredService<PpvClient>();
            return new BrokerReadiness("gateway", () => client.Status, () => client.Hosts, () => false);
        });
        services.AddSingleton(static provider =>
        {
            var client = provider.GetRequiredService<PpvClient>();
            return new WatchedLoop("gateway", () => client.IsHanging);
        });
        services.AddSingleton<IPreflightCheck>(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<PpvGatewayOptions>>().Value;
            var queues = options.Rpc.Queues is { Count: > 0 } routes ? routes.Select(route => route.Name) : [options.Rpc.Queue];
            return new BrokerPreflight("gateway", options.Broker, options.Rpc.QueueKind, [.. queues], serves: false,
                provider.GetService<IBrokerDialer>(), provider.GetRequiredService<TimeProvider>());
        });
    }
}
