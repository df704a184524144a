using System.Diagnostics;

namespace Ppv.Broker.Tests;

/// <summary>
/// A worker of a test that is started with production's old file and a test broker's host in its environment: production has two hosts, and
/// .NET would keep the second one. Here production is a real broker, and nobody from the test may come to it.
/// </summary>
public sealed class MixedSourcesTests(SharedBroker broker) : IDisposable
{
    private readonly string _queue = TestBroker.UniqueQueueName("mixed");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-mixed-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("Worker", "ppv-worker")]
    [InlineData("Gateway", "ppv-gateway")]
    public async Task A_check_looks_at_the_hosts_of_the_test_alone_and_says_where_each_is_from(string sample, string assembly)
    {
        using var test = new ClosedPort();
        await using var program = Start(sample, assembly, test.Address, "--check");

        (await program.ExitCodeAsync()).ShouldBe(1, program.Output);

        program.Output.ShouldNotContain(broker.Address.HostAndPort);
        program.Output.ShouldContain($"set   Ppv:Broker:Hosts:0 = {test.Address} (the environment variable Ppv__Broker__Hosts__0)");
        program.Output.ShouldContain($"set   Ppv:Rpc:Queue = {_queue} ({Cfg}, line 7 (--cfg))");
        program.Output.ShouldContain("set   Ppv:Broker:Password = ***");
        program.Output.ShouldContain(
            $"warn  Ppv:Broker:Hosts comes whole from the environment; what {Cfg} (--cfg) says of it has no effect.");
    }

    [Fact]
    public async Task A_test_worker_never_takes_over_productions_queue()
    {
        using var test = new ClosedPort();
        await using var program = Start("Worker", "ppv-worker", test.Address, "--Ppv:Broker:MaxRetries=2");

        (await program.ExitCodeAsync()).ShouldBe(1, program.Output); // It has tried all of its hosts, and none is there.

        program.Output.ShouldContain("Settings from the environment: Ppv:Broker:Hosts:0.");
        program.Output.ShouldNotContain("ready.");
        program.Output.ShouldNotContain(broker.Address.HostAndPort);
    }

    [Theory]
    [InlineData("Ppv__Broker__Hosts", "x", "Ppv:Broker:Hosts is a list, and not one value: number its entries, as Ppv:Broker:Hosts:0. "
        + "It is from the environment variable Ppv__Broker__Hosts.")]
    [InlineData("Ppv__Broker__Host", "x", "Ppv:Broker:Host is not known; did you mean Ppv:Broker:Hosts? It is from the environment "
        + "variable Ppv__Broker__Host.")]
    [InlineData("Ppv__Access__Clients__ivr__Role", "Order", "Ppv:Access:Clients:ivr:Role is \"Order\"; it must be one of Orders, "
        + "Operator.")]
    [InlineData("Ppv__Acces__Clients__ivr__Key", "geheim", "Ppv:Acces is not known; did you mean Ppv:Access?")]
    public async Task What_would_be_dropped_ends_the_start_and_the_check_with_78(string variable, string value, string message)
    {
        foreach (var arguments in (string[][])[[], ["--check"]])
        {
            var start = new ProcessStartInfo("dotnet", [
                SampleProgram.PathTo("samples/Gateway", "ppv-gateway"), "--urls=http://127.0.0.1:0", .. arguments]);
            start.Environment[variable] = value;
            await using var program = SampleProgram.Start(start);
            (await program.ExitCodeAsync()).ShouldBe(78, program.Output);
            program.Output.ShouldContain(message);
            program.Output.ShouldNotContain("geheim");
        }
    }

    private string Cfg => Path.Combine(_folder.FullName, "production.cfg");

    private SampleProgram Start(string sample, string assembly, string testHost, params string[] arguments)
    {
        File.WriteAllText(Cfg, $"""
            [RabbitMQ]
            primary_host=127.0.0.1:1
            backup_host={broker.Address.HostAndPort}
            vhost={broker.Address.VirtualHost}
            username={broker.Address.UserName}
            password={broker.Address.Password}
            rpc_queue={_queue}
            """);
        var start = new ProcessStartInfo("dotnet", [
            SampleProgram.PathTo("samples/" + sample, assembly), "--cfg", Cfg, "--urls=http://127.0.0.1:0",
            $"--Ppv:Server:Journal:Path={_folder.FullName}/orders.db", .. arguments]);
        start.Environment["Ppv__Broker__Hosts__0"] = testHost;
        return SampleProgram.Start(start);
    }
}
