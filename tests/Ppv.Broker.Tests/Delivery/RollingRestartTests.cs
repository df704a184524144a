using Ppv.Testing;

namespace Ppv.Broker.Tests.Delivery;

/// <summary>
/// A new version is rolled out while callers buy: nobody notices. Crashes are another matter: <see cref="DeliveryTests"/>.
/// </summary>
public sealed class RollingRestartTests(SharedBroker broker) : IDisposable
{
    private const int Lines = 29, Callers = 40;

    /// <summary>The longer load is for <c>./test.sh --soak</c>.</summary>
    private static readonly int Calls = SoakRun.IsOn ? 2_000 : 600;

    /// <summary>Fewer could be chance.</summary>
    private const int MinRestarts = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>
    /// The promise holds where a program is back within its callers' time. How long its start takes is the computer's matter, so they have
    /// more of it here than the default.
    /// </summary>
    private static readonly TimeSpan CallersTime = TimeSpan.FromSeconds(90);

    private static readonly string[] Patient =
    [
        $"--Ppv:Rpc:MessageTtl={CallersTime}", $"--Ppv:Server:LeaseReclaim={CallersTime}", $"--Ppv:Server:LineRest={CallersTime}",
    ];

    private static readonly TimeSpan MaxThinkTime = TimeSpan.FromMilliseconds(200);
    private readonly string _queue = TestBroker.UniqueQueueName("rolling");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-journal-");

    private string Journal => Path.Combine(_folder.FullName, "orders.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Callers_do_not_notice_that_the_worker_is_restarted()
    {
        await using var wizard = await StartWizardAsync(TimeSpan.Zero);
        await using var worker = new WorkerProcess(broker.Address, _queue, wizard.Port, Journal);
        await worker.StartAsync(Patient);
        await using var gateway = await StartGatewayAsync();

        var load = CallLoad.Endless(gateway, Callers, Lines, MaxThinkTime);
        var running = load.RunAsync();
        while (await GoesOnAsync(load, running, TimeSpan.FromSeconds(2), worker.Stops))
        {
            await worker.StopAsync();
            await worker.StartAsync(Patient);
        }

        Check(wizard, load, await running);
        worker.Stops.ShouldBeGreaterThanOrEqualTo(MinRestarts, "the worker was not restarted under load");
    }

    [Fact]
    public async Task Callers_do_not_notice_that_a_gateway_is_replaced_while_it_has_their_requests()
    {
        // Wizard takes its time, so that a gateway that is stopped has requests to finish.
        await using var wizard = await StartWizardAsync(TimeSpan.FromMilliseconds(100));
        await using var worker = new WorkerProcess(broker.Address, _queue, wizard.Port, Journal);
        await worker.StartAsync(Patient);
        var current = await StartGatewayAsync();
        var drained = 0;
        try
        {
            var load = CallLoad.Endless(current, Callers, Lines, MaxThinkTime);
            var running = load.RunAsync();
            while (await GoesOnAsync(load, running, TimeSpan.FromSeconds(1), drained))
            {
                await using var old = current;
                current = await StartGatewayAsync();
                load.SwitchTo(current);
                await UntilAllArrivedAsync(old);
                if (old.InFlight > 0) drained++;
                await old.StopAsync();
                old.InFlight.ShouldBe(0, "the gateway stopped before it had answered");
            }

            Check(wizard, load, await running);
        }
        finally
        {
            await current.DisposeAsync();
        }

        drained.ShouldBeGreaterThanOrEqualTo(MinRestarts, "no gateway was stopped with requests in flight");
    }

    /// <summary>The load goes on until there were enough restarts, however slow the machine is.</summary>
    private static async Task<bool> GoesOnAsync(CallLoad load, Task running, TimeSpan interval, int restarts)
    {
        if ((load.Begun >= Calls && restarts >= MinRestarts) || load.Now >= Limit) load.Stop();
        else await Task.WhenAny(running, Task.Delay(interval, TimeProvider.System));
        return !load.IsStopping && !running.IsCompleted;
    }

    /// <summary>A request that was sent just before the switch is still on its way; it takes part of a millisecond.</summary>
    private static async Task UntilAllArrivedAsync(GatewayHost gateway)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!gateway.HasAllThatWasSent)
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Bounds.Limit, "a request did not reach the gateway");
            await Task.Yield();
        }
    }

    private static void Check(WizardSimulator wizard, CallLoad load, IReadOnlyList<CallOutcome> calls)
    {
        load.Refusals.ShouldBeEmpty();
        var check = new PurchaseCheck(wizard.Purchases, calls);
        check.Crossed.ShouldBeEmpty();
        check.Twice.ShouldBeEmpty();
        check.Lost.ShouldBeEmpty();
        check.BoughtWithoutOk.ShouldBeEmpty();
        check.ToldOk.ShouldBe(calls.Count);
    }

    private static async Task<WizardSimulator> StartWizardAsync(TimeSpan delay)
    {
        var wizard = new WizardSimulator(
            new WizardSimulatorOptions { Lines = new(1, Lines), Behavior = WizardBehavior.Normal with { Delay = delay } });
        await wizard.StartAsync();
        return wizard;
    }

    private async Task<GatewayHost> StartGatewayAsync()
    {
        var gateway = await GatewayHost.StartAsync(options =>
        {
            broker.Address.ApplyTo(options.Broker);
            options.Rpc.Queue = _queue;
            (options.Rpc.ReplyTimeout, options.Rpc.MessageTtl) = (CallersTime, CallersTime);
        });
        await gateway.ReadyAsync();
        return gateway;
    }
}
