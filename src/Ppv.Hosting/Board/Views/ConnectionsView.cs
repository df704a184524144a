using Ppv.Hosting.Board.State;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Hosting.Board.Views;

/// <summary>The connections to the brokers, as the board shows them. Counts changes of host from when it is made.</summary>
internal sealed class ConnectionsView
{
    private readonly BoardSources _sources;
    private readonly IReadOnlyList<(LinkSources Link, FailoverCounter Failovers)> _links;

    public ConnectionsView(BoardSources sources)
    {
        _sources = sources;
        _links = [.. sources.Links.Select(link => (link, new FailoverCounter(link.Switch, sources.TimeProvider)))];
    }

    public IReadOnlyList<BoardConnection> Read(IReadOnlyDictionary<string, QueueCounts> queues) =>
        [.. _links.Select(link => Show(link.Link, link.Failovers, queues))];

    private BoardConnection Show(LinkSources link, FailoverCounter failovers, IReadOnlyDictionary<string, QueueCounts> queues)
    {
        var (status, hosts, usesAll) = (link.Readiness.Status(), link.Readiness.Hosts(), link.Readiness.UsesAll());
        return new BoardConnection(
            link.Readiness.Name, status.IsReady, status.Description,
            [.. hosts.Select(host =>
                new BoardHost(host.Host.ToString(), host.State.ToString(), IsInUse(host), host.Since, host.LastError))],
            usesAll ? 0 : failovers.Count, usesAll ? null : failovers.Last,
            usesAll ? null : FailbackIn(hosts, link.Options.FailbackDelay, _sources.TimeProvider.GetUtcNow()),
            [
                .. link.Queues.Select(queue => queues.TryGetValue(queue, out var counts)
                    ? new BoardQueue(queue, counts.Messages, counts.Consumers)
                    : new BoardQueue(queue, null, null)),
            ]);
    }

    /// <summary>When the primary is tried again; in whole seconds, so that a board changes once a second by it.</summary>
    internal static double? FailbackIn(IReadOnlyList<BrokerHostStatus> hosts, TimeSpan delay, DateTimeOffset now)
    {
        var primary = hosts[0];
        if (IsInUse(primary) || !hosts.Any(IsInUse) || primary.LastFailure is not { } failure || delay == Timeout.InfiniteTimeSpan)
            return null;
        return Math.Max(0, Math.Ceiling((failure + delay - now).TotalSeconds));
    }

    internal static bool IsInUse(BrokerHostStatus host) => host.State is BrokerHostState.Ready or BrokerHostState.Blocked;
}
