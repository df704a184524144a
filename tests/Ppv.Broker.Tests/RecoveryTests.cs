using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;
using RabbitMQ.Client;

namespace Ppv.Broker.Tests;

/// <summary>Gateway and worker come back by themselves, on a broker of their own that is stopped and cut.</summary>
public sealed class RecoveryTests : IAsyncLifetime
{
    private static readonly ConnectionId Connid = ConnectionId.Parse("012703395c597610");
    private readonly string _queue = TestBroker.UniqueQueueName("recovery");
    private TestBrokerNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await TestBrokerNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task After_a_broker_restart_orders_go_through_again_with_no_ones_help()
    {
        await using var worker = await StartWorkerAsync(_node.Address.HostAndPort);
        await using var gateway = await StartGatewayAsync(_node.Address.HostAndPort);
        (await gateway.SendAsync(PpvOrder.Event(Connid, "1"))).Body.ShouldBe(GatewayReply.Ok);
        (await gateway.ReadinessAsync()).ShouldBe(200);

        await _node.StopAppAsync();
        await gateway.Log.WaitForAsync(entry => entry.EventId.Id == 1001, Bounds.Limit);
        await worker.Log.WaitForAsync(entry => entry.EventId.Id == 1001, Bounds.Limit);
        (await gateway.ReadinessAsync()).ShouldBe(503);
        var refused = await gateway.SendAsync(PpvOrder.Event(Connid, "2"));
        (refused.Status, refused.Body, refused.Outcome).ShouldBe((200, GatewayReply.With("ER995"), "NotExecuted"));
        refused.Reason!.ShouldContain("no connection to the broker");
        await _node.StartAppAsync();

        // The queue was transient: it is declared again, and orders pass as soon as both are back.
        await ShouldPassAgainAsync(gateway);
        worker.Wizard.Requests.ShouldNotContain(request => request.Text == "EV2");
    }

    [Fact]
    public async Task After_every_connection_was_closed_orders_go_through_again()
    {
        await using var worker = await StartWorkerAsync(_node.Address.HostAndPort);
        await using var gateway = await StartGatewayAsync(_node.Address.HostAndPort);
        (await gateway.SendAsync(PpvOrder.Event(Connid, "1"))).Body.ShouldBe(GatewayReply.Ok);

        for (var round = 0; round < 3; round++)
        {
            await _node.CloseAllConnectionsAsync("a test closes them");
            await ShouldPassAgainAsync(gateway);
        }
    }

    [Fact]
    public async Task With_the_primary_down_from_the_start_the_backup_serves()
    {
        using var closed = new ClosedPort();
        var primary = closed.Address;
        await using var worker = await StartWorkerAsync(primary, _node.Address.HostAndPort);
        await using var gateway = await StartGatewayAsync(primary, _node.Address.HostAndPort);

        (await gateway.SendAsync(PpvOrder.Event(Connid, "1"))).Body.ShouldBe(GatewayReply.Ok);

        gateway.Log.Snapshot().Count(
            entry => entry.EventId.Id == 1002 && entry.Message.Contains(primary, StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_silent_primary_is_left_after_the_dial_timeout()
    {
        await using var silent = new TcpProxy(_node.Address.Host, _node.Address.Port);
        silent.Freeze();
        await using var worker = await StartWorkerAsync(_node.Address.HostAndPort);
        await using var gateway = await StartGatewayAsync($"127.0.0.1:{silent.Port}", _node.Address.HostAndPort);

        (await gateway.SendAsync(PpvOrder.Event(Connid, "1"))).Body.ShouldBe(GatewayReply.Ok);
    }

    [Fact]
    public async Task A_confirm_cut_in_flight_ends_at_once_as_unknown_is_not_sent_twice_and_its_status_tells_the_truth()
    {
        await using var way = new TcpProxy(_node.Address.Host, _node.Address.Port);
        await using var worker = await StartWorkerAsync($"127.0.0.1:{way.Port}");
        await worker.ReadyAsync();
        await using var gateway = await StartGatewayAsync($"127.0.0.1:{way.Port}");
        (await gateway.SendAsync(PpvOrder.Event(Connid, "1"))).Body.ShouldBe(GatewayReply.Ok);
        (await gateway.SendAsync(PpvOrder.Subscriber(Connid, "2"))).Body.ShouldBe(GatewayReply.Ok);
        worker.Wizard.Script = _ => WizardBehavior.Normal with { Delay = TimeSpan.FromSeconds(3) };

        var confirming = gateway.SendAsync(PpvOrder.Confirm(Connid));
        await worker.Wizard.WaitForPurchasesAsync(1, Bounds.Token);
        way.Cut();
        var reply = await confirming.Within();
        way.Restore();

        (reply.Body, reply.Outcome).ShouldBe((GatewayReply.With("ER995"), "Unknown"));
        reply.Reason!.ShouldContain("connection to the broker was lost");
        // The broker delivers the confirm again; the worker still has it, and its journal learns the truth.
        await worker.Log.WaitForAsync(
            entry => entry.EventId.Id == 11 && entry.Message.Contains("CONFIRM=UP", StringComparison.Ordinal), Bounds.Limit);
        (await gateway.SettledStatusAsync(reply.OrderId!)).ShouldBe(PpvOrderState.Completed);
        worker.Wizard.Purchases.Count.ShouldBe(1);
        worker.Wizard.Requests.Count(request => request.Text == "UP").ShouldBe(1);
    }

    [Fact]
    public async Task A_deleted_queue_is_noticed_and_declared_again()
    {
        await using var worker = await StartWorkerAsync(_node.Address.HostAndPort);
        await worker.ReadyAsync();
        await using var gateway = await StartGatewayAsync(_node.Address.HostAndPort);
        (await gateway.SendAsync(PpvOrder.Event(Connid, "1"))).Body.ShouldBe(GatewayReply.Ok);

        using var connection = await _node.Address.ConnectAsync();
        using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeleteAsync(_queue);

        (await worker.Log.WaitForAsync(entry => entry.EventId.Id == 1001, Bounds.Limit)).Message.ShouldContain("queue was deleted");
        await ShouldPassAgainAsync(gateway);
    }

    /// <summary>Orders are placed until one passes; each is answered with a code, whatever the state.</summary>
    private static async Task ShouldPassAgainAsync(GatewayHost gateway)
    {
        var since = TimeProvider.System.GetTimestamp();
        GatewayReply reply;
        do
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Bounds.Limit, "no order passed again");
            reply = await gateway.SendAsync(PpvOrder.Event(Connid, "3"));
            reply.Status.ShouldBe(200);
            reply.Body.ShouldBeOneOf(GatewayReply.Ok, GatewayReply.With("ER995"));
        }
        while (reply.Body != GatewayReply.Ok);
    }

    private Task<WorkerHost> StartWorkerAsync(params string[] hosts) =>
        WorkerHost.StartAsync(options => Configure(options.Broker, options.Rpc, hosts));

    private Task<GatewayHost> StartGatewayAsync(params string[] hosts) => GatewayHost.StartAsync(options =>
    {
        Configure(options.Broker, options.Rpc, hosts);
        options.Rpc.ReplyTimeout = TimeSpan.FromSeconds(8);
        options.Rpc.ConnectionWait = TimeSpan.FromSeconds(4);
        options.Gateway.AskOnLegacyQueue = true; // Every worker is one of ours.
    });

    private void Configure(BrokerOptions options, RpcOptions rpc, string[] hosts)
    {
        _node.Address.ApplyTo(options);
        options.Hosts = [.. hosts];
        options.ReconnectDelay = TimeSpan.FromMilliseconds(200);
        (rpc.Queue, rpc.QueueKind) = (_queue, QueueKind.LegacyTransient);
    }
}
