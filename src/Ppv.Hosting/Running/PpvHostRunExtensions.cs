using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Hosting;

namespace Microsoft.Extensions.Hosting;

/// <summary>Runs a gateway or a worker as a program of its own.</summary>
public static class PpvHostRunExtensions
{
    /// <summary>
    /// Runs the host until it is stopped, and disposes of it. What keeps it from starting becomes a line in the log for each cause, not a
    /// stack trace: <c>return await app.RunPpvAsync();</c>.
    /// </summary>
    /// <param name="host">The host, built and mapped.</param>
    /// <returns>
    /// The exit code: 0 after a normal stop; 78 when the configuration is wrong; 1 when the program could not start (an address is in use)
    /// or gave up (<c>Ppv:Broker:MaxRetries</c>).
    /// </returns>
    public static async Task<int> RunPpvAsync(this IHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Ppv.Hosting");
        try
        {
            host.Services.GetService<IStartupValidator>()?.Validate();
            await host.StartAsync().ConfigureAwait(false);
            await host.WaitForShutdownAsync().ConfigureAwait(false);
            return Environment.ExitCode;
        }
        catch (Exception e) when (BrokenRules(e) is { } rules)
        {
            foreach (var rule in rules) RunLog.BadConfiguration(logger, rule);
            return ExitCodes.BadConfiguration;
        }
        catch (OperationCanceledException) when (IsStopping(host))
        {
            // Told to stop while it was still starting, by a person or by a service of its own that gave up and said why.
            return Environment.ExitCode;
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
        {
            RunLog.CannotRun(logger, e.Message);
            return ExitCodes.Failed;
        }
        catch (Exception e)
        {
            RunLog.Failed(logger, e);
            return ExitCodes.Failed;
        }
        finally
        {
            await DisposeAsync(host).ConfigureAwait(false);
        }
    }

    /// <summary>Gateway and worker in one program fail together, with many rules in common: each is said once.</summary>
    private static IEnumerable<string>? BrokenRules(Exception e) => e switch
    {
        OptionsValidationException one => one.Failures.Distinct(StringComparer.Ordinal),
        AggregateException many when many.InnerExceptions.All(inner => inner is OptionsValidationException) =>
            many.InnerExceptions.SelectMany(inner => ((OptionsValidationException)inner).Failures).Distinct(StringComparer.Ordinal),
        _ => null,
    };

    private static bool IsStopping(IHost host) =>
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    private static async ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
        else host.Dispose();
    }
}
