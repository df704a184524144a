namespace Ppv.Rpc.Hosts;

/// <summary>The hosts of the configuration, in its order.</summary>
internal static class BrokerHosts
{
    /// <exception cref="ArgumentException">A host can't be read.</exception>
    public static BrokerHost[] Parse(BrokerOptions options) =>
        options.Hosts is { Count: > 0 } hosts
            ? [.. hosts.Select(text => BrokerHost.TryParse(text, out var host) ? host : throw new ArgumentException($"Ppv:Broker:Hosts has '{text}', which is no host or host:port."))]
            : [new BrokerHost("localhost", BrokerHost.DefaultPort)];
}
