using Microsoft.Extensions.Logging;
using Ppv.Rpc.Connection;

namespace Ppv.Rpc.Hosts;

/// <summary>The hosts' present state, and who is told of its changes. Safe for use by several threads.</summary>
internal sealed class HostBoard(IReadOnlyList<BrokerHost> hosts, ILogger logger, TimeProvider timeProvider)
{
    // Held while handlers run, so that they see one change after the other.
    private readonly Lock _changing = new();
    private volatile HostTable _table = HostTable.Of(hosts, timeProvider.GetUtcNow());

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
                if (was.State != isNow.State) Tell(new BrokerHostChangedEventArgs(was, isNow, reason), sender);
            }
        }
    }

    private void Tell(BrokerHostChangedEventArgs change, object sender)
    {
        try
        {
            Changed?.Invoke(sender, change);
        }
        catch (Exception e)
        {
            // A handler's fault must not keep anybody from connecting.
            ConnectionLog.HandlerFailed(logger, nameof(IBrokerSwitch.HostChanged), e);
        }
    }
}
