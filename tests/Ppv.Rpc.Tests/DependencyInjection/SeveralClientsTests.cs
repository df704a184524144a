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
        await Bounds.UntilAsync(() => log.Entries.Count(entry => entry.Message.Contains("can't be reached", StringComparison.Ordinal)) == 2, "both to say so");

        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        report.Entries["ppv-client-kfs"].Description.ShouldBe("Client 'kfs': kfs-gax:5672 can't be reached. Check Sites:Kfs:Broker:Hosts.");
        report.Entries["ppv-client-bs"].Description.ShouldBe("Client 'bs': bs-gax:5672 can't be reached. Check Sites:Bs:Broker:Hosts.");
        var said = log.Entries.Where(entry => entry.Level == LogLevel.Warning).Select(entry => entry.Message).ToList();
        said.ShouldAllBe(text => text.StartsWith("Client 'kfs': ", StringComparison.Ordinal) == text.Contains("Sites:Kfs:Broker:Hosts", StringComparison.Ordinal));
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
