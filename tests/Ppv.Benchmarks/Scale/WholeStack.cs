using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Hosting;
using Ppv.Hosting.Worker.Lines;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Benchmarks.Scale;

/// <summary>
/// The same site as <see cref="Site"/> without a model in it: <c>PpvClient</c>, <c>RpcClient</c>, the broker in memory, <c>RpcServer</c>
/// and the worker, on virtual time. Only HTTP and Wizard's TCP are left out. It is what the model is compared with.
/// </summary>
internal static class WholeStack
{
    /// <summary>By the real clock. What waits elsewhere, for a connection, is not counted as waiting: time goes on after this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    public static async Task<SiteResult> RunAsync(SiteSetup setup)
    {
        var time = new VirtualTime();
        time.Run(setup.From, () => { });
        var ledger = new SiteLedger();
        var (process, wizard) = (new ProcessTime(time), new SimulatedWizard(time, setup, ledger));
        await using var host = await PpvTestHost.StartAsync(options =>
        {
            options.TimeProvider = time;
            options.RunGateway = false;
            options.ConfigureClient = client => UseDefaults(client.Broker, client.Rpc);
            options.ConfigureWorkerServices = services => services.AddSingleton(wizard.Connect(process));
            options.ConfigureWorker = worker =>
            {
                UseDefaults(worker.Broker, worker.Rpc);
                worker.Server.LastLine = setup.Lines;
            };
        });
        var lines = (LineLeases)host.WorkerServices.GetRequiredService<ILineAllocator>();
        var hop = new ProcessTime(time);
        var callers = new Callers(time, setup, ledger, async order =>
        {
            await hop.ParkAsync(setup.Profile.Hop);
            var result = await host.Client.SendAsync(order, IdHistory.New); // Callers make an id for each order.
            await hop.ParkAsync(setup.Profile.Hop);
            return result;
        });
        var samples = new LineSamples(time, setup, () => lines);
        foreach (var trouble in setup.Troubles.Where(trouble => trouble.Kind == TroubleKind.HostKilled))
        {
            time.CreateTimer(
                _ => host.Broker.CloseConnections("320 CONNECTION_FORCED"), null, trouble.From - time.Elapsed, Timeout.InfiniteTimeSpan);
        }

        callers.Start();
        // On a thread of its own: the pool's are the stack's.
        await Task.Factory.StartNew(
            () => time.Run(setup.To + Site.Afterwards, () => Settle(() => callers.Waiting
                == process.Parked + hop.Parked + lines.Counts.Waiting)),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (callers.Active > 0) throw new InvalidOperationException($"{callers.Active} callers were never answered.");
        await ledger.CheckAsync([host.WorkerServices.GetRequiredService<IOrderJournal>()]);
        return new SiteResult(setup, ledger, samples.Minutes);
    }

    private static void Settle(Func<bool> isSettled)
    {
        var (spin, since) = (new SpinWait(), Stopwatch.GetTimestamp());
        while ((!isSettled() || ThreadPool.PendingWorkItemCount > 0) && Stopwatch.GetElapsedTime(since) < Patience)
            spin.SpinOnce(sleep1Threshold: -1);
    }

    /// <summary>The test host's are shorter. Probes are rare: each is an event, and none of them is late on virtual time.</summary>
    private static void UseDefaults(BrokerOptions broker, RpcOptions rpc)
    {
        var defaults = new RpcOptions();
        (rpc.ReplyTimeout, rpc.ConnectionWait, rpc.ResendAfterLoss) = (defaults.ReplyTimeout, defaults.ConnectionWait, ResendPolicy.All);
        (broker.Heartbeat, broker.ProbeInterval) = (TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10));
        (broker.ProbeTimeout, broker.OperationTimeout) = (TimeSpan.FromSeconds(40), TimeSpan.FromMinutes(1));
    }
}
