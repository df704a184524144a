using Microsoft.Extensions.Logging;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Rpc.Hosts;

/// <summary>The hosts' present state, and who is told of its changes. Safe for use by several threads.</summary>
internal sealed class HostBoard(IReadOnlyList<BrokerHost> hosts, ILogger logger, TimeProvider timeProvider)
{
    // Held until a change is handed on, so that handlers see one after the other.
    private readonly Lock _changing = new();
    private readonly EventDispatcher _events = new(nameof(IBrokerSwitch.HostChanged), logger);
    private volatile HostTable _table = HostTable.Of(hosts, timeProvider.GetUtcNow());

    /// <summary>Raised apart from the work of the one who makes the change.</summary>
    public event EventHandler<BrokerHostChangedEventArgs>? Changed;

    public HostTable Table => _table;

    /// <summary>The index of a host; -1 when it is none of ours.</summary>
    public int IndexOf(BrokerHost host) => hosts.ToList().IndexOf(host);

    /// <summary>Puts a new table in the place of the present one, and tells of each host whose state is another one now.</summary>
    public void Update(Func<HostTable, DateTimeOffset, HostTable> change, string reason, object sender)
    {
        lock (_changing)
        {
            var before = _table;
            var now = _table = change(before, timeProvider.GetUtcNow());
            foreach (var (was, isNow) in before.Hosts.Zip(now.Hosts))
            {
                if (was.State != isNow.State) _events.Raise(Changed, sender, new BrokerHostChangedEventArgs(was, isNow, reason));
            }
        }
    }
}
