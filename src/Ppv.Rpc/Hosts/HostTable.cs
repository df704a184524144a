using System.Collections.Immutable;
using Ppv.Protocol.Text;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Rpc.Hosts;

/// <summary>What is known of all hosts, in the order of the configuration. Immutable: every event makes a new one.</summary>
/// <param name="Hosts">Each host's status.</param>
/// <param name="Preferred">The index of the one to be used when it can be: the primary, unless somebody has switched.</param>
internal sealed record HostTable(ImmutableArray<BrokerHostStatus> Hosts, int Preferred = 0)
{
    public static HostTable Of(IEnumerable<BrokerHost> hosts, DateTimeOffset now) =>
        new([.. hosts.Select(host => new BrokerHostStatus(host) { Since = now })]);

    public BrokerHostStatus this[int index] => Hosts[index];

    /// <summary>It is in use from now on, in the place of whichever was: that one has no fault unless it was blocked.</summary>
    public HostTable Using(int index, DateTimeOffset now)
    {
        var table = this;
        for (var other = 0; other < Hosts.Length; other++)
        {
            if (other != index && this[other].State is BrokerHostState.Ready or BrokerHostState.Blocked)
                table = table.With(other,
                    table.InState(other, this[other].State == BrokerHostState.Ready ? BrokerHostState.Unknown : BrokerHostState.Down, now));
        }

        return table.With(index, table.InState(index, BrokerHostState.Ready, now));
    }

    /// <summary>It could not be dialled or prepared.</summary>
    public HostTable Failed(int index, string error, DateTimeOffset now) =>
        With(index, InState(index, BrokerHostState.Down, now) with { LastFailure = now, LastError = error, Failures = this[index].Failures
            + 1 });

    /// <summary>
    /// It was in use and is lost. A connection that lived for less than <paramref name="settling"/> counts as one more failed attempt, so
    /// that hosts which take connections and drop them are not dialled without a pause; a longer one ends the row of failures of all hosts.
    /// </summary>
    public HostTable Lost(int index, string error, DateTimeOffset now, TimeSpan settling)
    {
        if (this[index].State == BrokerHostState.Down || now - this[index].Since < settling) return Failed(index, error, now);
        var forgiven = this with { Hosts = [.. Hosts.Select(host => host with { Failures = 0 })] };
        return forgiven.With(
            index, forgiven.InState(index, BrokerHostState.Down, now) with { LastFailure = now, LastError = error });
    }

    /// <summary>It is in use and takes no messages, which is a failure, or takes them again.</summary>
    public HostTable Blocked(int index, string? reason, DateTimeOffset now) =>
        reason is null
            ? With(index, InState(index, BrokerHostState.Ready, now))
            : With(index, InState(index, BrokerHostState.Blocked, now) with { LastFailure = now, LastError = reason });

    private BrokerHostStatus InState(int index, BrokerHostState state, DateTimeOffset now) =>
        this[index].State == state ? this[index] : this[index] with { State = state, Since = now };

    private HostTable With(int index, BrokerHostStatus status) => this with { Hosts = Hosts.SetItem(index, status) };
}

/// <summary>
/// The hosts' present state, and who is told of its changes. Its times are a <see cref="SteadyClock"/>'s: a step of the machine's clock
/// neither keeps a host out of use nor brings it back too soon. Outside they are told by the machine's clock. Safe for use by several
/// threads.
/// </summary>
internal sealed class HostMonitor
{
    // Held until a change is handed on, so that handlers see one after the other.
    private readonly Lock _changing = new();
    private readonly SteadyClock _clock;
    private readonly EventDispatcher _events;
    private volatile HostTable _table;

    public HostMonitor(IReadOnlyList<BrokerHost> hosts, PlainLogger logger, TimeProvider timeProvider)
    {
        (_clock, _events) = (new SteadyClock(timeProvider), new EventDispatcher(nameof(IBrokerSwitch.HostChanged), logger));
        _table = HostTable.Of(hosts, _clock.Now);
    }

    /// <summary>Raised apart from the work of the one who makes the change.</summary>
    public event EventHandler<BrokerHostChangedEventArgs>? Changed;

    /// <summary>What is known, with times by <see cref="Now"/>.</summary>
    public HostTable Table => _table;

    /// <summary>The time to compare with the table's.</summary>
    public DateTimeOffset Now => _clock.Now;

    /// <summary>What is known, with times by the machine's clock as it is now.</summary>
    public IReadOnlyList<BrokerHostStatus> Hosts =>
        _clock.Offset is var offset && offset == TimeSpan.Zero ? _table.Hosts : [.. _table.Hosts.Select(host => Told(host, offset))];

    /// <summary>Puts a new table in the place of the present one, and tells of each host whose state is another one now.</summary>
    public void Update(Func<HostTable, DateTimeOffset, HostTable> change, string reason, object sender)
    {
        lock (_changing)
        {
            var before = _table;
            var now = _table = change(before, _clock.Now);
            var offset = _clock.Offset;
            foreach (var (was, isNow) in before.Hosts.Zip(now.Hosts))
            {
                if (was.State == isNow.State) continue;
                _events.Raise(Changed, sender, new BrokerHostChangedEventArgs(Told(was, offset), Told(isNow, offset), reason));
            }
        }
    }

    private static BrokerHostStatus Told(BrokerHostStatus host, TimeSpan offset) =>
        host with { Since = host.Since + offset, LastFailure = host.LastFailure + offset };
}
