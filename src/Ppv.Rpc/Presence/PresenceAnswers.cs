namespace Ppv.Rpc.Presence;

/// <summary>The reports that answer one inquiry, one for each instance. Safe for use by several threads.</summary>
/// <param name="expected">The instances after which nobody is waited for; <see langword="null"/> when that is not known.</param>
internal sealed class PresenceAnswers(IReadOnlyCollection<Guid>? expected)
{
    /// <summary>More than any site has: what strangers send does not fill the memory.</summary>
    public const int MaxInstances = 500, MaxBytes = 8 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, PresenceReport> _reports = [];
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytes;

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

    /// <summary>How many were not taken, because there was no room for them.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Counts a report that can't be taken.</summary>
    public void LeaveOut()
    {
        lock (_lock) LeftOut++;
    }

    /// <param name="report">A report that came.</param>
    /// <param name="length">The bytes in which it came.</param>
    public void Add(PresenceReport report, int length)
    {
        lock (_lock)
        {
            var known = _reports.GetValueOrDefault(report.Instance);
            if ((known is null && _reports.Count == MaxInstances) || _bytes + length > MaxBytes)
            {
                LeftOut++;
                return;
            }

            _bytes += length;
            _reports[report.Instance] = known is null ? report : Merge(known, report);
            if (expected?.All(_reports.ContainsKey) == true) _complete.TrySetResult();
        }
    }

    /// <summary>An instance with connections to two brokers answers over both: it is where it does more.</summary>
    private static PresenceReport Merge(PresenceReport one, PresenceReport other)
    {
        var better = one.IsReady == other.IsReady
            ? PresencePlace.MoreActive(one.Place, other.Place) == one.Place ? one : other
            : one.IsReady ? one : other;
        return better with { Hosts = [.. one.Hosts.Union(other.Hosts, StringComparer.Ordinal).Take(PresenceReport.MaxNames)] };
    }
}
