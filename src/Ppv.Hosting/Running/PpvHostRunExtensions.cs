using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Running;
using Ppv.Protocol.Text;

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
        PlainLogger logger;
        try
        {
            logger = PlainLogger.To(host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Ppv.Hosting"));
        }
        catch (Exception e)
        {
            await StartProblem.WriteAsync(e, isCheck: false).ConfigureAwait(false);
            await DisposeAsync(host).ConfigureAwait(false);
            return ExitCodes.BadConfiguration;
        }

        using var signals = new Signals(
            host.Services.GetRequiredService<IHostApplicationLifetime>(), logger, hasTerminal: !Console.IsInputRedirected);
        try
        {
            host.Services.GetService<IStartupValidator>()?.Validate();
            if (host.Services.GetService<IConfiguration>() is { } configuration) HttpAddresses.Of(configuration);
            await host.StartAsync().ConfigureAwait(false);
            await host.WaitForShutdownAsync().ConfigureAwait(false);
            return Environment.ExitCode;
        }
        catch (Exception e) when (BrokenRules.In(e) is { } rules)
        {
            foreach (var rule in rules) RunLog.BadConfiguration(logger, rule);
            return ExitCodes.BadConfiguration;
        }
        catch (Exception e) when (e is FormatException or UriFormatException or InvalidDataException)
        {
            RunLog.BadConfiguration(logger, StartProblem.Describe(e));
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

    /// <summary>
    /// As <see cref="RunPpvAsync(IHost)"/>, with two things that the program can do in the place of running when its last argument says so:
    /// <c>return await app.RunPpvAsync(args);</c>.
    /// </summary>
    /// <remarks>
    /// <c>--check</c> says, in a line for each thing, what would be wrong if it ran with this configuration: the options, each broker host
    /// and its queue, Wizard's port (it is connected to and left), the order journal, the log file, the HTTP address. It takes no order,
    /// declares no queue and ends within a minute. <c>--health</c>, <c>--health ready</c> and <c>--health live</c> ask the program that
    /// runs with this configuration, and print what it answers within 5 s.
    /// </remarks>
    /// <param name="host">The host, built and mapped.</param>
    /// <param name="args">The command line that the host was built with. Arguments that are none of these mean what they ever did.</param>
    /// <returns>
    /// The exit code: that of the run; of a check 0, 78 when the configuration is wrong, 1 when something else is; of a question for health
    /// 0 when it is well, else 1; 64 when one of these arguments does not stand last, where it would swallow the one behind it.
    /// </returns>
    public static async Task<int> RunPpvAsync(this IHost host, string[] args)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(args);
        var command = HostCommand.Parse(args);
        if (command.Kind == HostCommandKind.Run) return await host.RunPpvAsync().ConfigureAwait(false);
        try
        {
            switch (command.Kind)
            {
                case HostCommandKind.Check:
                    return await PreflightRun.RunAsync(host.Services, Console.Out).ConfigureAwait(false);
                case HostCommandKind.Health:
                    var configuration = host.Services.GetRequiredService<IConfiguration>();
                    return await HealthProbe.RunAsync(
                        configuration, command.Argument, Console.Out, HealthProbe.DefaultLimit).ConfigureAwait(false);
                default:
                    await Console.Error.WriteLineAsync(command.Argument).ConfigureAwait(false);
                    return ExitCodes.Usage;
            }
        }
        catch (Exception e) when (command.Kind == HostCommandKind.Check)
        {
            await StartProblem.WriteAsync(e, isCheck: true).ConfigureAwait(false);
            return ExitCodes.BadConfiguration;
        }
        finally
        {
            await DisposeAsync(host).ConfigureAwait(false);
        }
    }

    private static bool IsStopping(IHost host) =>
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    private static async ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
        else host.Dispose();
    }
}
