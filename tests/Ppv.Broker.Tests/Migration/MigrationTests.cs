using System.Text;
using Ppv.Broker.Tests.Delivery;
using Ppv.Hosting;
using Ppv.Hosting.Security;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;
using RabbitMQ.Client.Exceptions;

namespace Ppv.Broker.Tests.Migration;

/// <summary>
/// The way of docs/migration.md, with old peers under load on a real broker: at each step no order is lost, no caller gets what another one
/// asked for, and Wizard gets one UP for each confirm.
/// </summary>
public sealed class MigrationTests : IAsyncDisposable
{
    private const int Lines = 29, Some = 60;

    private readonly SharedBroker _broker;
    private readonly string _queue = TestBroker.UniqueQueueName("migration");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-journal-");
    private readonly WizardSimulator _wizard = new(new WizardSimulatorOptions { Lines = new(1, Lines) });

    public MigrationTests(SharedBroker broker) => _broker = broker;

    public async ValueTask DisposeAsync()
    {
        await _wizard.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_way_from_the_old_site_to_the_new_one_loses_no_order_and_buys_none_twice()
    {
        await _wizard.StartAsync();
        await using var oldWizard = new WizardClient(new WizardOptions { Host = "127.0.0.1", Port = _wizard.Port });
        var oldGateway = await OldGateway.StartAsync(_broker.Address, _queue);
        var oldWorker = await StartOldWorkerAsync(oldWizard);
        var load = new SiteLoad(To(oldGateway));

        await load.MoreAsync(Some); // The old site.

        // Step 1: a new worker beside the old one. Back, and forth again.
        var worker = await StartWorkerAsync(LineAllocation.Modulo, QueueKind.LegacyTransient);
        await BothServeAsync(load, oldWorker, worker);
        await worker.DisposeAsync();
        await load.MoreAsync(Some);
        worker = await StartWorkerAsync(LineAllocation.Modulo, QueueKind.LegacyTransient);
        await BothServeAsync(load, oldWorker, worker);

        // Step 2: a new gateway beside the old one. Back, and forth again.
        var gateway = await StartGatewayAsync(QueueKind.LegacyTransient, ResendPolicy.EventAndSubscriber);
        load.GoTo(To(oldGateway), To(gateway));
        await load.MoreAsync(Some);
        load.GoTo(To(oldGateway));
        await StopAsync(gateway);
        await load.MoreAsync(Some);
        gateway = await StartGatewayAsync(QueueKind.LegacyTransient, ResendPolicy.EventAndSubscriber);
        load.GoTo(To(oldGateway), To(gateway));
        await load.MoreAsync(Some);

        // Step 3: only new ones. An old worker can't finish what it has in hand, so it goes in a quiet moment.
        load.GoTo(To(gateway));
        await load.MoreAsync(Some);
        await oldGateway.DisposeAsync();
        await load.HoldAsync();
        await oldWorker.DisposeAsync();
        load.GoOn();
        await load.MoreAsync(Some);
        load.Refusals.ShouldBeEmpty("up to here callers notice nothing");

        // Step 4: leases, and confirms that may be sent again.
        await worker.DisposeAsync();
        worker = await StartWorkerAsync(LineAllocation.Leased, QueueKind.LegacyTransient);
        var next = await StartGatewayAsync(QueueKind.LegacyTransient, ResendPolicy.All);
        load.GoTo(To(next));
        await StopAsync(gateway);
        gateway = next;
        await load.MoreAsync(Some);
        await load.EndAsync();
        // A call that was under way when the leases came may be told to start over, and nothing else.
        load.Refusals.ShouldAllBe(reply => reply.Outcome == "NotExecuted" && reply.Body == GatewayReply.With("ER998"));
        Check(load.Calls);
        await CollidingCallsAsync(gateway);

        // Step 5: a queue that outlives the broker, in a quiet moment.
        await gateway.DisposeAsync();
        await worker.DisposeAsync();
        await DeleteQueuesAsync();
        await using var lastWorker = await StartWorkerAsync(LineAllocation.Leased, QueueKind.DurableClassic);
        await using var lastGateway = await StartGatewayAsync(QueueKind.DurableClassic, ResendPolicy.All);
        await CollidingCallsAsync(lastGateway);

        // From here on an old part is refused by the broker, until the queue is deleted again.
        (await Should.ThrowAsync<OperationInterruptedException>(() => OldGateway.StartAsync(_broker.Address, _queue)))
            .ShutdownReason!.ReplyCode.ShouldBe((ushort)406);
    }

    [Fact]
    public async Task An_old_worker_that_is_stopped_with_a_confirm_in_hand_leaves_it_unknown_and_not_bought_twice()
    {
        await _wizard.StartAsync();
        await using var oldWizard = new WizardClient(new WizardOptions { Host = "127.0.0.1", Port = _wizard.Port });
        await using var oldWorker = await StartOldWorkerAsync(oldWizard);
        await using var gateway = await StartGatewayAsync(QueueKind.LegacyTransient, ResendPolicy.EventAndSubscriber);
        var call = ConnectionId.Parse("012703395c597610");
        (await gateway.SendAsync(PpvOrder.Event(call, "1"))).Body.ShouldBe(GatewayReply.Ok);
        (await gateway.SendAsync(PpvOrder.Subscriber(call, "2"))).Body.ShouldBe(GatewayReply.Ok);
        // Wizard books, and takes its time to say so.
        _wizard.Script = WizardScript.On(PpvCommandKind.Confirm, WizardBehavior.Normal with { Delay = Bounds.Limit });
        var confirm = gateway.SendAsync(PpvOrder.Confirm(call));
        await UntilAsync(() => Ups() == 1);

        await using var worker = await StartWorkerAsync(LineAllocation.Modulo, QueueKind.LegacyTransient);
        await oldWorker.DisposeAsync();

        var reply = await confirm;
        (reply.Body, reply.Outcome).ShouldBe((GatewayReply.With("ER444"), "Unknown"));
        Ups().ShouldBe(1);
    }

    /// <summary>Goes on until either worker has had some orders.</summary>
    private static async Task BothServeAsync(SiteLoad load, OldWorker old, WorkerHost worker)
    {
        var before = (Old: old.Requests.Reader.Count, New: Served(worker));
        await load.MoreAsync(Some);
        (old.Requests.Reader.Count - before.Old).ShouldBeGreaterThan(0, "the old worker had nothing to do");
        (Served(worker) - before.New).ShouldBeGreaterThan(0, "the new worker had nothing to do");
    }

    /// <summary>How many orders it has told Wizard.</summary>
    private static int Served(WorkerHost worker) => worker.Log.Snapshot().Count(entry => entry.EventId.Id == 11);

    /// <summary>Calls that collide on a few lines, which only leases keep apart.</summary>
    private async Task CollidingCallsAsync(GatewayHost gateway)
    {
        var had = _wizard.Purchases.Count;
        var calls = await new CallLoad(gateway, callers: 20, calls: 150, Lines, TimeSpan.FromMilliseconds(20)).RunAsync().Within();
        var check = new PurchaseCheck([.. _wizard.Purchases.Skip(had)], calls);
        (check.Crossed.Count, check.Twice.Count, check.Lost.Count, check.BoughtWithoutOk.Count).ShouldBe((0, 0, 0, 0));
        check.ToldOk.ShouldBe(calls.Count);
    }

    private void Check(IReadOnlyList<CallOutcome> calls)
    {
        var check = new PurchaseCheck(_wizard.Purchases, calls);
        check.Crossed.ShouldBeEmpty();
        check.Twice.ShouldBeEmpty();
        check.Lost.ShouldBeEmpty();
        check.BoughtWithoutOk.ShouldBeEmpty();
        check.ToldOk.ShouldBe(calls.Count);
        Ups().ShouldBe(calls.Count, "one UP for each purchase");
    }

    private int Ups() =>
        _wizard.Requests.Count(request => Encoding.ASCII.GetString(request.Raw.Span).EndsWith("UP\r", StringComparison.Ordinal));

    private static Front To(OldGateway gateway) => async (connid, key, value) =>
    {
        var said = (await gateway.SendAsync($"{{'connid': '{connid}', '{key}': '{value}'}}")).Body;
        return new GatewayReply(200, GatewayReply.With(said.Split('\r')[0]), "application/json", null, null, null);
    };

    private static Front To(GatewayHost gateway) => (connid, key, value) =>
        gateway.SendAsync($$"""{"content": "{'connid':'{{connid}}','{{key}}':'{{value}}'}"}""");

    private static async Task StopAsync(GatewayHost gateway)
    {
        await UntilAsync(() => gateway.HasAllThatWasSent);
        await gateway.StopAsync(); // It answers what it has; only then may the callers' side go.
        await gateway.DisposeAsync();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Bounds.Limit);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    private Task<OldWorker> StartOldWorkerAsync(WizardClient wizard) =>
        OldWorker.StartAsync(_broker.Address, _queue, wizard, new LineRange(1, Lines));

    private async Task<WorkerHost> StartWorkerAsync(LineAllocation allocation, QueueKind kind)
    {
        var worker = await WorkerHost.StartAsync(options =>
        {
            _broker.Address.ApplyTo(options.Broker);
            (options.Rpc.Queue, options.Rpc.QueueKind, options.Server.LineAllocation) = (_queue, kind, allocation);
            options.Wizard.Port = _wizard.Port;
            options.Server.Journal.Path = Path.Combine(_folder.FullName, "orders.db");
        });
        await worker.ReadyAsync();
        return worker;
    }

    private async Task<GatewayHost> StartGatewayAsync(QueueKind kind, ResendPolicy resend)
    {
        var gateway = await GatewayHost.StartAsync(options =>
        {
            _broker.Address.ApplyTo(options.Broker);
            (options.Rpc.Queue, options.Rpc.QueueKind, options.Rpc.ResendAfterLoss) = (_queue, kind, resend);
        });
        await gateway.ReadyAsync();
        return gateway;
    }

    /// <summary>The orders' queue, and the one in which workers leave each other records: it is of the same kind.</summary>
    private async Task DeleteQueuesAsync()
    {
        using var connection = await _broker.Broker.ConnectAsync();
        using var channel = await connection.CreateChannelAsync();
        (await channel.QueueDeleteAsync(_queue, ifUnused: true, ifEmpty: true)).ShouldBe(0u, "orders were in the queue");
        await channel.QueueDeleteAsync($"{_queue}.note", ifUnused: true, ifEmpty: false);
    }
}
