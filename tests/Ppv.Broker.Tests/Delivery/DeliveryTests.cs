using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Broker.Tests.Delivery;

/// <summary>
/// Callers at once over a stateful Wizard: nobody gets another caller's event, nothing is bought twice, nobody is told OK without owning
/// it; with and without faults. The old system, with 20 callers at once, gave 48 of 200 callers something else than they were told
/// (contract §3).
/// </summary>
public sealed class DeliveryTests(SharedBroker broker) : IDisposable
{
    private const int Lines = 29, Callers = 40, Calls = 2_000, MinFaults = 3;

    /// <summary>Under faults; the longer load is for <c>./test.sh --soak</c>.</summary>
    private static readonly int CallsUnderFaults = SoakRun.IsOn ? 2_000 : 500;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly string _queue = TestBroker.UniqueQueueName("delivery");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-journal-");

    private string Journal => Path.Combine(_folder.FullName, "orders.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Two_thousand_calls_of_forty_callers_are_booked_as_told()
    {
        await using var worker = await WorkerHost.StartAsync(options =>
        {
            broker.Address.ApplyTo(options.Broker);
            options.Rpc.Queue = _queue;
            options.Server.Journal.Path = Journal;
        });
        await worker.ReadyAsync();
        await using var gateway = await StartGatewayAsync(broker.Address);

        var calls = await new CallLoad(gateway, Callers, Calls, Lines, TimeSpan.FromMilliseconds(20)).RunAsync();

        var check = new PurchaseCheck(worker.Wizard.Purchases, calls);
        check.Crossed.ShouldBeEmpty();
        check.Twice.ShouldBeEmpty();
        check.Lost.ShouldBeEmpty();
        check.BoughtWithoutOk.ShouldBeEmpty();
        check.ToldOk.ShouldBe(Calls);
    }

    [Fact]
    public async Task A_killed_worker_neither_crosses_nor_repeats_nor_loses_a_purchase()
    {
        await using var node = await TestBrokerNode.StartAsync();
        await WithFaultsAsync(node, killWorker: true, closeConnections: false, wizardFaults: null);
    }

    [Fact]
    public async Task Closed_connections_neither_cross_nor_repeat_nor_lose_a_purchase()
    {
        await using var node = await TestBrokerNode.StartAsync();
        await WithFaultsAsync(node, killWorker: false, closeConnections: true, wizardFaults: null);
    }

    [Fact]
    public async Task A_wizard_that_resets_and_mutes_confirms_makes_no_purchase_twice()
    {
        await using var node = await TestBrokerNode.StartAsync();
        await WithFaultsAsync(node, killWorker: false, closeConnections: false, new WizardFaults());
    }

    [Fact]
    public async Task All_faults_at_once_break_no_promise()
    {
        await using var node = await TestBrokerNode.StartAsync();
        await WithFaultsAsync(node, killWorker: true, closeConnections: true, new WizardFaults());
    }

    private async Task WithFaultsAsync(TestBrokerNode node, bool killWorker, bool closeConnections, WizardFaults? wizardFaults)
    {
        await using var wizard = new WizardSimulator(new WizardSimulatorOptions { Lines = new(1, Lines) });
        if (wizardFaults is not null) wizard.Script = wizardFaults.Next;
        await wizard.StartAsync();
        await using var worker = new WorkerProcess(node.Address, _queue, wizard.Port, Journal);
        // Lines that were muted come back soon, so that the load has lines to go on.
        string[] options = ["--Ppv:Wizard:ResponseTimeout=00:00:00.5", "--Ppv:Server:LineRest=00:00:02"];
        await worker.StartAsync(options);
        await using var gateway = await StartGatewayAsync(node.Address);
        await gateway.ReadyAsync();

        // A fault that was not injected proves nothing, so the load goes on until there were enough, however slow the machine is.
        var load = CallLoad.Endless(gateway, Callers, Lines, TimeSpan.FromMilliseconds(200));
        var running = load.RunAsync();
        var closed = 0;
        bool IsEnough() =>
            load.Begun >= CallsUnderFaults && (!killWorker || worker.Kills >= MinFaults) && (!closeConnections || closed >= MinFaults);
        while (!IsEnough() && load.Now < Limit && !running.IsCompleted)
        {
            // A computer that starts programs slowly must find time for calls between two of them.
            for (var (begun, least) = (load.Begun, CallsUnderFaults / 20); load.Begun < begun + least && load.Now < Limit;)
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            await Task.Delay(TimeSpan.FromSeconds(killWorker ? 2 : 1), TimeProvider.System);
            if (killWorker)
            {
                await worker.KillAsync();
                await worker.StartAsync(options);
            }

            if (closeConnections)
            {
                await node.CloseAllConnectionsAsync("a test closes them");
                closed++;
            }
        }

        load.Stop();
        var outcomes = await running;
        IsEnough().ShouldBeTrue($"{outcomes.Count} calls, {worker.Kills} kills, {closed} times all connections closed");
        if (wizardFaults is not null)
        {
            wizardFaults.Resets.ShouldBeGreaterThan(0);
            wizardFaults.Mutes.ShouldBeGreaterThan(0);
        }

        var check = new PurchaseCheck(wizard.Purchases, outcomes);
        await check.ShouldHoldAsync(gateway.SettledStatusAsync);
        check.ToldOk.ShouldBeGreaterThan(outcomes.Count / 2);
    }

    private Task<GatewayHost> StartGatewayAsync(BrokerAddress address) => GatewayHost.StartAsync(options =>
    {
        address.ApplyTo(options.Broker);
        options.Broker.ReconnectDelay = TimeSpan.FromMilliseconds(100);
        options.Rpc.Queue = _queue;
        options.Rpc.ReplyTimeout = TimeSpan.FromSeconds(10);
        options.Rpc.ResendAfterLoss = ResendPolicy.All;
    });
}
