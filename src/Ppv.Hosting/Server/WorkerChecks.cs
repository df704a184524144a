using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>Part of being ready: confirms can be recorded, so that they are not refused. On a worker that stands by, too.</summary>
internal sealed class JournalCheck(IOrderJournalStore journal, IOptions<PpvServerOptions> options) : IHealthCheck
{
    public const string Name = "ppv-journal";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(journal.Problem is { } problem
            ? new HealthCheckResult(options.Value.Server.Journal.FailureStatus, problem)
            : journal.Warning is { } warning ? HealthCheckResult.Degraded(warning)
            : HealthCheckResult.Healthy("Confirms can be recorded."));
}

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
