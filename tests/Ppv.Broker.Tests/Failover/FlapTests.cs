using Ppv.Rpc;

namespace Ppv.Broker.Tests.Failover;

/// <summary>Ways to the brokers that break and come back again and again: nothing is promised falsely, and nothing is left over.</summary>
[Collection(FailoverGroup.Name)]
public sealed class FlapTests(BrokerPairs pairs)
{
    /// <summary>Two in a second; all of them are for <c>./test.sh --soak</c>.</summary>
    private static readonly int Flaps = SoakRun.IsOn ? 100 : 30;

    /// <summary>More threads than before may be the pool's; more than these are somebody's who did not end.</summary>
    private const int ThreadMargin = 16;

    /// <summary>The load and the simulated Wizard keep records of every order.</summary>
    private const long MemoryMargin = 64 * 1024 * 1024;

    private static readonly TimeSpan Broken = TimeSpan.FromMilliseconds(350), Whole = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30), Calm = TimeSpan.FromSeconds(1);

    /// <summary>The second one is for <c>./test.sh --soak</c>.</summary>
    public static TheoryData<BrokerTopology> Topologies { get; } = SoakRun.IsOn
        ? [BrokerTopology.Cluster, BrokerTopology.Independent]
        : [BrokerTopology.Cluster];

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Many_flaps_harm_nobody_and_leave_nothing_over(BrokerTopology topology)
    {
        var brokers = await pairs.HealthyAsync(topology == BrokerTopology.Cluster);
        await using var ways = new FailoverWays(brokers);
        await using var run = await FailoverRun.StartAsync(brokers, ways, (broker, rpc) =>
        {
            broker.FailbackDelay = TimeSpan.FromMilliseconds(300);
            broker.ReconnectDelay = TimeSpan.FromMilliseconds(100);
            // There is no other worker; with the default there would be no order between two flaps.
            rpc.TakeoverGrace = TimeSpan.Zero;
        });
        await run.GoOnAsync(Calm);
        run.Load.Refusals.ShouldBeEmpty("before anything happened");
        var before = await Leftovers.CountAsync(brokers);

        for (var flap = 0; flap < Flaps; flap++)
        {
            foreach (var way in ways.To(flap % 2)) way.Cut();
            await run.GoOnAsync(Broken);
            foreach (var way in ways.To(flap % 2)) way.Restore();
            await run.GoOnAsync(Whole);
        }

        var last = run.Load.Now;
        await run.UntilServedAfterAsync(last, Settling);
        await run.UntilInUseAsync(0, Settling);
        await run.GoOnAsync(Calm);
        var check = await run.EndAsync();
        FailoverReport.Line($"FLAPS {topology}: {check.ToldOk} calls told OK, {run.Load.Refusals.Count} refusals, "
            + $"{run.ArrivalsAt(0, TimeSpan.Zero)} times back on the primary");

        // A client that never moved proves nothing.
        run.ArrivalsAt(0, TimeSpan.Zero).ShouldBeGreaterThan(Flaps / 10, run.Story);
        run.Gateway.PendingRequests.ShouldBe(0);
        var left = await Leftovers.UntilAsync(
            brokers, now => now.OnBrokers == before.OnBrokers && now.Threads <= before.Threads + ThreadMargin, Settling);
        left.OnBrokers.ShouldBe(before.OnBrokers, run.Story);
        left.Threads.ShouldBeLessThanOrEqualTo(before.Threads + ThreadMargin);
        left.Memory.ShouldBeLessThanOrEqualTo((before.Memory * 2) + MemoryMargin);
    }
}
