using Ppv.Testing;

namespace Ppv.Broker.Tests;

/// <summary>The verbs of <c>ppv</c> that send orders, as a process, through a real RabbitMQ.</summary>
public sealed class CliTrafficTests(SharedBroker broker)
{
    private readonly string _queue = TestBroker.UniqueQueueName("cli");

    private string Amqp =>
        $"amqp://{broker.Address.UserName}:{broker.Address.Password}@{broker.Address.HostAndPort}/"
            + Uri.EscapeDataString(broker.Address.VirtualHost);

    [Fact]
    public async Task A_call_through_the_broker_is_booked_and_its_password_is_not_shown()
    {
        await using var worker = await StartWorkerAsync();
        await using var ppv = Start("call", "--ev", "262193", "--en", "85165320", "--confirm", "--yes");

        (await ppv.ExitCodeAsync()).ShouldBe(0, ppv.Output);

        var purchase = worker.Wizard.Purchases.ShouldHaveSingleItem();
        (purchase.Event, purchase.Subscriber).ShouldBe(("262193", "85165320"));
        ppv.Output.ShouldContain($"queue {_queue} at amqp://{broker.Address.UserName}:****@");
        ppv.Output.ShouldNotContain($":{broker.Address.Password}@");
        foreach (var hop in (string[])["connect ", "exchange "]) ppv.Output.ShouldContain(hop);
        ppv.Output.ShouldContain("outcome        Completed");
    }

    [Fact]
    public async Task A_load_through_the_broker_buys_as_often_as_it_says()
    {
        await using var worker = await StartWorkerAsync();
        await using var ppv = Start("bench", "--concurrency", "4", "--count", "20", "--fail-if", "errors>0", "--yes");

        (await ppv.ExitCodeAsync()).ShouldBe(0, ppv.Output);

        worker.Wizard.Purchases.Count.ShouldBe(20);
        ppv.Output.ShouldContain("calls       20 in ");
    }

    /// <summary>A misspelt name must not leave a queue behind that swallows orders.</summary>
    [Fact]
    public async Task A_queue_that_is_not_there_is_told_and_not_made()
    {
        for (var time = 1; time <= 2; time++)
        {
            await using var ppv = Start("call", "--ev", "262193");
            (await ppv.ExitCodeAsync()).ShouldBe(3, ppv.Output);
            ppv.Output.ShouldContain(_queue);
            ppv.Output.ShouldNotContain("send time");
        }
    }

    private SampleProgram Start(string verb, params string[] arguments) =>
        SampleProgram.Start("Cli", "ppv", [verb, "--amqp", Amqp, "--queue", _queue, .. arguments]);

    private async Task<WorkerHost> StartWorkerAsync()
    {
        var worker = await WorkerHost.StartAsync(options =>
        {
            options.Broker.Hosts = [broker.Address.HostAndPort];
            options.Broker.VirtualHost = broker.Address.VirtualHost;
            options.Broker.UserName = broker.Address.UserName;
            options.Broker.Password = broker.Address.Password;
            options.Rpc.Queue = _queue;
        });
        await worker.ReadyAsync();
        return worker;
    }
}
