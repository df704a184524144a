using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Presence;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the order client to an application.</summary>
public static class PpvClientServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IPpvClient"/>, one for the application, and an <see cref="IBrokerSwitch"/> for its broker hosts. In a host it
    /// connects at start; elsewhere at the first order.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets hosts, queue and time-outs; all have defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddPpvClient(this IServiceCollection services, Action<PpvClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddClientOptions(Options.Options.DefaultName);
        if (configure is not null) options.Configure(configure);
        return services.AddPpvClient(provider => provider.GetRequiredService<IOptions<PpvClientOptions>>().Value);
    }

    /// <summary>Adds <see cref="IPpvClient"/>, configured by a section.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">
    /// The section <c>Ppv</c>: it holds <c>Broker</c> and <c>Rpc</c>. A list, such as the hosts, comes whole from the strongest source that
    /// names any of it. A key that is not known fails the start, with the nearest known name; what gateway and worker have there is left
    /// to them.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddPpvClient(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddClientSection(Options.Options.DefaultName, section);
        return services.AddPpvClient(provider => provider.GetRequiredService<IOptions<PpvClientOptions>>().Value);
    }

    /// <summary>
    /// Adds one of several clients, such as one for each site: a keyed service, asked for as
    /// <c>[FromKeyedServices("kfs")] IPpvClient</c>, with options of that name. Adding a name again changes its options.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The client's name, which is the key of its services. Not empty.</param>
    /// <param name="configure">Sets hosts, queue and time-outs; all have defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddPpvClient(this IServiceCollection services, string name, Action<PpvClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var options = services.AddClientOptions(name);
        if (configure is not null) options.Configure(configure);
        return services.AddNamedClient(name);
    }

    /// <summary>Adds one of several clients, configured by a section: a keyed service with options of that name.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The client's name, which is the key of its services. Not empty.</param>
    /// <param name="section">
    /// A section that holds <c>Broker</c> and <c>Rpc</c>, and nothing of the application's own: a key that is not known fails the start.
    /// Lists come whole from one source.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddPpvClient(this IServiceCollection services, string name, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(section);
        services.AddClientSection(name, section);
        return services.AddNamedClient(name);
    }

    /// <summary>The client's own options, validated when a host starts, and elsewhere when the client is made.</summary>
    private static OptionsBuilder<PpvClientOptions> AddClientOptions(this IServiceCollection services, string name)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PpvClientOptions>, PpvClientOptionsValidator>());
        return services.AddOptions<PpvClientOptions>(name).ValidateOnStart();
    }

    private static void AddClientSection(this IServiceCollection services, string name, IConfiguration section)
    {
        services.AddClientOptions(name);
        var bound = new ClientSection(name, section);
        services.AddSingleton<IConfigureOptions<PpvClientOptions>>(bound);
        services.AddSingleton<IValidateOptions<PpvClientOptions>>(bound);
        services.AddSingleton<IOptionsChangeTokenSource<PpvClientOptions>>(
            new ConfigurationChangeTokenSource<PpvClientOptions>(name, section));
    }

    /// <summary>The client, with options from wherever they are.</summary>
    internal static IServiceCollection AddPpvClient(
        this IServiceCollection services, Func<IServiceProvider, PpvClientOptions> options,
        Func<IServiceProvider, PresenceSource>? presence = null)
    {
        if (services.Any(service => service.ServiceType == typeof(PpvClient) && !service.IsKeyedService)) return services;
        services.AddSingleton(provider => MakeClient(provider, options(provider), presence?.Invoke(provider)));
        services.TryAddSingleton<IPpvClient>(static provider => provider.GetRequiredService<PpvClient>());
        services.AddSingleton<IBrokerSwitch>(static provider => provider.GetRequiredService<PpvClient>());
        services.AddSingleton<IHostedService>(static provider => MakeService(provider, provider.GetRequiredService<PpvClient>()));
        return services;
    }

    private static IServiceCollection AddNamedClient(this IServiceCollection services, string name)
    {
        if (services.Any(service => service.ServiceType == typeof(PpvClient) && Equals(service.ServiceKey, name))) return services;
        services.AddKeyedSingleton(
            name,
            (provider, _) => MakeClient(provider, provider.GetRequiredService<IOptionsMonitor<PpvClientOptions>>().Get(name), name: name));
        services.AddKeyedSingleton<IPpvClient>(name, (provider, _) => provider.GetRequiredKeyedService<PpvClient>(name));
        services.AddKeyedSingleton<IBrokerSwitch>(name, (provider, _) => provider.GetRequiredKeyedService<PpvClient>(name));
        services.AddSingleton<IHostedService>(provider => MakeService(provider, provider.GetRequiredKeyedService<PpvClient>(name)));
        return services;
    }

    /// <summary>A client with a name may have a broker of its own, as in tests of two sites.</summary>
    private static PpvClient MakeClient(
        IServiceProvider provider, PpvClientOptions options, PresenceSource? presence = null, string? name = null) => new(
        (name is null ? null : (provider as IKeyedServiceProvider)?.GetKeyedService(typeof(IBrokerDialer), name) as IBrokerDialer)
            ?? provider.GetService<IBrokerDialer>(),
        options, provider.GetService<ILoggerFactory>(), provider.GetService<TimeProvider>(), presence, name);

    private static PpvClientService MakeService(IServiceProvider provider, PpvClient client) =>
        new(client, provider.GetRequiredService<IHostApplicationLifetime>(),
            PlainLogger.To(provider.GetService<ILogger<PpvClientService>>()));
}
