namespace Ppv.Rpc.Brokers;

/// <summary>What some releases of RabbitMQ can't do that was right for others. Pure.</summary>
internal static class BrokerReleases
{
    // https://github.com/rabbitmq/rabbitmq-server/blob/main/release-notes/4.3.0.md
    private static readonly Version OnlyByMajority = new(4, 3), WithoutTransient = new(4, 3);

    /// <summary>Reads what a broker says of itself, such as <c>4.3.0-rc.1</c>; <see langword="null"/> when that is no release.</summary>
    public static Version? Read(string? text) => Version.TryParse(text?.Split('-', '+')[0], out var version) ? version : null;

    /// <summary>What is to be doubted of a site's hosts; <see langword="null"/> when nothing is.</summary>
    public static string? DoubtOf(Version? release, BrokerOptions broker) =>
        release >= OnlyByMajority && broker.Topology == BrokerTopology.Cluster && broker.ParseHosts().Count == 2
            ? $"RabbitMQ {release} needs most nodes of a cluster, and Ppv:Broker:Hosts names two: when either is down, neither works, and "
                + "cluster_partition_handling has no effect. Add a third node, or make them brokers of their own "
                + "(Ppv:Broker:Topology=Independent)."
            : null;

    /// <summary>What is to be doubted of a kind of queue; <see langword="null"/> when nothing is.</summary>
    public static string? DoubtOf(Version? release, QueueKind kind) =>
        release >= WithoutTransient && kind == QueueKind.LegacyTransient
            ? $"RabbitMQ {release} makes no transient queue (Ppv:Rpc:QueueKind=LegacyTransient) unless each rabbitmq.conf has "
                + "deprecated_features.permit.transient_nonexcl_queues = true, and later releases none at all. Use DurableClassic as soon "
                + "as no old program is left."
            : null;
}
