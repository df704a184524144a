using Ppv.Rpc;

namespace Ppv.Broker.Tests.Failover;

/// <summary>
/// One of two brokers goes away under load, and comes back: no purchase is wrong, doubled or lost, every caller is answered, the service is
/// back within its bound, and later it moves back to the preferred broker by itself, once, and nobody notices.
/// </summary>
[Collection(FailoverGroup.Name)]
public sealed class FailoverTests(BrokerPairs pairs)
{
    private const int Primary = 0, Backup = 1;

    /// <summary>
    /// Connections that break are noticed at once; silence takes a probe and its time-out, and in a cluster the other node has to notice
    /// it, too.
    /// </summary>
    private static readonly TimeSpan BoundAfterBreak = TimeSpan.FromSeconds(2), BoundAfterSilence = TimeSpan.FromSeconds(8);

    /// <summary>
    /// A frozen node of a cluster: what the other one needs to give it up (net_ticktime and net_setuptime in eng/broker.sh) comes on top.
    /// </summary>
    private static readonly TimeSpan BoundAfterFrozenNode = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BoundAfterReturn = TimeSpan.FromSeconds(30), Calm = TimeSpan.FromSeconds(1);

    /// <summary>A cluster and two independent brokers suffer it at the same time: most of it is waiting.</summary>
    [Theory]
    [InlineData(BrokerFault.KillPrimary)]
    [InlineData(BrokerFault.StopPrimary)]
    [InlineData(BrokerFault.FreezePrimary)]
    [InlineData(BrokerFault.BlackHole)]
    [InlineData(BrokerFault.RestartBoth)]
    [InlineData(BrokerFault.KillBackup)]
    public async Task A_broker_that_goes_away_is_replaced_in_time_and_used_again_when_it_is_back(BrokerFault fault) =>
        await Task.WhenAll((await pairs.HealthyAsync()).Select(brokers => SufferAsync(brokers, fault)));

    private static async Task SufferAsync(TestBrokerPair brokers, BrokerFault fault)
    {
        // Only the black hole needs them; a dead host behind a proxy would accept connections.
        await using var ways = fault == BrokerFault.BlackHole ? new FailoverWays(brokers) : null;
        await using var run = await FailoverRun.StartAsync(brokers, ways, (broker, _) =>
        {
            if (fault != BrokerFault.BlackHole) return;
            // The other node of a cluster gives the queue to the worker's new connection when it has given up the swallowed one, after two
            // to three heartbeats.
            (broker.Heartbeat, broker.ProbeInterval, broker.ProbeTimeout) =
                (TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1.5));
        });
        await run.GoOnAsync(Calm);
        if (fault == BrokerFault.KillBackup) await UseBackupAsync(run, brokers.IsCluster);
        run.Load.Refusals.ShouldBeEmpty("before anything happened");
        var preferred = fault == BrokerFault.KillBackup ? Backup : Primary;

        var at = run.Load.Now;
        await BreakAsync(fault, brokers, ways);
        if (fault != BrokerFault.RestartBoth)
        {
            await run.UntilServedAfterAsync(run.Load.Now, BoundAfterReturn);
            await run.GoOnAsync(Calm);
            await MendAsync(fault, brokers, ways);
        }

        var mended = run.Load.Now;
        await run.UntilServedAfterAsync(mended, BoundAfterReturn);
        await run.UntilInUseAsync(preferred, BoundAfterReturn);
        await run.GoOnAsync(Calm);
        await run.EndAsync();

        var name = $"{(brokers.IsCluster ? "Cluster" : "Independent")}, {fault}";
        // How long two brokers need to start is not the service's doing.
        if (fault == BrokerFault.RestartBoth) Check(name + ", after the return", run.GapAfter(mended), BoundAfterReturn, run);
        else Check(name, run.GapAround(at, mended), BoundOf(fault, brokers.IsCluster), run);
        run.ArrivalsAt(preferred, at).ShouldBe(1, run.Story);
        // A split cluster heals by restarting the node with fewer connections, which may be the one in use.
        if (fault != BrokerFault.RestartBoth && !(fault == BrokerFault.FreezePrimary && brokers.IsCluster)) NobodyNoticed(run, mended);
    }

    private static TimeSpan BoundOf(BrokerFault fault, bool isCluster) => fault switch
    {
        BrokerFault.FreezePrimary when isCluster => BoundAfterFrozenNode,
        BrokerFault.FreezePrimary or BrokerFault.BlackHole => BoundAfterSilence,
        _ => BoundAfterBreak,
    };

    private static async Task UseBackupAsync(FailoverRun run, bool workerToo)
    {
        await run.SwitchToAsync(Backup, workerToo);
        await run.UntilInUseAsync(Backup, BoundAfterReturn);
        await run.GoOnAsync(Calm);
    }

    private static async Task BreakAsync(BrokerFault fault, TestBrokerPair brokers, FailoverWays? ways)
    {
        switch (fault)
        {
            case BrokerFault.KillPrimary:
                await brokers.Primary.KillAsync();
                break;
            case BrokerFault.StopPrimary:
                await brokers.Primary.StopAsync();
                break;
            case BrokerFault.FreezePrimary:
                await brokers.Primary.FreezeAsync();
                break;
            case BrokerFault.BlackHole:
                foreach (var way in ways!.To(Primary)) way.Freeze();
                break;
            case BrokerFault.RestartBoth:
                await Task.WhenAll(brokers.Primary.StopAsync(), brokers.Backup.StopAsync());
                await brokers.HealAsync();
                break;
            case BrokerFault.KillBackup:
                await brokers.Backup.KillAsync();
                break;
        }
    }

    private static async Task MendAsync(BrokerFault fault, TestBrokerPair brokers, FailoverWays? ways)
    {
        if (fault != BrokerFault.BlackHole)
        {
            await brokers.HealAsync();
            return;
        }

        foreach (var way in ways!.To(Primary)) way.Restore();
    }

    private static void Check(string what, TimeSpan gap, TimeSpan bound, FailoverRun run)
    {
        FailoverReport.Gap(what, gap, bound);
        gap.ShouldBeLessThanOrEqualTo(bound, run.Story);
    }

    /// <summary>Failback and all that comes after it: every order is answered OK.</summary>
    private static void NobodyNoticed(FailoverRun run, TimeSpan since) =>
        run.Load.Orders.Where(order => order.Start > since && !order.IsOk).ShouldBeEmpty(run.Story);
}
