using System.Collections.Concurrent;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// The hosts on which trying to declare a reply queue cost the connection or its time: the next connection to them uses direct reply-to at once. Forgotten when
/// a reply queue was declared on any host, for then the brokers have probably come together again. Safe for use by several threads.
/// </summary>
internal sealed class DirectReplyHosts
{
    private readonly ConcurrentDictionary<BrokerHost, byte> _hosts = new();

    public bool Contains(BrokerHost host) => _hosts.ContainsKey(host);

    public bool Add(BrokerHost host) => _hosts.TryAdd(host, 0);

    public void Clear() => _hosts.Clear();
}
