using Microsoft.Extensions.DependencyInjection.Extensions;
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
        services.RemoveAll<InMemoryBroker>();
        services.RemoveAll<IBrokerDialer>();
        services.AddSingleton(provider => broker ?? new InMemoryBroker(provider.GetService<TimeProvider>()));
        services.AddSingleton<IBrokerDialer>(provider => new InMemoryDialer(provider.GetRequiredService<InMemoryBroker>()));
        return services;
    }
}
