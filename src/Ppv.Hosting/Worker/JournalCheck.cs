using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Worker.Journal;

namespace Ppv.Hosting.Worker;

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
