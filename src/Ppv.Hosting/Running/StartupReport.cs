using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ppv.Hosting;

/// <summary>Logs, once the host starts, what was found before it could log.</summary>
internal sealed class StartupReport(StartupNotes notes, ILogger<StartupReport> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var warning in notes.Warnings) RunLog.Doubt(logger, warning);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
