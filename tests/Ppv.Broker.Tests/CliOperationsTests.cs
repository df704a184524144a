using System.Globalization;
using Ppv.Broker.Tests.Brokers;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using RabbitMQ.Client;

namespace Ppv.Broker.Tests;

/// <summary>The verbs of <c>ppv</c> that look at a broker, as processes, on a real RabbitMQ.</summary>
public sealed class CliOperationsTests(SharedBroker broker)
{
    private readonly string _queue = TestBroker.UniqueQueueName("cli");

    private string Amqp => Address(broker.Address.Password);

    [Fact]
    public async Task The_doctor_finds_nothing_wrong_where_a_worker_takes_orders()
    {
        await using var worker = await RealConnection.DialAsync(broker.Address);
        await worker.DeclareQueueAsync(new QueueDeclaration(_queue, QueueKind.LegacyTransient, RealConnection.Ttl), Bounds.Token);
        (await worker.TryConsumeAsync(_queue, ConsumerKind.Shared)).ShouldBeTrue();

        var run = await RunAsync("doctor", "--amqp", Amqp, "--queue", _queue);
        run.ExitCode.ShouldBe(0, run.Output + run.Error);
        run.Output.ShouldContain($"into virtual host '{broker.Address.VirtualHost}'");
        run.Output.ShouldContain($"has queue '{_queue}', 1 worker takes orders from it, and 0 orders wait in it.");
        run.Output.ShouldMatch(@"ok       round trip: A message to oneself through .* was back in \d+ ms\.");
        run.Output.ShouldContain("\nNo fault was found in what was looked at (not: ");
    }

    [Fact]
    public async Task A_queue_that_nobody_serves_is_a_fault_and_one_that_is_missing_is_not_made()
    {
        var missing = await RunAsync("doctor", "--amqp", Amqp, "--queue", _queue);
        missing.ExitCode.ShouldBe(1);
        missing.Output.ShouldContain($"fault    queue: Queue '{_queue}' on");
        var check = await RunAsync("check", "queue", "--amqp", Amqp, "--queue", _queue);
        check.ExitCode.ShouldBe(2);

        await using var connection = await RealConnection.DialAsync(broker.Address);
        (await Should.ThrowAsync<BrokerException>(connection.CountAsync(_queue, Bounds.Token))).Message.ShouldContain("404");
        await connection.DeclareQueueAsync(new QueueDeclaration(_queue, QueueKind.LegacyTransient, RealConnection.Ttl), Bounds.Token);
        var unserved = await RunAsync("doctor", "--amqp", Amqp, "--queue", _queue);
        unserved.ExitCode.ShouldBe(1);
        unserved.Output.ShouldContain("nobody takes orders from it");
    }

    [Fact]
    public async Task A_refused_login_is_a_fault_and_its_password_is_shown_nowhere()
    {
        const string wrong = "wr0ng-s3cret";
        foreach (var arguments in (string[][])[["doctor"], ["check", "broker"], ["check", "queue"]])
        {
            var run = await RunAsync([.. arguments, "--amqp", Address(wrong)]);
            run.ExitCode.ShouldBe(arguments[0] == "doctor" ? 1 : 2);
            run.Output.ShouldContain($"refused the login of user '{broker.Address.UserName}'");
            (run.Output + run.Error).ShouldNotContain(wrong);
        }
    }

    [Fact]
    public async Task The_queues_depth_and_its_workers_are_measured()
    {
        await using var connection = await RealConnection.DialAsync(broker.Address);
        await connection.DeclareQueueAsync(new QueueDeclaration(_queue, QueueKind.LegacyTransient, RealConnection.Ttl), Bounds.Token);
        await using var plain = await broker.Address.ConnectAsync();
        var channel = await plain.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        for (var i = 0; i < 3; i++) await channel.BasicPublishAsync("", _queue, mandatory: true, new byte[] { 1 });

        string[] check = ["check", "queue", "--amqp", Amqp, "--queue", _queue, "--warn", "time=off", "--critical", "time=off"];
        var alarmed = await RunAsync(check);
        alarmed.ExitCode.ShouldBe(2);
        alarmed.Output.ShouldContain("consumers is 0, below 1.");
        alarmed.Output.ShouldContain("| depth=3;100;1000 consumers=0;1:;1: time=");
        var warned = await RunAsync([.. check, "--critical", "consumers=off", "--warn", "consumers=off", "--warn", "depth=2"]);
        warned.ExitCode.ShouldBe(1);
        warned.Output.ShouldContain("depth is 3, above 2.");
        var good = await RunAsync([.. check, "--critical", "consumers=off", "--warn", "consumers=off"]);
        good.ExitCode.ShouldBe(0);
        good.Output.ShouldStartWith("PPV QUEUE OK - ");
        (await connection.CountAsync(_queue, Bounds.Token)).ShouldBe(new QueueCounts(3, 0));
    }

    [Fact]
    public async Task Each_host_of_a_broker_is_tried()
    {
        string[] anyTime = ["--warn", "time=off", "--critical", "time=off"];
        var good = await RunAsync(["check", "broker", "--amqp", Amqp, .. anyTime]);
        good.ExitCode.ShouldBe(0);
        good.Output.ShouldStartWith("PPV BROKER OK - 1 of 1 hosts let us in.");
        var half = await RunAsync(["check", "broker", "--amqp", Amqp, "--amqp", "127.0.0.1:1", .. anyTime]);
        half.ExitCode.ShouldBe(1);
        half.Output.ShouldStartWith("PPV BROKER WARNING - down is 1, above 0. 1 of 2 hosts let us in. RabbitMQ on 127.0.0.1:1 can't be");
    }

    private static Task<CommandLine.Result> RunAsync(params string[] arguments)
    {
        var noContexts = new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = Path.Combine(AppContext.BaseDirectory, "no-contexts") };
        return CommandLine.RunAsync(
            "dotnet", [SampleProgram.PathTo(Path.Combine("samples", "Cli"), "ppv"), .. arguments], Bounds.Limit, environment: noContexts);
    }

    private string Address(string password)
    {
        var to = broker.Address;
        return string.Create(CultureInfo.InvariantCulture,
            $"amqp://{to.UserName}:{Uri.EscapeDataString(password)}@{to.HostAndPort}/{Uri.EscapeDataString(to.VirtualHost)}");
    }
}
