using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>
/// <c>/health/live</c> and <c>/health/ready</c>, once per set of routes: gateway and worker in one program share them, and two routes of
/// one path would fail every request to it.
/// </summary>
internal sealed class HealthRoutes
{
    public const string ReadyTag = "ready";

    private readonly HashSet<ICollection<EndpointDataSource>> _mapped = new(ReferenceEqualityComparer.Instance);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        if (!_mapped.Add(endpoints.DataSources)) return;
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = static _ => false, ResponseWriter = WriteAsync });
        endpoints.MapHealthChecks("/health/ready",
            new HealthCheckOptions { Predicate = static check => check.Tags.Contains(ReadyTag), ResponseWriter = WriteAsync });
    }

    /// <summary>The status in one word, then a line for each check, for the person who looks why.</summary>
    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        var lines = report.Entries.Select(entry => $"\n{entry.Key}: {entry.Value.Description}");
        return context.Response.WriteAsync($"{report.Status}{string.Concat(lines)}\n");
    }
}

/// <summary>Ready is: every connection to the broker can pass orders, and the program is not stopping.</summary>
internal sealed class ReadinessCheck(IEnumerable<BrokerReadiness> links, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

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

/// <summary>A connection to the broker that must be up for the program to do its work.</summary>
/// <param name="Name">Whose it is: <c>gateway</c> or <c>worker</c>.</param>
/// <param name="Status">Reads its state; never dials.</param>
internal sealed record BrokerReadiness(string Name, Func<ConnectionStatus> Status);
