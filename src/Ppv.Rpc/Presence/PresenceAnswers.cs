namespace Ppv.Rpc.Presence;

/// <summary>The reports that answer one inquiry, one for each instance. Safe for use by several threads.</summary>
/// <param name="expected">The instances after which nobody is waited for; <see langword="null"/> when that is not known.</param>
internal sealed class PresenceAnswers(IReadOnlyCollection<Guid>? expected)
{
    /// <summary>More than any site has: what strangers send does not fill the memory.</summary>
    private const int MaxInstances = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, PresenceReport> _reports = [];
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when all that were expected have answered.</summary>
    public Task Complete => _complete.Task;

    /// <summary>What came until now, in the order of role, machine and start.</summary>
    public IReadOnlyList<PresenceReport> Reports
    {
        get
        {
            lock (_lock)
            {
                return [.. _reports.Values
                    .OrderBy(report => report.Role, StringComparer.Ordinal)
                    .ThenBy(report => report.Machine, StringComparer.Ordinal)
                    .ThenBy(report => report.StartedAt)
                    .ThenBy(report => report.Instance)];
            }
        }
    }

    public void Add(PresenceReport report)
    {
        lock (_lock)
        {
            if (_reports.TryGetValue(report.Instance, out var known)) _reports[report.Instance] = Merge(known, report);
            else if (_reports.Count < MaxInstances) _reports.Add(report.Instance, report);
            if (expected?.All(_reports.ContainsKey) == true) _complete.TrySetResult();
        }
    }

    /// <summary>An instance with connections to two brokers answers over both: it is where it does more.</summary>
    private static PresenceReport Merge(PresenceReport one, PresenceReport other)
    {
        var better = one.IsReady == other.IsReady
            ? PresencePlace.MoreActive(one.Place, other.Place) == one.Place ? one : other
            : one.IsReady ? one : other;
        return better with { Hosts = [.. one.Hosts.Union(other.Hosts, StringComparer.Ordinal)] };
    }
}
