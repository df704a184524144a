using Ppv.Rpc.Brokers;
using Ppv.Testing;
using Ppv.Testing.Broker;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts parts for tests into an application.</summary>
public static class PpvTestingServiceCollectionExtensions
{
    /// <summary>
    /// Puts a broker in the process's own memory in the place of RabbitMQ, for client, gateway and worker: for tests, demos and
    /// development. It may be called before or after they are added; of several calls the last one counts.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="broker">
    /// A broker to share with other applications of the process, such as <see cref="PpvTestHost.Broker"/>; by default one of this
    /// application's own, which goes by the <see cref="TimeProvider"/> among its services.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection UseInMemoryBroker(this IServiceCollection services, InMemoryBroker? broker = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        Remove(services, key: null);
        services.AddSingleton(provider => broker ?? new InMemoryBroker(provider.GetService<TimeProvider>()));
        services.AddSingleton<IBrokerDialer>(provider => new InMemoryDialer(provider.GetRequiredService<InMemoryBroker>()));
        return services;
    }

    /// <summary>
    /// Puts a broker in the process's own memory in the place of RabbitMQ for one client, the one that was added with this name
    /// (<c>AddPpvClient("kfs", …)</c>): for tests of sites that have brokers of their own. Clients that are not named in such a call have
    /// the broker of the call without a name, or RabbitMQ. It may be called before or after the client is added; of several calls for one
    /// name the last one counts.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="clientName">The client's name, which is also the key of the broker among the services. Not empty.</param>
    /// <param name="broker">The broker, such as the <see cref="PpvTestHost.Broker"/> of that site's gateway and worker.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection UseInMemoryBroker(this IServiceCollection services, string clientName, InMemoryBroker broker)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(clientName);
        ArgumentNullException.ThrowIfNull(broker);
        Remove(services, clientName);
        services.AddKeyedSingleton(clientName, broker);
        services.AddKeyedSingleton<IBrokerDialer>(clientName, new InMemoryDialer(broker));
        return services;
    }

    private static void Remove(IServiceCollection services, string? key)
    {
        foreach (var service in services.Where(service => Equals(service.ServiceKey, key)
            && (service.ServiceType == typeof(InMemoryBroker) || service.ServiceType == typeof(IBrokerDialer))).ToList())
            services.Remove(service);
    }
}
