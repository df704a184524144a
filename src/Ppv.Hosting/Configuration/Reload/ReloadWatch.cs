using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Primitives;
using Ppv.Protocol.Text;

namespace Ppv.Hosting;

/// <summary>
/// Looks at the configuration when one of its sources says that it has changed: all of it is taken, or, when a value is wrong, nothing. A
/// source may say so more than once for one change; each change is logged once. Values are never logged, only their names.
/// </summary>
internal sealed class ReloadWatch(
    IEnumerable<ReloadSource> sources, IEnumerable<IReloadableOptions> options, PlainLogger<ReloadWatch> logger,
    IConfiguration? configuration = null)
    : IHostedService
{
    private readonly Lock _gate = new();
    private readonly List<IDisposable> _registrations = [];
    private readonly List<IReloadableOptions> _options = [.. options];
    private IReadOnlyList<string> _problems = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var each in _options) each.Begin();
        foreach (var source in sources) _registrations.Add(ChangeToken.OnChange(source.Section.GetReloadToken, Look));
        if (configuration is IConfigurationRoot root)
        {
            foreach (var file in root.Providers.OfType<FileConfigurationProvider>()) file.Source.OnLoadException += ReportUnreadable;
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var registration in _registrations) registration.Dispose();
        return Task.CompletedTask;
    }

    private void Look()
    {
        lock (_gate)
        {
            List<string> problems = [.. _options.SelectMany(each => each.Read()).Distinct(StringComparer.Ordinal)];
            foreach (var problem in problems.Except(_problems, StringComparer.Ordinal)) ReloadLog.Refused(logger, problem);
            _problems = problems;
            if (problems.Count > 0) return;
            foreach (var change in _options.SelectMany(each => each.Take()).Distinct())
            {
                if (change.IsInEffect) ReloadLog.Taken(logger, change.Path);
                else ReloadLog.NeedsRestart(logger, change.Path);
            }
        }
    }

    /// <summary>A file that is no JSON any more changes nothing: its provider reports no change then, and nobody else says so.</summary>
    private void ReportUnreadable(FileLoadExceptionContext context) =>
        ReloadLog.Unreadable(
            logger, context.Provider.Source.Path ?? "(no name)", context.Exception.GetBaseException().Message);
}

/// <summary>A section that options were read from.</summary>
internal sealed record ReloadSource(IConfiguration Section);
