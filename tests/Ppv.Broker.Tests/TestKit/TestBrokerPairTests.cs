using Ppv.Broker.Tests.Failover;
using Ppv.TestKit;

namespace Ppv.Broker.Tests.TestKit;

/// <summary>Two brokers do what the failover tests rely on: each goes and comes back, and the cluster is whole again.</summary>
[Collection(FailoverGroup.Name)]
public sealed class TestBrokerPairTests(BrokerPairs pairs)
{
    private static readonly TimeSpan Bound = Hang.Limit;

    [Fact]
    public async Task A_node_of_a_cluster_that_was_killed_or_frozen_comes_back_into_it()
    {
        var brokers = await pairs.HealthyAsync(isCluster: true);
        (await NodesSeenByBackupAsync(brokers)).ShouldBe(2);

        await brokers.Primary.KillAsync();
        brokers.Primary.IsAlive.ShouldBeFalse();
        (await NodesSeenByBackupAsync(brokers)).ShouldBe(1);
        await brokers.HealAsync();
        (await NodesSeenByBackupAsync(brokers)).ShouldBe(2);

        await brokers.Primary.FreezeAsync();
        (brokers.Primary.IsAlive, brokers.Primary.IsFrozen).ShouldBe((true, true));
        await GivenUpByBackupAsync(brokers);
        await brokers.HealAsync();
        brokers.Primary.IsFrozen.ShouldBeFalse();
        (await NodesSeenByBackupAsync(brokers)).ShouldBe(2);
    }

    [Fact]
    public async Task Independent_brokers_know_nothing_of_each_other_and_a_frozen_one_can_be_ended()
    {
        var brokers = await pairs.HealthyAsync(isCluster: false);
        (await NodesSeenByBackupAsync(brokers)).ShouldBe(1);

        await brokers.Primary.FreezeAsync();
        await Should.ThrowAsync<Exception>(() => brokers.Primary.Address.ConnectAsync());
        await brokers.Primary.KillAsync();
        (brokers.Primary.IsAlive, brokers.Primary.IsFrozen).ShouldBe((false, false));
        await brokers.HealAsync();

        await using var proxy = brokers.ProxyTo(brokers.Primary);
        await using var connection = await (brokers.Primary.Address with { Port = proxy.Port }).ConnectAsync();
        connection.IsOpen.ShouldBeTrue();
    }

    private static async Task GivenUpByBackupAsync(TestBrokerPair brokers)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (await NodesSeenByBackupAsync(brokers) != 1)
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Bound, "the other node did not give the frozen one up");
    }

    private static async Task<int> NodesSeenByBackupAsync(TestBrokerPair brokers) => int.Parse(
        await brokers.Backup.ControlAsync(
            "eval", "length(rabbit_nodes:all_running())."), System.Globalization.CultureInfo.InvariantCulture);
}
