using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Ppv.Hosting.Running;

namespace Ppv.Hosting;

/// <summary>A gateway or a worker as a program of its own, from its first line on.</summary>
public static class PpvProgram
{
    /// <summary>
    /// Builds the host and runs it: as <see cref="PpvHostRunExtensions.RunPpvAsync(IHost, string[])"/>, and what keeps the host from being
    /// built (a file that is no JSON, a log level that is none) is a sentence and an exit code as well, not a stack trace.
    /// <c>return await PpvProgram.RunAsync(args, args => { ... return builder.Build(); });</c>
    /// </summary>
    /// <remarks>
    /// Settings are read once, at the start. <c>--health</c> does not need a configuration that can be used.
    /// </remarks>
    /// <param name="args">The command line.</param>
    /// <param name="build">Makes the host, built and mapped, with this command line.</param>
    /// <returns>
    /// The exit code, as there; 78 when the host can't be built; 64 for an argument that is no setting (<c>name=value</c> or <c>--name
    /// value</c>) and none of its switches; 0 for <c>--help</c>.
    /// </returns>
    public static async Task<int> RunAsync(string[] args, Func<string[], IHost> build)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(build);
        if (HostCommand.AsksForHelp(args))
        {
            await Console.Out.WriteLineAsync(HostCommand.Usage).ConfigureAwait(false);
            return 0;
        }

        var command = HostCommand.Parse(args).Kind;
        if (command != HostCommandKind.Misplaced && HostCommand.FindStray(args) is { } stray)
        {
            await Console.Error.WriteLineAsync($"{stray} is no setting and nothing that this program can do. {HostCommand.Usage}")
                .ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        // Settings are read at the start only, so no file of them is watched. .NET reads this variable when it opens them.
        Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
        IHost host;
        try
        {
            host = build(args);
        }
        catch (Exception) when (command == HostCommandKind.Health)
        {
            return await HealthProbe.RunAsync(
                WithoutFiles(args), HostCommand.Parse(args).Argument, Console.Out, HealthProbe.DefaultLimit).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await StartProblem.WriteAsync(e, isCheck: command == HostCommandKind.Check).ConfigureAwait(false);
            return ExitCodes.BadConfiguration;
        }

        return await host.RunPpvAsync(args).ConfigureAwait(false);
    }

    private static IConfigurationRoot WithoutFiles(string[] args) => new ConfigurationBuilder()
        .AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables()
        .AddCommandLine(args[..^HostCommand.Length(args)]).Build();
}
