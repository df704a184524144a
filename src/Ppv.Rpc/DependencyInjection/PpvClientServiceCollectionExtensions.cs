using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.InMemory;

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
    public static IServiceCollection AddPpvClient(this IServiceCollection services, Action<PpvClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddClientOptions();
        if (configure is not null) options.Configure(configure);
        return services.AddPpvClient(provider => provider.GetRequiredService<IOptions<PpvClientOptions>>().Value);
    }

    /// <summary>Adds <see cref="IPpvClient"/>, configured by a section.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">The section <c>Ppv</c>: it holds <c>Broker</c> and <c>Rpc</c>.</param>
    public static IServiceCollection AddPpvClient(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddClientOptions().Bind(section);
        return services.AddPpvClient(provider => provider.GetRequiredService<IOptions<PpvClientOptions>>().Value);
    }

    /// <summary>Puts a broker in the application's own memory in the place of RabbitMQ: for tests, demos and development.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="broker">A broker to share with other applications of the process; by default one of this application's own.</param>
    public static IServiceCollection UseInMemoryBroker(this IServiceCollection services, InMemoryBroker? broker = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.RemoveAll<InMemoryBroker>();
        services.RemoveAll<IBrokerDialer>();
        services.AddSingleton(provider => broker ?? new InMemoryBroker(provider.GetService<TimeProvider>()));
        services.AddSingleton<IBrokerDialer>(provider => new InMemoryDialer(provider.GetRequiredService<InMemoryBroker>()));
        return services;
    }

    /// <summary>The client's own options, validated when a host starts, and elsewhere when the client is made.</summary>
    private static OptionsBuilder<PpvClientOptions> AddClientOptions(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PpvClientOptions>, PpvClientOptionsValidator>());
        return services.AddOptions<PpvClientOptions>().ValidateOnStart();
    }

    /// <summary>The client, with options from wherever they are.</summary>
    internal static IServiceCollection AddPpvClient(this IServiceCollection services, Func<IServiceProvider, PpvClientOptions> options)
    {
        if (services.All(service => service.ServiceType != typeof(PpvClient)))
            services.AddSingleton<IBrokerSwitch>(provider => provider.GetRequiredService<PpvClient>());
        services.TryAddSingleton(provider => new PpvClient(
            provider.GetService<IBrokerDialer>(),
            options(provider),
            provider.GetService<ILoggerFactory>(),
            provider.GetService<TimeProvider>()));
        services.TryAddSingleton<IPpvClient>(provider => provider.GetRequiredService<PpvClient>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PpvClientService>());
        return services;
    }
}
