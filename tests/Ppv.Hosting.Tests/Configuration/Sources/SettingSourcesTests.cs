using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Testing;
using Ppv.TestKit;

namespace Ppv.Hosting.Tests;

/// <summary>Which source each setting is from: <c>--check</c> says it with the value, the start with the key.</summary>
public sealed class SettingSourcesTests : IDisposable
{
    private const string Variable = "WHOLELIST_Ppv__Broker__Hosts__0";

    private readonly TemporaryFolder _folder = new();
    private readonly InMemoryBroker _broker = new();

    public SettingSourcesTests()
    {
        File.WriteAllText(_folder.File("ppv_srv.cfg"), """
            [RabbitMQ]
            primary_host=prod-a
            backup_host=prod-b
            username=prod
            password=hunter2
            """);
        Directory.CreateDirectory(_folder.File("secrets"));
        File.WriteAllText(_folder.File("secrets/Ppv__Access__Clients__ivr__Key"), "hunter3-hunter3-hunter3\n");
        File.WriteAllText(_folder.File("site.json"), """
            {"Ppv":{"Wizard":{"Host":"billing"},"Broker":{"Password":"hunter4"},"Gateway":{"KnownProxies":[]},"Rpc":{"Queue":"a\nb"},
            "LogFile":{"Path":null}}}
            """);
        Environment.SetEnvironmentVariable(Variable, "amqp://me:hunter5@test");
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _folder.Dispose();
    }

    [Fact]
    public async Task A_check_shows_each_setting_with_its_source_and_no_secret()
    {
        await using var app = Build();
        using var output = new StringWriter();
        await PreflightRun.RunAsync(app.Services, output).WaitAsync(Hang.Limit);

        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Where(line => line.StartsWith("set ", StringComparison.Ordinal)).ShouldBe(
        [
            $"set   Ppv:Access:Clients:ivr:Key = *** (the secret {_folder.File("secrets")}/Ppv__Access__Clients__ivr__Key)",
            $"set   Ppv:Broker:Hosts:0 = ***@test (the environment variable {Variable})",
            "set   Ppv:Broker:Password = *** (site.json)",
            $"set   Ppv:Broker:UserName = prod ({_folder.File("ppv_srv.cfg")}, line 4 (--cfg))",
            "set   Ppv:Gateway:KnownProxies = (an empty list) (site.json)",
            "set   Ppv:LogFile:Path = null (site.json)",
            "set   Ppv:Rpc:Prefetch = 900 (the command line)",
            "set   Ppv:Rpc:Queue = a b (site.json)",
            $"set   Ppv:Rpc:QueueKind = LegacyTransient ({_folder.File("ppv_srv.cfg")} (--cfg))",
            $"set   Ppv:Server:Journal:Path = {_folder.File("orders.db")} (the command line)",
            "set   Ppv:Wizard:Host = billing (site.json)",
        ]);
        lines.ShouldContain($"warn  Ppv:Broker:Hosts comes whole from the environment; what {_folder.File("ppv_srv.cfg")} (--cfg) says of "
            + "it has no effect.");
        output.ToString().ShouldNotContain("hunter");
        output.ToString().ShouldNotContain("prod-");
    }

    [Fact]
    public async Task The_start_has_a_line_for_each_source_with_its_keys_and_no_value()
    {
        using var log = new CollectingLoggerProvider();
        await using var app = Build(log);
        await app.Services.GetServices<IHostedService>().OfType<StartupReport>().Single().StartAsync(CancellationToken.None);

        var said = log.Snapshot().Select(entry => entry.Message)
            .Where(message => message.StartsWith("Settings from", StringComparison.Ordinal)).ToList();
        said.ShouldContain($"Settings from the secrets in {_folder.File("secrets")}: Ppv:Access:Clients:ivr:Key.");
        said.ShouldContain("Settings from the environment: Ppv:Broker:Hosts:0.");
        said.ShouldContain("Settings from site.json: Ppv:Broker:Password, Ppv:Gateway:KnownProxies, Ppv:LogFile:Path, Ppv:Rpc:Queue, "
            + "Ppv:Wizard:Host.");
        said.ShouldContain("Settings from the command line: Ppv:Rpc:Prefetch, Ppv:Server:Journal:Path.");
        said.ShouldContain($"Settings from {_folder.File("ppv_srv.cfg")} (--cfg): Ppv:Broker:UserName, Ppv:Rpc:QueueKind.");
        said.Count.ShouldBe(5);
    }

    [Fact]
    public async Task A_start_with_very_many_settings_stays_readable()
    {
        var builder = WebApplication.CreateBuilder();
        using var log = new CollectingLoggerProvider();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Configuration.AddInMemoryCollection(
            Enumerable.Range(0, 100).Select(i => KeyValuePair.Create($"Ppv:Gateway:KnownProxies:{i}", (string?)"10.0.0.1")));
        builder.AddPpvGateway();
        await using var app = builder.Build();
        await app.Services.GetServices<IHostedService>().OfType<StartupReport>().Single().StartAsync(CancellationToken.None);
        log.Snapshot().Single(entry => entry.Message.StartsWith("Settings from the program itself", StringComparison.Ordinal)).Message
            .ShouldEndWith("Ppv:Gateway:KnownProxies:59 and 40 more.");
    }

    private WebApplication Build(ILoggerProvider? log = null)
    {
        var builder = WebApplication.CreateBuilder(
        [
            "--urls=http://127.0.0.1:0", "--Ppv:Rpc:Prefetch=900", $"--Ppv:Server:Journal:Path={_folder.File("orders.db")}", "--cfg",
            _folder.File("ppv_srv.cfg"), "--SecretsFolder", _folder.File("secrets"),
        ]);
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Insert(0, new JsonConfigurationSource
        {
            Path = "site.json", FileProvider = new PhysicalFileProvider(_folder.File(".")),
        });
        builder.Configuration.Sources.Insert(1, new EnvironmentVariablesConfigurationSource { Prefix = "WHOLELIST_" });
        builder.Services.UseInMemoryBroker(_broker);
        builder.AddPpvServer();
        builder.Services.RemoveAll<ILoggerProvider>();
        if (log is not null) builder.Services.AddSingleton(log);
        return builder.Build();
    }
}
