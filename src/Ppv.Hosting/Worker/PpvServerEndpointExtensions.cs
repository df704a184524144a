using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Hosting;
using Ppv.Hosting.Control;
using Ppv.Hosting.Health;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the worker's routes to an application.</summary>
public static class PpvServerEndpointExtensions
{
    /// <summary>
    /// Maps <c>/health/live</c> and <c>/health/ready</c>, and for operators (<see cref="PpvPolicies.Operator"/>) <c>/control/intake</c>;
    /// where the gateway has mapped them already, nothing.
    /// </summary>
    /// <param name="endpoints">The application, or a group of its routes.</param>
    /// <returns><paramref name="endpoints"/>.</returns>
    /// <exception cref="InvalidOperationException"><c>AddPpvServer</c> was not called.</exception>
    public static IEndpointRouteBuilder MapPpvServer(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        endpoints.ServiceProvider.GetRequiredService<HealthRoutes>().Map(endpoints);
        endpoints.ServiceProvider.GetRequiredService<ControlRoutes>().Map(endpoints);
        return endpoints;
    }
}
