namespace Ppv.Rpc;

/// <summary>What the hosts are to each other.</summary>
public enum BrokerTopology
{
    /// <summary>Nodes of one cluster: a queue can be reached through each of them, so one host at a time is used.</summary>
    Cluster,

    /// <summary>
    /// Brokers that know nothing of each other: each has a queue of that name. A worker serves all of them at once; a gateway publishes to
    /// one at a time.
    /// </summary>
    Independent,
}
