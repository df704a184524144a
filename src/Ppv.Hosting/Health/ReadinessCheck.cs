using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Ppv.Hosting;

/// <summary>Ready is: every connection to the broker can pass orders, and the program is not stopping.</summary>
internal sealed class ReadinessCheck(IEnumerable<BrokerLink> links, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return HealthCheckResult.Unhealthy("It is stopping: orders that were begun are finished, new ones belong elsewhere.");
        var states = links.Select(link => (link.Name, Status: link.Status())).ToList();
        var missing = states.Where(state => !state.Status.IsReady).ToList();
        return missing.Count > 0
            ? HealthCheckResult.Unhealthy(string.Join(" ", missing.Select(Describe)))
            : HealthCheckResult.Healthy(string.Join(" ", states.Select(Describe)));

        static string Describe((string Name, Ppv.Rpc.ConnectionStatus Status) state) => $"{state.Name}: {state.Status.Description}";
    }
}
