using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.DependencyInjection;

/// <summary>Several clients in one application, each with a name, options and hosts of its own.</summary>
public class SeveralClientsTests
{
    private static readonly ConnectionId Call = ConnectionId.Parse("01");

    [Fact]
    public async Task Each_named_client_goes_to_the_host_and_queue_of_its_own_options()
    {
        var (kfs, bs) = (new ScriptedConnection(), new ScriptedConnection());
        await using var provider = Services((_, host) => host.Name == "kfs-gax" ? kfs : bs)
            .AddPpvClient("kfs", options => (options.Broker.Hosts, options.Rpc.Queue) = (["kfs-gax"], "kfs"))
            .AddPpvClient("bs", Section(("Broker:Hosts:0", "bs-gax"), ("Rpc:Queue", "bs")))
            .BuildServiceProvider();

        _ = provider.GetRequiredKeyedService<IPpvClient>("kfs").SendAsync(PpvOrder.Event(Call, "1"));
        _ = provider.GetRequiredKeyedService<IPpvClient>("bs").SendAsync(PpvOrder.Event(Call, "1"));

        (await kfs.NextPublishedAsync()).Queue.ShouldBe("kfs");
        (await bs.NextPublishedAsync()).Queue.ShouldBe("bs");
        provider.GetService<IPpvClient>().ShouldBeNull();
        provider.GetRequiredKeyedService<IBrokerSwitch>("bs").Hosts.Single().Host.Name.ShouldBe("bs-gax");
    }

    [Fact]
    public async Task Named_clients_and_the_one_without_a_name_live_beside_each_other()
    {
        await using var provider = Services((_, _) => new ScriptedConnection())
            .AddPpvClient()
            .AddPpvClient("kfs")
            .AddPpvClient("kfs", options => options.Rpc.Queue = "changed")
            .BuildServiceProvider();

        var clients = new[] { provider.GetRequiredService<IPpvClient>(), provider.GetRequiredKeyedService<IPpvClient>("kfs") };

        clients.Distinct().Count().ShouldBe(2);
        provider.GetKeyedServices<IPpvClient>("kfs").Count().ShouldBe(1);
        provider.GetRequiredService<IOptionsMonitor<PpvClientOptions>>().Get("kfs").Rpc.Queue.ShouldBe("changed");
    }

    [Fact]
    public void What_is_wrong_with_a_named_clients_options_names_the_client()
    {
        using var provider = Services((_, _) => new ScriptedConnection())
            .AddPpvClient("kfs", options => options.Rpc.Prefetch = 0)
            .BuildServiceProvider();
        var failure = Should.Throw<OptionsValidationException>(() => provider.GetRequiredKeyedService<IPpvClient>("kfs"));
        failure.Message.ShouldBe("Client 'kfs': Ppv:Rpc:Prefetch is 0; it must be 1 to 10000.");
    }

    [Fact]
    public async Task What_is_said_of_a_client_names_it_and_the_section_that_was_read()
    {
        var log = new RecordingLogger();
        var services = Services((_, host) => throw new BrokerException($"{host} can't be reached. Check Ppv:Broker:Hosts.", false));
        services.AddSingleton<ILoggerFactory>(new OneLoggerFactory(log));
        var configuration = Section(("Sites:Kfs:Broker:Hosts:0", "kfs-gax"), ("Sites:Bs:Broker:Hosts:0", "bs-gax"));
        services.AddPpvClient("kfs", configuration.GetSection("Sites:Kfs")).AddPpvClient("bs", configuration.GetSection("Sites:Bs"));
        services.AddHealthChecks().AddPpvClient("kfs").AddPpvClient("bs");
        await using var provider = services.BuildServiceProvider();
        foreach (var name in (string[])["kfs", "bs"]) provider.GetRequiredKeyedService<PpvClient>(name).Start();
        await Bounds.UntilAsync(
            () => log.Entries.Count(entry => entry.Message.Contains("can't be reached", StringComparison.Ordinal)) == 2, "both to say so");

        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        report.Entries["ppv-client-kfs"].Description.ShouldBe("Client 'kfs': kfs-gax:5672 can't be reached. Check Sites:Kfs:Broker:Hosts.");
        report.Entries["ppv-client-bs"].Description.ShouldBe("Client 'bs': bs-gax:5672 can't be reached. Check Sites:Bs:Broker:Hosts.");
        var said = log.Entries.Where(entry => entry.Level == LogLevel.Warning).Select(entry => entry.Message).ToList();
        said.ShouldAllBe(text => text.StartsWith("Client 'kfs': ", StringComparison.Ordinal)
            == text.Contains("Sites:Kfs:Broker:Hosts", StringComparison.Ordinal));
        said.ShouldContain(text => text.StartsWith("Client 'bs': ", StringComparison.Ordinal));
        said.ShouldNotContain(text => text.Contains("Ppv:", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_wrong_with_options_of_a_section_names_that_section()
    {
        var section = Section(("Sites:Kfs:Rpc:Prefetch", "0")).GetSection("Sites:Kfs");
        using var provider = Services((_, _) => new ScriptedConnection()).AddPpvClient("kfs", section).BuildServiceProvider();

        Should.Throw<OptionsValidationException>(() => provider.GetRequiredKeyedService<IPpvClient>("kfs")).Message
            .ShouldBe("Client 'kfs': Sites:Kfs:Rpc:Prefetch is 0; it must be 1 to 10000.");
    }

    [Theory]
    [InlineData("Nope", "Ppv:Broker:Hosts:0", "kfs-gax", "There is no section Nope in the configuration")]
    [InlineData("", "Ppv:Broker:Hosts:0", "kfs-gax", "neither Broker nor Rpc stands at its top")]
    [InlineData("Ppv", "Ppv:Broker:Host", "kfs-gax", "Ppv:Broker:Host is not known; did you mean Ppv:Broker:Hosts?")]
    [InlineData("Ppv", "Ppv:Broker:Hosts", "kfs-gax", "Ppv:Broker:Hosts is a list, and not one value")]
    [InlineData("Ppv", "Ppv", "kfs-gax", "Ppv is a section, and not one value")]
    [InlineData("Ppv:Broker", "Ppv:Broker:Hosts:0", "kfs-gax", "Ppv:Broker:Hosts is not known")]
    public void A_section_that_says_nothing_of_the_client_is_no_reason_to_go_to_this_machine(
        string section, string key, string value, string problem)
    {
        IConfiguration whole = Section((key, value));
        foreach (var services in (IServiceCollection[])[
            Services((_, _) => new ScriptedConnection()).AddPpvClient(section.Length == 0 ? whole : whole.GetSection(section)),
            Services((_, _) => new ScriptedConnection()).AddPpvClient("kfs", section.Length == 0 ? whole : whole.GetSection(section))])
        {
            using var provider = services.BuildServiceProvider();
            Should.Throw<OptionsValidationException>(() => provider.GetService<PpvClient>() ?? provider.GetKeyedService<PpvClient>("kfs"))
                .Message.ShouldContain(problem);
        }
    }

    [Fact]
    public void An_empty_section_means_the_defaults()
    {
        using var provider = Services((_, _) => new ScriptedConnection()).AddPpvClient(Section(("Ppv", "")).GetSection("Ppv"))
            .BuildServiceProvider();

        provider.GetRequiredService<PpvClient>().Hosts.ShouldHaveSingleItem().Host.Name.ShouldBe("localhost");
    }

    [Fact]
    public async Task A_health_check_for_a_client_that_was_not_added_says_so_and_lets_the_others_speak()
    {
        var services = Services((_, _) => new ScriptedConnection()).AddPpvClient("kfs");
        services.AddHealthChecks().AddPpvClient("kfx").AddPpvClient().AddPpvClient("kfs");
        await using var provider = services.BuildServiceProvider();

        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        report.Entries["ppv-client-kfx"].Status.ShouldBe(HealthStatus.Unhealthy);
        report.Entries["ppv-client-kfx"].Description!.ShouldStartWith("No client was added with the name 'kfx'.");
        report.Entries["ppv-client-kfx"].Exception.ShouldBeNull();
        report.Entries["ppv-client"].Description!.ShouldStartWith("No client was added:");
        report.Entries["ppv-client-kfs"].Description!.ShouldStartWith("Client 'kfs': ");
    }

    [Fact]
    public async Task A_client_that_is_gone_is_named_for_what_it_is()
    {
        var provider = Services((_, _) => new ScriptedConnection()).AddPpvClient().BuildServiceProvider();
        var client = provider.GetRequiredService<IPpvClient>();
        await provider.DisposeAsync();

        Func<Task>[] uses =
        [
            () => client.SendAsync(PpvOrder.Event(Call, "1")), () => client.PurchaseAsync(Call, "1", "2"), () => client.GetStatusAsync("1"),
            () => client.GetPurchaseStatusAsync("1"),
        ];
        foreach (var use in uses) (await Should.ThrowAsync<ObjectDisposedException>(use)).ObjectName.ShouldBe(typeof(PpvClient).FullName);
    }

    [Fact]
    public async Task A_provider_that_is_not_disposed_of_asynchronously_closes_its_clients_too()
    {
        var connection = new ScriptedConnection();
        var provider = Services((_, _) => connection).AddPpvClient().AddPpvClient("kfs").BuildServiceProvider();
        var client = provider.GetRequiredKeyedService<PpvClient>("kfs");
        client.Start();
        await Bounds.UntilAsync(() => client.Status.IsReady, "the connection");

        provider.Dispose();

        await Bounds.UntilAsync(() => connection.Disposed, "the connection to be closed");
        await Should.ThrowAsync<ObjectDisposedException>(client.SendAsync(PpvOrder.Event(Call, "1")));
    }

    [Fact]
    public async Task A_health_check_says_of_each_client_whether_orders_can_pass()
    {
        var services = Services((_, host) => host.Name == "down" ? throw ScriptedDialer.Unavailable : new ScriptedConnection(host));
        services.AddPpvClient(options => options.Broker.Hosts = ["kfs-gax"]).AddPpvClient("bs", options => options.Broker.Hosts = ["down"]);
        services.AddHealthChecks().AddPpvClient().AddPpvClient("bs", failureStatus: HealthStatus.Degraded, tags: ["ready"]);
        await using var provider = services.BuildServiceProvider();
        var checks = provider.GetRequiredService<HealthCheckService>();
        (await checks.CheckHealthAsync()).Entries["ppv-client"].Status.ShouldBe(HealthStatus.Unhealthy); // It has not been started.

        var (good, bad) = (provider.GetRequiredService<PpvClient>(), provider.GetRequiredKeyedService<PpvClient>("bs"));
        good.Start();
        bad.Start();
        await Bounds.UntilAsync(() => good.Status.IsReady && bad.Status.Description == "It is down.", "both to have tried");

        var report = await checks.CheckHealthAsync();
        report.Entries["ppv-client"].ShouldSatisfyAllConditions(
            entry => entry.Status.ShouldBe(HealthStatus.Healthy),
            entry => entry.Description.ShouldBe("Connected to RabbitMQ on kfs-gax:5672."));
        report.Entries["ppv-client-bs"].ShouldSatisfyAllConditions(
            entry => entry.Status.ShouldBe(HealthStatus.Degraded),
            entry => entry.Description.ShouldBe("Client 'bs': It is down."),
            entry => entry.Tags.ShouldBe(["ready"]));
    }

    private static ServiceCollection Services(Func<int, BrokerHost, IBrokerConnection> script)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IBrokerDialer>(new ScriptedDialer(script));
        return services;
    }

    private static IConfiguration Section(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => pair.Key, pair => (string?)pair.Value)).Build();
}
