using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Ppv.Hosting.Control;
using Ppv.Rpc;

namespace Ppv.Hosting.Health;

/// <summary>
/// Ready is: every connection to the broker can pass orders, and the program is not stopping. Degraded is: it can, but not as it should be.
/// Reads what is in memory, and never dials.
/// </summary>
internal sealed class ReadinessCheck(
    IEnumerable<BrokerReadiness> links, IEnumerable<IIntake> intakes, IHostApplicationLifetime lifetime, TimeProvider timeProvider)
    : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return HealthCheckResult.Unhealthy("It is stopping: orders that were begun are finished, new ones belong elsewhere.");
        if (intakes.Where(intake => !intake.IsOpen).ToList() is { Count: > 0 } closed)
            return HealthCheckResult.Unhealthy(string.Join(" ", closed.Select(intake => intake.UnderWay == 0
                ? $"{intake.Name}: An operator has closed its intake, and it is empty."
                : $"{intake.Name}: An operator has closed its intake, and {intake.UnderWay} orders are under way.")));
        var states = links.Select(link => (link.Name, Status: link.Status(), Trouble: link.Trouble(timeProvider.GetUtcNow()))).ToList();
        var missing = states.Where(state => !state.Status.IsReady).ToList();
        if (missing.Count > 0) return HealthCheckResult.Unhealthy(string.Join(" ", missing.Select(Describe)));
        var text = string.Join(" ", states.Select(Describe));
        return states.Any(state => state.Trouble is not null) ? HealthCheckResult.Degraded(text) : HealthCheckResult.Healthy(text);

        static string Describe((string Name, ConnectionStatus Status, string? Trouble) state) =>
            $"{state.Name}: {state.Status.Description}{(state.Trouble is null ? "" : " ")}{state.Trouble}";
    }
}
