using Ppv.Rpc;

namespace Ppv.Hosting.Configuration;

/// <summary>What is allowed of hosts and queues, but hardly meant.</summary>
internal static class QueueWarnings
{
    private const string Hosts = "Ppv:Broker:" + nameof(BrokerOptions.Hosts);
    private const string QueueKindPath = "Ppv:Rpc:" + nameof(RpcOptions.QueueKind);

    /// <summary>For gateways and workers.</summary>
    public static IEnumerable<string> Of(BrokerOptions broker, RpcOptions rpc)
    {
        foreach (var doubt in ValueWarnings.Of(broker, rpc)) yield return doubt;
        if (rpc.QueueKind == QueueKind.Quorum && broker.Hosts.Count < 3)
            yield return $"{QueueKindPath} is {rpc.QueueKind}, and {Hosts} names {Math.Max(1, broker.Hosts.Count)}. "
                + "A quorum queue needs three nodes to outlive the loss of one; in a cluster of two choose LegacyTransient, on brokers "
                + "of their own DurableClassic.";
        if (broker.Hosts.TrueForAll(host => BrokerHostEntry.TryParse(host, out _)) && broker.ParseHosts().Count < broker.Hosts.Count)
            yield return $"{Hosts} names a host more than once: {string.Join(", ", broker.Hosts.Select(BrokerHostEntry.WithoutSecrets))}. "
                + "Each is used once, as it stands first; see whether another one was meant.";
        if (InClear(broker) is { Count: > 0 } inClear)
            yield return $"{Hosts} has hosts with TLS, and {string.Join(", ", inClear)} without. To those the password and the orders go "
                + "in clear; write them as amqps:// too.";
    }

    /// <summary>The hosts without TLS, where others have it; none where the hosts can't be read, which is a problem of its own.</summary>
    private static List<BrokerHost> InClear(BrokerOptions broker)
    {
        if (!broker.Hosts.TrueForAll(host => BrokerHostEntry.TryParse(host, out _))) return [];
        var hosts = broker.ParseHosts();
        return hosts.Any(host => host.UseTls) ? [.. hosts.Where(host => !host.UseTls)] : [];
    }
}
