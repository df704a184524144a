using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Ppv.Rpc;
using Ppv.Rpc.Settings;

namespace Ppv.Hosting.Tests;

/// <summary>
/// A list comes whole from the strongest source that names any of it. .NET mixes the lists of all sources entry by entry: a test's first
/// host before production's second one.
/// </summary>
public sealed class WholeListTests : IDisposable
{
    private const string Production = """
        [RabbitMQ]
        primary_host=prod-a
        backup_host=prod-b
        username=prod
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Every list of the programs, so that one that is added later is in it too.</summary>
    public static TheoryData<string> Lists => [.. ListsOf(ProgramOptions.Shape, "Ppv")];

    [Theory]
    [MemberData(nameof(Lists))]
    public void No_entry_of_a_weaker_source_is_left_in_any_list(string list)
    {
        string Entries(params string[] names) => string.Join(
            ",", names.Select(name => list == "Ppv:Rpc:Queues" ? $$"""{"Name":"{{name}}"}""" : $"\"{name}\""));
        var root = Root(Json(list, $"[{Entries("a", "b", "c")}]"), Json(list, $"[{Entries("d")}]"));

        var reading = SettingsReading.Of(root.GetSection("Ppv"), ProgramOptions.Shape);

        reading.Problems.ShouldBeEmpty();
        reading.Settings.Select(setting => setting.Value).ShouldBe(["d"]);
    }

    [Fact]
    public void A_workers_hosts_are_those_of_the_test_and_none_of_production()
    {
        var worker = Worker(["--Ppv:Broker:Hosts:0=test"], out var notes);
        worker.Broker.Hosts.ShouldBe(["test"]);
        worker.Broker.UserName.ShouldBe("prod"); // One value is from whoever says it.
        notes.Warnings.ShouldBe([$"Ppv:Broker:Hosts comes whole from the command line; what {Cfg} (--cfg) says of it has no effect."]);
    }

    [Fact]
    public void A_gateways_lists_are_whole_too()
    {
        var builder = Host.CreateApplicationBuilder(["--Ppv:Gateway:KnownProxies:0=10.0.0.9", "--Ppv:Rpc:Queues:0:Name=test"]);
        builder.Configuration.Sources.Insert(0, Json(
            "Ppv", """{"Gateway":{"KnownProxies":["10.0.0.1","10.0.0.2"]},"Rpc":{"Queues":[{"Name":"a"},{"Name":"b"}]}}"""));
        builder.AddPpvGateway();
        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptions<PpvGatewayOptions>>().Value;
        options.Gateway.KnownProxies.ShouldBe(["10.0.0.9"]);
        options.Rpc.Queues.Select(queue => queue.Name).ShouldBe(["test"]);
        // The one that is needed before the options are there.
        RawOptions.Get<PpvGatewayOptions>(host.Services).Gateway.KnownProxies.ShouldBe(["10.0.0.9"]);
    }

    [Fact]
    public void A_client_of_an_application_has_whole_lists_and_a_second_section_takes_the_place_of_the_first()
    {
        var first = Root(Json("Ppv:Broker:Hosts", """["prod-a","prod-b"]"""), Json("Ppv:Broker:Hosts", """["test"]""")).GetSection("Ppv");
        var second = Root(Json("Ppv:Broker:Hosts", """["other"]""")).GetSection("Ppv");

        Client(services => services.AddPpvClient(first)).ShouldBe(["test"]);
        Client(services => services.AddPpvClient(first).AddPpvClient(second)).ShouldBe(["other"]);
        Client(services => services.AddPpvClient("kfs", first), "kfs").ShouldBe(["test"]);
        Client(services => services.Configure<PpvClientOptions>(options => options.Broker.Hosts = ["code"]).AddPpvClient(first))
            .ShouldBe(["test"]);
    }

    [Fact]
    public void An_empty_list_of_a_stronger_source_is_a_list_too()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.Sources.Insert(0, Memory(("Ppv:Gateway:KnownProxies:0", "10.0.0.1")));
        builder.Configuration.Sources.Insert(1, Json("Ppv:Gateway:KnownProxies", "[]"));
        builder.AddPpvGateway();
        using var host = builder.Build();
        host.Services.GetRequiredService<IOptions<PpvGatewayOptions>>().Value.Gateway.KnownProxies.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_left_out_of_a_list_is_a_problem_because_somebody_counts_on_another_source()
    {
        Problems(Root(Json("Ppv:Broker:Hosts", """["a","b"]"""), Memory(("Ppv:Broker:Hosts:1", "c")))).ShouldBe(
            ["Ppv:Broker:Hosts:1 stands there, and no Ppv:Broker:Hosts:0. A list comes whole from one source: name all of its entries in "
                + "it, numbered from 0. It is from the program itself."]);
        Problems(Root(Json("Ppv:Rpc:Queues", "[{}]"))).ShouldHaveSingleItem().ShouldStartWith("Ppv:Rpc:Queues:0 is an entry without");
    }

    [Fact]
    public void The_same_list_in_two_sources_is_no_warning() =>
        SettingsReading.Of(
            Root(Json("Ppv:Broker:Hosts", """["a"]"""), Memory(("ppv:broker:hosts:0", "a"))).GetSection("Ppv"), ProgramOptions.Shape)
            .Warnings.ShouldBeEmpty();

    [Fact]
    public void A_backup_host_alone_in_an_old_file_is_the_only_host()
    {
        File.WriteAllText(Cfg, "[RabbitMQ]\nbackup_host=prod-b\n");
        var builder = Host.CreateApplicationBuilder(["--cfg", Cfg]);
        builder.AddPpvServer();
        Options(builder, out _).Broker.Hosts.ShouldBe(["prod-b"]);
    }

    [Fact]
    public void Sources_of_a_configuration_within_a_configuration_are_told_apart()
    {
        var inner = Root(Json("Site:Ppv:Broker:Hosts", """["prod-a","prod-b"]"""), Json("Site:Ppv:Broker:Hosts", """["mid"]"""));
        var whole = new ConfigurationBuilder().AddConfiguration(inner.GetSection("Site")).Build();
        Hosts(whole).ShouldBe(["mid"]);
        Hosts(new ConfigurationBuilder().AddConfiguration(whole).AddInMemoryCollection(
            [KeyValuePair.Create("Ppv:Broker:Hosts:0", (string?)"test")]).Build()).ShouldBe(["test"]);
    }

    [Fact]
    public void A_configuration_whose_sources_can_not_be_seen_is_refused()
    {
        var closed = new Closed(Root(Json("Ppv:Broker:Hosts", """["a"]""")));
        Problems(new ConfigurationBuilder().AddConfiguration(closed).Build()).ShouldBe(
            ["Some settings below Ppv come from a configuration whose sources can't be seen (Closed), so that nobody can keep their lists "
                + "apart. Hand over a section of the host's own configuration."]);
        Problems(new ConfigurationBuilder().AddConfiguration(new Closed(Root(Json("Other", "1")))).Build()).ShouldBeEmpty();
    }

    [Fact]
    public void Clients_come_by_name_from_all_sources_and_what_each_is_by_option()
    {
        var access = Access(
            ("Ppv:Access:Clients:ivr:Role", "Orders"), ("Ppv:Access:Clients:admin:Role", "Operator"),
            ("Ppv:Access:Clients:admin:Key", "a-key-of-24-characters-1"));
        access.Clients.Keys.Select(name => name.ToLowerInvariant()).Order().ShouldBe(["admin", "ivr"]);
        (access.Clients["ivr"].Key, access.Clients["ivr"].Role).ShouldBe(("a-key-of-24-characters-2", PpvAccessRole.Orders));
        access.Clients["admin"].Role.ShouldBe(PpvAccessRole.Operator);
    }

    private string Cfg => _folder.File("ppv_srv.cfg");

    /// <summary>Weaker ones say the rest; a secret is elsewhere.</summary>
    private static PpvAccessOptions Access(params (string Key, string Value)[] weaker)
    {
        var builder = Host.CreateApplicationBuilder(["--Ppv:Access:Clients:IVR:Key=a-key-of-24-characters-2"]);
        builder.Configuration.Sources.Insert(0, Memory(weaker));
        builder.AddPpvGateway();
        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptions<PpvAccessOptions>>().Value;
    }

    private PpvServerOptions Worker(string[] args, out StartupFindings notes)
    {
        File.WriteAllText(Cfg, Production);
        var builder = Host.CreateApplicationBuilder(["--cfg", Cfg, .. args]);
        builder.AddPpvServer();
        return Options(builder, out notes);
    }

    private static PpvServerOptions Options(HostApplicationBuilder builder, out StartupFindings notes)
    {
        using var host = builder.Build();
        notes = host.Services.GetRequiredService<StartupFindings>();
        return host.Services.GetRequiredService<IOptions<PpvServerOptions>>().Value;
    }

    private static List<string> Client(Func<IServiceCollection, IServiceCollection> add, string name = "")
    {
        using var provider = add(new ServiceCollection().AddLogging()).BuildServiceProvider();
        return provider.GetRequiredService<IOptionsMonitor<PpvClientOptions>>().Get(name).Broker.Hosts;
    }

    private static List<string?> Hosts(IConfiguration configuration) =>
        [.. SettingsReading.Of(configuration.GetSection("Ppv"), ProgramOptions.Shape).Settings.Select(setting => setting.Value)];

    private static IReadOnlyList<string> Problems(IConfiguration configuration) =>
        SettingsReading.Of(configuration.GetSection("Ppv"), ProgramOptions.Shape).Problems;

    private static IEnumerable<string> ListsOf(OptionShape shape, string path) => shape.Kind switch
    {
        OptionKind.List => [path],
        _ => shape.Options.SelectMany(option => ListsOf(option.Value, $"{path}:{option.Key}")),
    };

    private static IConfigurationRoot Root(params IConfigurationSource[] weakestFirst)
    {
        var builder = new ConfigurationBuilder();
        foreach (var source in weakestFirst) builder.Add(source);
        return builder.Build();
    }

    /// <summary>A file that says one thing.</summary>
    private static Microsoft.Extensions.Configuration.Json.JsonStreamConfigurationSource Json(string path, string value)
    {
        var names = path.Split(':');
        var text = string.Concat(names.Select(name => $"{{\"{name}\":")) + value + new string('}', names.Length);
        return new() { Stream = new MemoryStream(Encoding.UTF8.GetBytes(text)) };
    }

    private static Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource Memory(params (string Key, string Value)[] values) =>
        new() { InitialData = values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)) };

    private sealed class Closed(IConfiguration inner) : IConfiguration
    {
        public string? this[string key] { get => inner[key]; set => inner[key] = value; }

        public IEnumerable<IConfigurationSection> GetChildren() => inner.GetChildren();

        public Microsoft.Extensions.Primitives.IChangeToken GetReloadToken() => inner.GetReloadToken();

        public IConfigurationSection GetSection(string key) => inner.GetSection(key);
    }
}
