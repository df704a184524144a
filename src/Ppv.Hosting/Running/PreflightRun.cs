using Microsoft.Extensions.DependencyInjection;
using Ppv.Hosting.Configuration;
using Ppv.Hosting.Preflight;

namespace Ppv.Hosting.Running;

/// <summary><c>--check</c>: says, a line for each thing, what would be wrong if the program were started.</summary>
internal static class PreflightRun
{
    /// <summary>Beyond what any check takes with the time-outs that a site has; a deploy script does not wait for ever.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IServiceProvider services, TextWriter output)
    {
        if (BrokenRules.Of(services) is { } rules)
        {
            foreach (var rule in rules) await WriteAsync(output, Finding.Bad(rule)).ConfigureAwait(false);
            return ExitCodes.BadConfiguration;
        }

        foreach (var setting in HostSettings.InEffect(services.GetServices<HostSettings>()))
            await output.WriteLineAsync($"set   {setting.Path} = {setting.Shown} ({setting.Place})").ConfigureAwait(false);
        var checks = services.GetServices<IPreflightCheck>().Select(check => LookAsync(check, services)).ToList();
        var findings = new List<Finding> { Finding.Ok("The configuration can be used.") };
        findings.AddRange(services.GetRequiredService<StartupFindings>().Warnings.Select(Finding.Warn));
        if (Environment.IsPrivilegedProcess)
            findings.Add(Finding.Warn("This check runs as root, which may read and write all. Run it as the service's own account."));
        findings.AddRange((await Task.WhenAll(checks).ConfigureAwait(false)).SelectMany(found => found));
        foreach (var finding in findings) await WriteAsync(output, finding).ConfigureAwait(false);
        return findings.Exists(finding => finding.Verdict == Verdict.Bad) ? ExitCodes.Failed : 0;
    }

    private static async Task<IReadOnlyList<Finding>> LookAsync(IPreflightCheck check, IServiceProvider services)
    {
        using var end = new CancellationTokenSource();
        try
        {
            // Not on this thread: a look at a disk that does not answer would hold it, and the limit with it.
            return await Task.Run(() => check.LookAsync(end.Token), CancellationToken.None)
                .WaitAsync(Limit, services.GetRequiredService<TimeProvider>(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await end.CancelAsync().ConfigureAwait(false);
            return [Finding.Bad(FormattableString.Invariant($"{check.GetType().Name} did not end within {Limit.TotalSeconds} s."))];
        }
    }

    private static Task WriteAsync(TextWriter output, Finding finding) => output.WriteLineAsync(finding.Verdict switch
    {
        Verdict.Ok => $"ok    {finding.Text}",
        Verdict.Warn => $"warn  {finding.Text}",
        Verdict.Todo => $"todo  {finding.Text}",
        _ => $"bad   {finding.Text}",
    });
}
