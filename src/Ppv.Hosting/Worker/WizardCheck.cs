using Microsoft.Extensions.Diagnostics.HealthChecks;
using Ppv.Protocol;

namespace Ppv.Hosting.Worker;

/// <summary>
/// Degraded while Wizard can't be reached, as the last order has shown: never a command, and no connection, for a look at the health. The
/// worker itself does all that it can, so it stays ready.
/// </summary>
internal sealed class WizardCheck(IWizardClient wizard) : IHealthCheck
{
    public const string Name = "ppv-wizard";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult((wizard as WizardClient)?.Problem is { } problem
            ? HealthCheckResult.Degraded(problem)
            : HealthCheckResult.Healthy("Nothing is known against it."));
}
