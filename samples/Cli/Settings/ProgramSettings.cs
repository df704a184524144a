using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Ppv.Hosting;
using Ppv.Hosting.Configuration;
using Ppv.Hosting.LegacyCfg;
using Ppv.Hosting.Running;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Settings;

/// <summary>
/// What a gateway or a worker would be configured to with certain files, and what its start would say of it: the host is put together as
/// the program does it, and never started.
/// </summary>
internal sealed record ProgramSettings
{
    public required LegacyRole Role { get; init; }

    public required BrokerOptions Broker { get; init; }

    public required RpcOptions Rpc { get; init; }

    /// <summary>A worker's; <see langword="null"/> of a gateway.</summary>
    public WizardOptions? Wizard { get; init; }

    /// <summary>A worker's; <see langword="null"/> of a gateway.</summary>
    public WorkerOptions? Server { get; init; }

    /// <summary>A gateway's; <see langword="null"/> of a worker.</summary>
    public OrderEndpointOptions? Gateway { get; init; }

    public required LogFileOptions LogFile { get; init; }

    /// <summary>What would keep the program from starting, a sentence each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>What is allowed, but hardly meant, or has no effect; a sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Reads the files.</summary>
    /// <param name="role">Whose they are.</param>
    /// <param name="cfg">An old file; <see langword="null"/> for none.</param>
    /// <param name="appSettings">An <c>appsettings.json</c>, which wins over it; <see langword="null"/> for none.</param>
    /// <param name="withEnvironment">Whether this process's variables win over both, as those of the program do.</param>
    /// <exception cref="CliException">The <c>appsettings.json</c> can't be read.</exception>
    public static ProgramSettings Load(LegacyRole role, string? cfg = null, string? appSettings = null, bool withEnvironment = false)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        AddAppSettings(builder.Configuration, appSettings);
        if (withEnvironment) builder.Configuration.AddEnvironmentVariables();
        if (cfg is not null) builder.Configuration.AddInMemoryCollection([new(LegacyCfgConfiguration.Key, cfg)]);
        if (role == LegacyRole.Worker) builder.AddPpvServer();
        else builder.AddPpvGateway();
        using var host = builder.Build();
        var problems = BrokenRules.Of(host.Services) ?? [];
        var warnings = host.Services.GetRequiredService<StartupFindings>().Warnings;
        var logFile = RawOptions.Get<LogFileOptions>(host.Services);
        if (role == LegacyRole.Worker)
        {
            var worker = RawOptions.Get<PpvServerOptions>(host.Services);
            return new ProgramSettings
            {
                Role = role, Broker = worker.Broker, Rpc = worker.Rpc, Wizard = worker.Wizard, Server = worker.Server, LogFile = logFile,
                Problems = problems, Warnings = warnings,
            };
        }

        var gateway = RawOptions.Get<PpvGatewayOptions>(host.Services);
        return new ProgramSettings
        {
            Role = role, Broker = gateway.Broker, Rpc = gateway.Rpc, Gateway = gateway.Gateway, LogFile = logFile, Problems = problems,
            Warnings = warnings,
        };
    }

    /// <summary>Whose an <c>appsettings.json</c> is: a worker's knows Wizard or the lines.</summary>
    /// <exception cref="CliException">It can't be read.</exception>
    public static LegacyRole RoleOf(string appSettings)
    {
        using var configuration = new ConfigurationManager();
        AddAppSettings(configuration, appSettings);
        var ppv = configuration.GetSection("Ppv");
        return ppv.GetSection("Wizard").Exists() || ppv.GetSection("Server").Exists() ? LegacyRole.Worker : LegacyRole.Gateway;
    }

    private static void AddAppSettings(ConfigurationManager configuration, string? path)
    {
        if (path is null) return;
        try
        {
            configuration.AddJsonFile(Path.GetFullPath(path), optional: false, reloadOnChange: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or FormatException)
        {
            throw new CliException($"The file {path} can't be read: {(e.InnerException ?? e).Message} Mend it, or name another one.",
                ExitCodes.BadArguments, e);
        }
    }
}
