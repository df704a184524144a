namespace Ppv.Rpc;

/// <summary>What <see cref="BrokerOptions"/> must be. The password is looked at by nobody here, so that no message can quote it.</summary>
internal static class BrokerRules
{
    private const string Section = "Ppv:Broker:";
    private static readonly TimeSpan ShortestHeartbeat = TimeSpan.FromSeconds(1);

    public static void Check(BrokerOptions broker, OptionRules rules)
    {
        for (var i = 0; i < broker.Hosts.Count; i++)
            rules.Require(BrokerHost.TryParse(broker.Hosts[i], out _), $"{Section}{nameof(broker.Hosts)}:{i}", WithoutLogin(broker.Hosts[i]),
                "host, host:port or [IPv6 address]:port, with a port of 1 to 65535");
        rules.NotEmpty(Section + nameof(broker.VirtualHost), broker.VirtualHost);
        rules.NotEmpty(Section + nameof(broker.UserName), broker.UserName);
        rules.InRange(Section + nameof(broker.Heartbeat), broker.Heartbeat, ShortestHeartbeat, TimeSpan.FromMinutes(1));
        rules.Defined(Section + nameof(broker.Topology), broker.Topology);
        if (broker.FailbackDelay != Timeout.InfiniteTimeSpan)
            rules.InRange(Section + nameof(broker.FailbackDelay), broker.FailbackDelay, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1));
        rules.InRange(Section + nameof(broker.ProbeInterval), broker.ProbeInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1));
        rules.InRange(Section + nameof(broker.ProbeTimeout), broker.ProbeTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        rules.Between(broker.ProbeInterval + broker.ProbeTimeout <= broker.Heartbeat || broker.Heartbeat < ShortestHeartbeat,
            $"{Section}{nameof(broker.ProbeInterval)} and {Section}{nameof(broker.ProbeTimeout)} together", broker.ProbeInterval + broker.ProbeTimeout, "longer than",
            Section + nameof(broker.Heartbeat), broker.Heartbeat, "Make them shorter, or the heartbeat longer");
        rules.InRange(Section + nameof(broker.DialTimeout), broker.DialTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        rules.InRange(Section + nameof(broker.OperationTimeout), broker.OperationTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        rules.InRange(Section + nameof(broker.ReconnectDelay), broker.ReconnectDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        rules.InRange(Section + nameof(broker.MaxReconnectDelay), broker.MaxReconnectDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10));
        rules.Between(broker.ReconnectDelay <= broker.MaxReconnectDelay,
            Section + nameof(broker.ReconnectDelay), broker.ReconnectDelay, "longer than",
            Section + nameof(broker.MaxReconnectDelay), broker.MaxReconnectDelay, "Make it shorter");
        if (broker.MaxRetries is { } retries) rules.InRange(Section + nameof(broker.MaxRetries), retries, 1, int.MaxValue);
        rules.InRange(Section + nameof(broker.MaxRetriesPerHost), broker.MaxRetriesPerHost, 1, 100);
    }

    // Somebody may have written an amqp:// address here, with the password in it.
    private static string? WithoutLogin(string? host) => host is null || !host.Contains('@', StringComparison.Ordinal) ? host : $"…@{host[(host.LastIndexOf('@') + 1)..]}";
}
