using System.Text.Json;
using System.Text.RegularExpressions;
using Ppv.Cli.Tests;
using Ppv.Rpc;

namespace Ppv.Broker.Tests.Presence;

/// <summary>
/// <c>ppv workers</c> as a process, on a terminal and not, against workers and gateways on a real broker: another process can't reach the
/// one in memory.
/// </summary>
public sealed partial class WorkersVerbTests(SharedBroker broker)
{
    private static readonly string Document = RepositoryPaths.PathTo("docs", "cli.md");
    private readonly string _queue = TestBroker.UniqueQueueName("workers");

    private string Amqp =>
        $"amqp://{broker.Address.UserName}:{broker.Address.Password}@{broker.Address.HostAndPort}/"
        + Uri.EscapeDataString(broker.Address.VirtualHost);

    [Fact]
    public async Task Leader_standby_and_gateway_are_listed_as_the_document_shows_and_a_difference_is_pointed_out()
    {
        await using var leader = await WorkerAsync(lastLine: 29);
        await leader.ReadyAsync();
        await using var standby = await WorkerAsync(lastLine: 30);
        await using var gateway = await GatewayHost.StartAsync(options =>
        {
            broker.Address.ApplyTo(options.Broker);
            options.Rpc.Queue = _queue;
        });

        var run = await UntilAsync(
            output => output.Contains("leader") && output.Contains("standby") && output.Contains("gateway"), "--all");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldBeEmpty();
        run.Output.ShouldNotContain("\u001b");
        var printed = run.Output.Replace(_queue, "prod.ppv.kfs", StringComparison.Ordinal)
            .Replace(broker.Address.HostAndPort, "kfs-gax:5672", StringComparison.Ordinal)
            .Replace(Environment.MachineName, "worker-1", StringComparison.Ordinal);
        var documented = Documented();
        if (Environment.GetEnvironmentVariable("PPV_UPDATE_DOCS") == "1")
            await File.WriteAllTextAsync(Document, (await File.ReadAllTextAsync(Document)).Replace(documented, printed));
        else
            Shape(printed).ShouldBe(Shape(documented), "PPV_UPDATE_DOCS=1 writes docs/cli.md anew.");

        var terminal = await Tool.RunOnTerminalAsync(null, "workers", "--amqp", Amqp, "--queue", _queue, "--wait", "3s");
        terminal.ExitCode.ShouldBe(0, terminal.Output);
        terminal.Output.ShouldContain("\u001b[");
        terminal.Output.ShouldContain("machine"); // A fact a line: the table has no room in 110 columns.
        terminal.Output.ShouldContain("not set alike");
    }

    [Fact]
    public async Task As_JSON_it_is_for_programs()
    {
        await using var worker = await WorkerAsync(lastLine: 29);
        await worker.ReadyAsync();

        var run = await UntilAsync(output => output.Contains("\"leader\""), "--json");

        run.ExitCode.ShouldBe(0, run.Error);
        using var json = JsonDocument.Parse(run.Output);
        json.RootElement.GetProperty("isServed").GetBoolean().ShouldBeTrue();
        var queue = json.RootElement.GetProperty("queues").EnumerateArray().ShouldHaveSingleItem();
        queue.GetProperty("name").GetString().ShouldBe(_queue);
        var only = queue.GetProperty("workers").EnumerateArray().ShouldHaveSingleItem();
        (only.GetProperty("place").GetString(), only.GetProperty("worker").GetProperty("lastLine").GetInt32()).ShouldBe(("leader", 29));
        json.RootElement.TryGetProperty("clients", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_queue_without_a_worker_is_exit_code_1_with_what_to_do_and_asking_makes_no_queue()
    {
        var run = await RunAsync("--wait", "500ms");

        run.ExitCode.ShouldBe(1, run.Output);
        run.Output.ShouldContain($"No worker of queue {_queue} has answered. Start one.");
        (await broker.Broker.ControlAsync("list_queues", "-p", broker.Address.VirtualHost, "name")).ShouldNotContain(_queue);
    }

    [Fact]
    public async Task Nobody_at_all_is_a_sentence_and_exit_code_1_and_a_broker_that_can_not_be_asked_is_named()
    {
        var vhost = $"/empty-{Guid.NewGuid():N}";
        await broker.Broker.ControlAsync("add_vhost", vhost);
        await broker.Broker.ControlAsync("set_permissions", "-p", vhost, broker.Address.UserName, ".*", ".*", ".*");
        var amqp = $"amqp://{broker.Address.UserName}:{broker.Address.Password}@{broker.Address.HostAndPort}/{Uri.EscapeDataString(vhost)}";

        var run = await Tool.RunAsync("workers", "--amqp", amqp, "--amqp", "127.0.0.1:1");

        run.ExitCode.ShouldBe(1, run.Output);
        run.Output.ShouldStartWith($"Nobody has answered over amqp://{broker.Address.UserName}:****@");
        run.Error.ShouldStartWith("RabbitMQ on 127.0.0.1:1 can't be reached");
        await broker.Broker.ControlAsync("delete_vhost", vhost);
    }

    [Fact]
    public async Task Who_may_not_ask_is_told_which_right_is_missing()
    {
        await using var user = await LimitedUser.MakeAsync(broker, "^amq\\.gen-.*$", "^$", "^amq\\.gen-.*$");
        var amqp = $"amqp://{user.Address.UserName}:{user.Address.Password}@{user.Address.HostAndPort}/"
            + Uri.EscapeDataString(user.Address.VirtualHost);

        var run = await Tool.RunAsync("workers", "--amqp", amqp);

        run.ExitCode.ShouldBe(3, run.Output);
        run.Error.ShouldContain("does not let us publish to 'amq.direct'");
        run.Error.ShouldContain("Give the user write permission on it.");

        // And no more than that is needed.
        await user.SetAsync("^amq\\.gen-.*$", "^amq\\.direct$", "^amq\\.gen-.*$");
        (await Tool.RunAsync("workers", "--amqp", amqp, "--queue", _queue, "--wait", "500ms")).ExitCode.ShouldBe(1);
    }

    private Task<WorkerHost> WorkerAsync(int lastLine) => WorkerHost.StartAsync(options =>
    {
        broker.Address.ApplyTo(options.Broker);
        (options.Rpc.Queue, options.Rpc.TakeoverGrace, options.Server.LastLine) = (_queue, TimeSpan.Zero, lastLine);
    });

    private Task<ToolRun> RunAsync(params string[] arguments) =>
        Tool.RunAsync(["workers", "--amqp", Amqp, "--queue", _queue, .. arguments]);

    /// <summary>Asks until what is wanted is shown: who has just started is seen a moment later.</summary>
    private async Task<ToolRun> UntilAsync(Func<string, bool> isWanted, params string[] arguments)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var run = await RunAsync([.. arguments, "--wait", "3s"]);
            if (isWanted(run.Output)) return run;
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(90), run.Output + run.Error);
        }
    }

    private static string Documented() =>
        Example().Match(File.ReadAllText(Document)) is { Success: true } match
            ? match.Groups["output"].Value
            : throw new InvalidOperationException("docs/cli.md has no example of 'ppv workers --all'.");

    /// <summary>What differs from run to run is made equal.</summary>
    private static string Shape(string text) => Numbers().Replace(Hashes().Replace(text.Trim(), "HASH"), "0");

    [GeneratedRegex(@"```text\n\$ ppv workers --all\n(?<output>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("[0-9a-f]{12}")]
    private static partial Regex Hashes();

    [GeneratedRegex(@"[0-9]+( (d|h|min|s))?( [0-9]+ (h|min|s))?")]
    private static partial Regex Numbers();
}
