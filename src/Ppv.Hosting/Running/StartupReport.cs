using Microsoft.Extensions.Hosting;
using Ppv.Hosting.Configuration;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Running;

/// <summary>
/// Logs, once the host starts, what was found before it could log, and which source each setting is from: a line for each source, the
/// strongest first, with keys and never with a value.
/// </summary>
internal sealed class StartupReport(StartupFindings notes, IEnumerable<HostSettings> settings, PlainLogger<StartupReport> logger)
    : IHostedService
{
    private const int MostKeys = 60;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var source in HostSettings.InEffect(settings).GroupBy(setting => setting.Source.Name))
            RunLog.SettingsFrom(logger, source.Key, KeysOf([.. source.Select(setting => setting.Path)]));
        foreach (var warning in notes.Warnings) RunLog.Warn(logger, warning);
        if (ValueWarnings.OfTimeZone(Environment.GetEnvironmentVariable("TZ"), TimeZoneInfo.Local.Id) is { } zone)
            RunLog.Warn(logger, zone);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static string KeysOf(List<string> paths) => paths.Count <= MostKeys
        ? string.Join(", ", paths)
        : $"{string.Join(", ", paths.Take(MostKeys))} and {paths.Count - MostKeys} more";
}
