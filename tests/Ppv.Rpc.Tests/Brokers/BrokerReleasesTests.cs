using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Tests.Brokers;

/// <summary>What some releases can't do that was right for others.</summary>
public class BrokerReleasesTests
{
    [Theory]
    [InlineData("4.3.0", BrokerTopology.Cluster, 2, true)]
    [InlineData("4.3.0-rc.1", BrokerTopology.Cluster, 2, true)]
    [InlineData("5.0.1+7", BrokerTopology.Cluster, 2, true)]
    [InlineData("4.2.9", BrokerTopology.Cluster, 2, false)]
    [InlineData("3.10.8", BrokerTopology.Cluster, 2, false)]
    [InlineData("4.3.0", BrokerTopology.Independent, 2, false)]
    [InlineData("4.3.0", BrokerTopology.Cluster, 3, false)]
    [InlineData("4.3.0", BrokerTopology.Cluster, 1, false)]
    [InlineData("unknown", BrokerTopology.Cluster, 2, false)]
    [InlineData(null, BrokerTopology.Cluster, 2, false)]
    public void A_cluster_of_two_is_doubted_where_most_nodes_decide(string? release, BrokerTopology topology, int hosts, bool isDoubted) =>
        (BrokerReleases.DoubtOf(BrokerReleases.Read(release), new BrokerOptions
        {
            Topology = topology, Hosts = [.. Enumerable.Range(0, hosts).Select(number => $"node-{number}")],
        }) is not null).ShouldBe(isDoubted);

    [Theory]
    [InlineData("4.3.0", QueueKind.LegacyTransient, true)]
    [InlineData("4.2.9", QueueKind.LegacyTransient, false)]
    [InlineData("4.3.0", QueueKind.DurableClassic, false)]
    [InlineData(null, QueueKind.LegacyTransient, false)]
    public void A_transient_queue_is_doubted_where_it_is_not_made_any_more(string? release, QueueKind kind, bool isDoubted) =>
        (BrokerReleases.DoubtOf(BrokerReleases.Read(release), kind) is not null).ShouldBe(isDoubted);
}
