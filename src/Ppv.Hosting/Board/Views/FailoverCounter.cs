using Ppv.Rpc;

namespace Ppv.Hosting.Board.Views;

/// <summary>How often another host than the one before was taken, since this was made. Safe for use by several threads.</summary>
internal sealed class FailoverCounter
{
    private readonly Lock _gate = new();
    private BrokerHost? _latest;
    private int _count;
    private DateTimeOffset? _last;

    public FailoverCounter(IBrokerSwitch hosts, TimeProvider timeProvider)
    {
        hosts.HostChanged += (_, change) =>
        {
            if (change.Now.State == BrokerHostState.Ready) Use(change.Now.Host, timeProvider.GetUtcNow());
        };
        if (hosts.Hosts.FirstOrDefault(ConnectionsView.IsInUse) is { } inUse) Use(inUse.Host, timeProvider.GetUtcNow());
    }

    public int Count
    {
        get { lock (_gate) return _count; }
    }

    public DateTimeOffset? Last
    {
        get { lock (_gate) return _last; }
    }

    private void Use(BrokerHost host, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_latest is not null && _latest != host) (_count, _last) = (_count + 1, now);
            _latest = host;
        }
    }
}
