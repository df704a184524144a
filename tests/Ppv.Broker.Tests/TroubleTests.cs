using System.Text;
using Microsoft.Extensions.Logging;
using Ppv.Hosting;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;
using RabbitMQ.Client;

namespace Ppv.Broker.Tests;

/// <summary>What goes wrong is said once, in a sentence that says what to do; callers get a code, not a hang.</summary>
public class TroubleTests(SharedBroker broker)
{
    private static readonly ConnectionId Connid = ConnectionId.Parse("012703395c597610");
    private readonly string _queue = TestBroker.UniqueQueueName("trouble");

    [Fact]
    public async Task A_wrong_password_is_named_but_not_shown_and_callers_are_told_at_once()
    {
        const string password = "not-the-password";
        await using var gateway = await GatewayHost.StartAsync(options => { Configure(options); options.Broker.Password = password; });

        var said = await gateway.Log.WaitForAsync(entry => entry.Level == LogLevel.Error, Bounds.Limit);
        var since = TimeProvider.System.GetTimestamp();
        var reply = await gateway.SendAsync(PpvOrder.Event(Connid, "1"));

        said.Message.ShouldContain($"refused the login of user '{broker.Address.UserName}'");
        said.Message.ShouldContain("Ppv:Broker:Password");
        (reply.Status, reply.Body, reply.Outcome).ShouldBe((200, GatewayReply.With("ER995"), "NotExecuted"));
        reply.Reason!.ShouldContain("no connection to the broker"); // Callers are told no hosts and no users.
        TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(
            TimeSpan.FromSeconds(9), "the caller waited although waiting was no use");
        gateway.Log.Snapshot().ShouldNotContain(entry => entry.Message.Contains(password, StringComparison.Ordinal)
            || $"{entry.Exception}".Contains(password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_virtual_host_that_is_not_there_is_named()
    {
        await using var worker = await WorkerHost.StartAsync(
            options => { broker.Address.ApplyTo(options.Broker); options.Broker.VirtualHost = "/nowhere"; });

        (await worker.Log.WaitForAsync(
            entry => entry.Level == LogLevel.Error, Bounds.Limit)).Message.ShouldContain("Ppv:Broker:VirtualHost");
    }

    [Fact]
    public async Task A_queue_that_is_there_with_other_arguments_is_used_as_it_is()
    {
        using var connection = await broker.Broker.ConnectAsync();
        using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(
            _queue, durable: false, exclusive: false, autoDelete: true, new Dictionary<string, object?> { ["x-message-ttl"] = 12345 });
        await using var worker =
            await WorkerHost.StartAsync(options =>
            {
                broker.Address.ApplyTo(options.Broker);
                (options.Rpc.Queue, options.Server.LineAllocation) = (_queue, LineAllocation.Modulo);
            });
        await worker.ReadyAsync();
        await using var gateway = await GatewayHost.StartAsync(Configure);

        (await gateway.SendAsync(PpvOrder.Event(Connid, "1"))).Body.ShouldBe(GatewayReply.Ok);

        foreach (var log in (CollectingLoggerProvider[])[gateway.Log, worker.Log])
            log.Snapshot().ShouldNotContain(entry => entry.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task A_worker_with_leased_lines_relies_on_its_queues_arguments_and_says_what_to_do_about_other_ones()
    {
        using var connection = await broker.Broker.ConnectAsync();
        using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(
            _queue, durable: false, exclusive: false, autoDelete: true, new Dictionary<string, object?> { ["x-message-ttl"] = 12345 });
        await using var worker = await WorkerHost.StartAsync(
            options => { broker.Address.ApplyTo(options.Broker); options.Rpc.Queue = _queue; });

        var said = await worker.Log.WaitForAsync(entry => entry.Level == LogLevel.Error, Bounds.Limit);

        string[] parts = [_queue, "406", "Ppv:Rpc:MessageTtl", "Ppv:Rpc:QueueKind", "Ppv:Rpc:SingleActiveConsumer", "delete the queue"];
        foreach (var part in parts)
            said.Message.ShouldContain(part);
    }

    [Fact]
    public async Task A_queue_that_belongs_to_another_connection_is_named_once_with_what_to_do()
    {
        using var connection = await broker.Broker.ConnectAsync();
        using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(_queue, durable: false, exclusive: true, autoDelete: true);
        await using var gateway = await GatewayHost.StartAsync(Configure);

        var said = await gateway.Log.WaitForAsync(entry => entry.Level == LogLevel.Error, Bounds.Limit);
        var reply = await gateway.SendAsync(PpvOrder.Event(Connid, "1"));

        foreach (var part in (string[])[_queue, "405", "Choose another Ppv:Rpc:Queue"]) said.Message.ShouldContain(part);
        (reply.Body, reply.Outcome).ShouldBe((GatewayReply.With("ER995"), "NotExecuted"));
        gateway.Log.Snapshot().Count(entry => entry.Level >= LogLevel.Warning && entry.Message.Contains(
            _queue, StringComparison.Ordinal) && entry.EventId.Id is >= 1000 and < 1100).ShouldBe(1);
    }

    [Fact]
    public async Task A_passive_queue_may_have_any_arguments_but_must_be_there()
    {
        using var connection = await broker.Broker.ConnectAsync();
        using var channel = await connection.CreateChannelAsync();
        await using var worker = await WorkerHost.StartAsync(options =>
        {
            broker.Address.ApplyTo(options.Broker);
            (options.Rpc.Queue, options.Rpc.QueueKind, options.Broker.ReconnectDelay) =
                (_queue, QueueKind.Passive, TimeSpan.FromMilliseconds(100));
        });
        (await worker.Log.WaitForAsync(entry => entry.Level == LogLevel.Error, Bounds.Limit)).Message.ShouldContain("404");

        await channel.QueueDeclareAsync(
            _queue, durable: false, exclusive: false, autoDelete: true, new Dictionary<string, object?> { ["x-message-ttl"] = 777_000 });

        await worker.ReadyAsync();
    }

    [Fact]
    public async Task With_no_worker_listening_callers_get_the_code_when_their_time_is_over()
    {
        await using var gateway = await GatewayHost.StartAsync(
            options => { Configure(options); options.Rpc.ReplyTimeout = TimeSpan.FromSeconds(2); });
        await gateway.ReadyAsync();

        var since = TimeProvider.System.GetTimestamp();
        var reply = await gateway.SendAsync(PpvOrder.Event(Connid, "1"));

        (reply.Status, reply.Body, reply.Outcome).ShouldBe((200, GatewayReply.With("ER995"), "Unknown"));
        TimeProvider.System.GetElapsedTime(since).ShouldBeInRange(TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(12));

        // The order went with its caller's time: a worker that comes now does not get it.
        await using var worker = await WorkerHost.StartAsync(
            options => { broker.Address.ApplyTo(options.Broker); options.Rpc.Queue = _queue; });
        await worker.ReadyAsync();
        (await gateway.SendAsync(PpvOrder.Event(Connid, "2"))).Body.ShouldBe(GatewayReply.Ok);
        worker.Wizard.Requests.ShouldHaveSingleItem().Text.ShouldBe("EV2");
    }

    [Fact]
    public async Task An_order_whose_deadline_has_passed_is_answered_and_never_started()
    {
        await using var worker =
            await WorkerHost.StartAsync(options =>
            {
                broker.Address.ApplyTo(options.Broker);
                (options.Rpc.Queue, options.Rpc.QueueKind) = (_queue, QueueKind.LegacyTransient);
            });
        await worker.ReadyAsync();
        await using var gateway = await OldGateway.StartAsync(broker.Address, _queue);

        var reply = await gateway.SendAsync("{'connid': '01', 'EV': '1'}", change: properties =>
            properties.Headers = new Dictionary<string, object?>
            {
                ["x-ppv-deadline"] = TimeProvider.System.GetUtcNow().AddSeconds(-1).ToUnixTimeMilliseconds(),
            });

        reply.Body.ShouldBe("ER444");
        Encoding.UTF8.GetString((byte[])reply.Properties.Headers!["x-ppv-outcome"]!).ShouldBe("NotExecuted");
        worker.Wizard.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task With_wizard_down_callers_get_the_workers_code_and_the_log_says_where_wizard_should_be()
    {
        using var closed = new ClosedPort();
        var address = closed.Address;
        await using var worker = await WorkerHost.StartAsync(options =>
        {
            broker.Address.ApplyTo(options.Broker);
            options.Rpc.Queue = _queue;
            (options.Wizard.Host, options.Wizard.Port) = (address.Split(':')[0], int.Parse(
                address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
            (options.Wizard.MaxConnectRetries, options.Wizard.ConnectRetryDelay) = (2, TimeSpan.FromMilliseconds(50));
        });
        await worker.ReadyAsync();
        await using var gateway = await GatewayHost.StartAsync(Configure);

        var reply = await gateway.SendAsync(PpvOrder.Event(Connid, "1"));

        (reply.Status, reply.Body, reply.Outcome).ShouldBe((200, GatewayReply.With("ER444"), "NotExecuted"));
        reply.Reason!.ShouldContain("Wizard could not be reached");
        reply.Reason!.ShouldNotContain(address);
        worker.Log.Snapshot().ShouldContain(
            entry => entry.Level >= LogLevel.Warning && entry.Message.Contains(address, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wizard_that_resets_or_stalls_leaves_the_outcome_unknown()
    {
        await using var worker = await WorkerHost.StartAsync(options =>
        {
            broker.Address.ApplyTo(options.Broker);
            options.Rpc.Queue = _queue;
            options.Wizard.ResponseTimeout = TimeSpan.FromSeconds(1);
        });
        await worker.ReadyAsync();
        await using var gateway = await GatewayHost.StartAsync(Configure);

        var normal = WizardBehavior.Normal;
        WizardBehavior[] behaviors =
            [normal with { ResetAfterBooking = true }, normal with { Stall = true }, normal with { WrongLine = true }];
        foreach (var behavior in behaviors)
        {
            worker.Wizard.Script = _ => behavior;
            var reply = await gateway.SendAsync(PpvOrder.Event(Connid, "1"));
            (reply.Body, reply.Outcome).ShouldBe((GatewayReply.With("ER444"), "Unknown"), behavior.ToString());
        }
    }

    [Fact]
    public async Task A_stopping_worker_answers_what_it_began()
    {
        await using var worker = await WorkerHost.StartAsync(
            options => { broker.Address.ApplyTo(options.Broker); options.Rpc.Queue = _queue; });
        await worker.ReadyAsync();
        worker.Wizard.Script = _ => WizardBehavior.Normal with { Delay = TimeSpan.FromSeconds(1) };
        await using var gateway = await GatewayHost.StartAsync(Configure);
        await gateway.ReadyAsync();

        var sending = gateway.SendAsync(PpvOrder.Event(Connid, "1"));
        await worker.Wizard.WaitForRequestsAsync(1, Bounds.Token);
        await worker.StopAsync();

        (await sending.Within()).Body.ShouldBe(GatewayReply.Ok);
    }

    private void Configure(PpvGatewayOptions options)
    {
        broker.Address.ApplyTo(options.Broker);
        options.Rpc.Queue = _queue;
    }
}
