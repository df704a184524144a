using System.Text.Json;
using Ppv.Deployment.Tests.Support;
using Ppv.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Ppv.Deployment.Tests;

/// <summary>
/// samples/deploy/rabbitmq/definitions.json on a real broker: the programs have all the rights that they need under it, and no others.
/// </summary>
public sealed class RabbitMqRightsTests : IAsyncLifetime
{
    private const string Queue = "prod.ppv.kfs";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-rights-");
    private TestBrokerNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await TestBrokerNode.StartAsync();
        await ImportAsync();
        foreach (var user in (string[])["ppv-gateway", "ppv-worker", "ppv-operator"])
            await _node.ControlAsync("change_password", user, PasswordOf(user));
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Under_these_rights_calls_are_served_a_standby_worker_takes_over_and_nothing_else_is_allowed()
    {
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync();
        await using var first = await WorkerAsync(wizard, "first");
        await using var second = await WorkerAsync(wizard, "second");
        var (gateway, port) = await Programs.GatewayAsync(As("ppv-gateway"), Queue, "--Ppv:Rpc:QueueKind=Passive");
        await using var _ = gateway;
        using var http = Programs.Client(port);

        await An_operator_sees_who_is_there();
        await BuyAsync(http, "012703395c597610");
        // Its event and subscriber are known to the first worker, its confirm comes to the second: the leader record passed between them.
        await CommandAsync(http, "0128031c21578752", "EV", "262193");
        await CommandAsync(http, "0128031c21578752", "EN", "85165320");
        (await first.TerminateAsync()).ShouldBe(0, first.Output);
        await CommandAsync(http, "0128031c21578752", "CONFIRM", "UP");
        wizard.Purchases.Count.ShouldBe(2);

        foreach (var program in (SampleProgram[])[first, second, gateway])
        {
            program.Output.ShouldNotContain("direct reply-to");
            program.Output.ShouldNotContain("refused");
            program.Output.ShouldNotContain("is not seen");
        }

        await Allowed_is_no_more_than_that();
        await The_policy_leaves_leader_records_alone();
    }

    /// <summary>Gateway, leader and standby answer to who may do nothing else.</summary>
    private async Task An_operator_sees_who_is_there()
    {
        await using var connection = await As("ppv-operator").ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        var replies = (await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: true)).QueueName;
        var seen = new HashSet<string>();
        var since = TimeProvider.System.GetTimestamp();
        while (!seen.SetEquals(["gateway", "worker leader", "worker standby"]))
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(40), string.Join(", ", seen));
            await channel.BasicPublishAsync("amq.direct", "ppv.presence", mandatory: true, new BasicProperties
            {
                Type = "ppv.presence", ReplyTo = replies, CorrelationId = "1",
            }, ReadOnlyMemory<byte>.Empty);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            while (await channel.BasicGetAsync(replies, autoAck: true) is { } report)
            {
                var said = JsonDocument.Parse(report.Body).RootElement;
                var place = said.TryGetProperty("place", out var where) ? $" {where}" : "";
                seen.Add($"{said.GetProperty("role")}{place}");
            }
        }
    }

    private async Task Allowed_is_no_more_than_that()
    {
        await RefusedAsync(
            "ppv-gateway", channel => channel.BasicConsumeAsync(Queue, autoAck: true, new AsyncDefaultBasicConsumer(channel)));
        await RefusedAsync("ppv-gateway", channel => channel.BasicGetAsync(Queue, autoAck: true));
        await RefusedAsync("ppv-gateway", channel => channel.QueueDeleteAsync(Queue));
        await RefusedAsync("ppv-gateway", channel => channel.QueuePurgeAsync(Queue));
        await RefusedAsync("ppv-gateway", channel => channel.BasicGetAsync(Queue + ".note", autoAck: true));
        await RefusedAsync("ppv-gateway", channel => channel.QueueDeclareAsync("prod.ppv.bs", true, false, false));
        await RefusedAsync("ppv-worker", channel => channel.QueueDeclareAsync("another.queue", true, false, false));
        await RefusedAsync("ppv-worker", channel => channel.ExchangeDeclareAsync("another.exchange", "fanout"));
        await RefusedAsync("ppv-operator", channel => channel.BasicGetAsync(Queue, autoAck: true));
        await RefusedAsync("ppv-operator", channel => channel.QueueDeleteAsync(Queue));
        await RefusedAsync("ppv-operator", channel => channel.QueueDeclareAsync("another.queue", true, false, false));
        await RefusedAsync("ppv-operator", channel => channel.QueueBindAsync(Queue, "amq.direct", "ppv.presence"));
        await RefusedAsync("ppv-operator", channel => PublishAsync(channel, "", Queue));
        await RefusedAsync("ppv-gateway", channel => PublishAsync(channel, "amq.fanout", ""));
    }

    private async Task The_policy_leaves_leader_records_alone()
    {
        var queues = (await _node.ControlAsync("list_queues", "-p", "/ppv", "name", "policy")).Split('\n');
        queues.Single(line => line.StartsWith(Queue + "\t", StringComparison.Ordinal)).ShouldContain("ppv-orders");
        queues.Single(line => line.StartsWith(Queue + ".note", StringComparison.Ordinal)).ShouldNotContain("ppv-orders");
    }

    [Fact]
    public async Task Nobody_gets_in_before_a_password_was_set()
    {
        await ImportAsync();
        foreach (var password in (string[])["", "ppv-gateway"])
            await Should.ThrowAsync<BrokerUnreachableException>(
                async () => await (_node.Address with { UserName = "ppv-gateway", Password = password }).ConnectAsync());
    }

    /// <summary>As an administrator does; a broker in a container has no such file, and is told what stands in it.</summary>
    private async Task ImportAsync()
    {
        var file = RepositoryPaths.PathTo("samples", "deploy", "rabbitmq", "definitions.json");
        if (Environment.GetEnvironmentVariable("PPV_TEST_BROKER") != "docker")
        {
            await _node.ControlAsync("import_definitions", file);
            return;
        }

        var text = (await File.ReadAllTextAsync(file)).Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
        (await _node.ControlAsync("eval", $"rabbit_definitions:import_raw(<<\"{text}\">>).")).Trim().ShouldBe("ok");
    }

    private async Task RefusedAsync(string user, Func<IChannel, Task> act)
    {
        await using var connection = await As(user).ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        (await Should.ThrowAsync<OperationInterruptedException>(() => act(channel))).ShutdownReason!.ReplyCode.ShouldBe((ushort)403, user);
    }

    /// <summary>Publishing itself tells nothing; the next question does.</summary>
    private static async Task PublishAsync(IChannel channel, string exchange, string key)
    {
        await channel.BasicPublishAsync(exchange, key, mandatory: false, new BasicProperties(), ReadOnlyMemory<byte>.Empty);
        await channel.BasicQosAsync(0, 1, global: false);
    }

    private Task<SampleProgram> WorkerAsync(WizardSimulator wizard, string name) =>
        Programs.WorkerAsync(As("ppv-worker"), Queue, wizard.Port, Path.Combine(_folder.FullName, $"{name}.db"));

    private BrokerAddress As(string user) => _node.Address with { UserName = user, Password = PasswordOf(user) };

    private static string PasswordOf(string user) => $"{user}-password";

    private static async Task BuyAsync(HttpClient http, string connid)
    {
        await CommandAsync(http, connid, "EV", "262193");
        await CommandAsync(http, connid, "EN", "85165320");
        await CommandAsync(http, connid, "CONFIRM", "UP");
    }

    private static async Task CommandAsync(HttpClient http, string connid, string command, string value)
    {
        using var response = await http.OrderAsync(HttpMethod.Get, connid, command, value);
        (await response.Content.ReadAsStringAsync()).ShouldBe(Programs.Ok, $"{connid} {command}");
    }
}
