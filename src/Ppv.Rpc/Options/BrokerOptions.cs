using Microsoft.Extensions.Options;
using Ppv.Protocol.Validation;

namespace Ppv.Rpc;

/// <summary>Which RabbitMQ hosts there are, how to log in, and how long to wait for them. Section <c>Ppv:Broker</c>.</summary>
public sealed class BrokerOptions
{
    /// <summary>
    /// The hosts in order of preference, the primary first: <c>host</c> or <c>host:port</c> (5672 without one; IPv6 addresses in brackets).
    /// Or as a URI (https://www.rabbitmq.com/docs/uri-spec): <c>amqp://host</c>, and with TLS <c>amqps://host</c> (5671 without a port),
    /// whose certificate must be valid for the host's name, or for another one that the entry names:
    /// <c>amqps://10.0.0.1?server_name_indication=kfs-gax.example</c>; <see cref="Tls"/> says who may have issued it. A URI may carry a
    /// login and a virtual host of its own, <c>amqps://user:password@host/vhost</c>, which come before <see cref="UserName"/>,
    /// <see cref="Password"/> and
    /// <see cref="VirtualHost"/>. At least one; default: <c>localhost</c> when left empty. Legacy keys <c>primary_host</c>,
    /// <c>backup_host</c>.
    /// </summary>
    [Secret(OnlyLogin = true)]
    public List<string> Hosts { get; set; } = [];

    /// <summary>The virtual host. Default <c>/ppv</c> (contract §2). Legacy key <c>vhost</c>.</summary>
    [NotEmpty]
    public string VirtualHost { get; set; } = "/ppv";

    /// <summary>The user name. Default <c>ppv</c>. Legacy key <c>username</c>.</summary>
    [NotEmpty]
    public string UserName { get; set; } = "ppv";

    /// <summary>The password. Default <c>ppv</c>. Never logged. Legacy key <c>password</c>.</summary>
    [Secret]
    public string Password { get; set; } = "ppv";

    /// <summary>Certificates and keys for hosts over TLS: <c>Ppv:Broker:Tls</c>.</summary>
    [ValidateObjectMembers]
    public BrokerTlsOptions Tls { get; set; } = new();

    /// <summary>What the hosts are to each other. Default <see cref="BrokerTopology.Cluster"/>.</summary>
    [Defined]
    public BrokerTopology Topology { get; set; } = BrokerTopology.Cluster;

    /// <summary>
    /// How long after its last failure the preferred host is used again when another one is in use: 100 ms to 1 day, default 1 min.
    /// <see cref="Timeout.InfiniteTimeSpan"/> (written <c>-00:00:00.001</c>) leaves that to <see cref="IBrokerSwitch.SwitchToAsync"/>.
    /// </summary>
    public TimeSpan FailbackDelay { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How often each connection is tried from end to end, with a message to its own reply queue: 50 ms to 1 min, default 500 ms. A broker
    /// that is frozen, or whose traffic is swallowed, is left at the latest after this time and <see cref="ProbeTimeout"/>.
    /// </summary>
    [InRange("00:00:00.05", "00:01:00")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long such a message may take, 100 ms to 1 min, default 4 s. Together with <see cref="ProbeInterval"/> at most
    /// <see cref="Heartbeat"/>: a worker must know that it leads the queue no longer before the broker gives it to another one.
    /// </summary>
    [InRange("00:00:00.1", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// The AMQP heartbeat, 1 s to 1 min. Default 5 s. The broker gives a silent connection up after two to three of them
    /// (https://www.rabbitmq.com/docs/heartbeats); this side is quicker, see <see cref="ProbeInterval"/>. RabbitMQ takes the shorter one of
    /// this and its own setting, and a worker goes by the one that was agreed on.
    /// </summary>
    [InRange("00:00:01", "00:01:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long connecting to one host and logging in may take, 100 ms to 1 min. Default 2 s.</summary>
    [InRange("00:00:00.1", "00:01:00")]
    public TimeSpan DialTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long the broker may take over one request (declare, consume, confirm, acknowledge), 1 s to 5 min. Default 10 s. When it takes
    /// longer the connection is replaced.
    /// </summary>
    [InRange("00:00:01", "00:05:00")]
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The step of the pause between rounds over the hosts: the pause after round <c>n</c> is <c>n</c> times as long, up to
    /// <see cref="MaxReconnectDelay"/>. 10 ms to 1 min. Default 2 s, the old rule (contract §4). The first round is tried without any
    /// pause.
    /// </summary>
    [InRange("00:00:00.01", "00:01:00")]
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The longest pause between two rounds, at least <see cref="ReconnectDelay"/>, up to 10 min. Default 30 s, the old rule.
    /// </summary>
    [InRange("00:00:00.01", "00:10:00")]
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// After how many failed attempts in a row to give up, 1 or more; <see langword="null"/> (the default) never gives up. A host
    /// application that gave up stops, so that its service manager sees it. Legacy key <c>max_retries</c>.
    /// </summary>
    [InRange(1, int.MaxValue)]
    public int? MaxRetries { get; set; }

    /// <summary>
    /// How often one host is tried in a row before the next one's turn, 1..100. Default 1. Legacy key <c>max_retries_per_server</c>.
    /// </summary>
    [InRange(1, 100)]
    public int MaxRetriesPerHost { get; set; } = 1;

    /// <summary>
    /// The name that the connections carry in the broker's management pages and logs. Default: the name of the program. <c>client</c> or
    /// <c>server</c> is added.
    /// </summary>
    public string? ClientName { get; set; }

    /// <summary>The hosts in their order; <c>localhost</c> where there are none.</summary>
    /// <exception cref="ArgumentException">A host can't be read.</exception>
    internal IReadOnlyList<BrokerHost> ParseHosts() =>
        Hosts is { Count: > 0 }
            ? [.. Addresses().Select(address => address.Host).DistinctBy(host => (host.Name.ToUpperInvariant(), host.Port))]
            : [new BrokerHost("localhost", BrokerHost.DefaultPort)];

    /// <summary>These options as they are for one of the hosts, with its own login where its entry has one.</summary>
    internal BrokerOptions For(BrokerHost host)
    {
        if (Addresses().FirstOrDefault(address => address.Host == host) is not { HasMore: true } own) return this;
        var options = (BrokerOptions)MemberwiseClone();
        options.UserName = own.UserName ?? UserName;
        options.Password = own.Password ?? Password;
        options.VirtualHost = own.VirtualHost ?? VirtualHost;
        return options;
    }

    /// <summary>The name that the certificate of one of the hosts must have.</summary>
    internal string ServerNameOf(BrokerHost host) =>
        Addresses().FirstOrDefault(address => address.Host == host)?.ServerName ?? host.Name;

    private IEnumerable<BrokerHostEntry> Addresses() => Hosts.Select(text => BrokerHostEntry.TryParse(text, out var address)
        ? address
        : throw new ArgumentException(
        $"Ppv:Broker:Hosts has '{BrokerHostEntry.WithoutSecrets(text)}', which is no host, host:port or amqp:// URI."));
}
