using System.Globalization;
using Ppv.Rpc;

namespace Ppv.Hosting.Health;

/// <summary>A connection to the broker that must be up for the program to do its work.</summary>
/// <param name="Name">Whose it is: <c>gateway</c> or <c>worker</c>.</param>
/// <param name="Status">Reads its state; never dials.</param>
/// <param name="Hosts">Reads what is known of the hosts, the primary first.</param>
/// <param name="UsesAll">Whether all of them should be in use at once, as by a worker on independent brokers.</param>
/// <param name="Clocks">Reads whether the clocks at its ends differ, as a sentence; by default nothing is known of that.</param>
internal sealed record BrokerReadiness(
    string Name, Func<ConnectionStatus> Status, Func<IReadOnlyList<BrokerHostStatus>> Hosts, Func<bool> UsesAll,
    Func<string?>? Clocks = null)
{
    /// <summary>How long after a failure a connection has to hold before it counts as healthy.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    /// <summary>What is not as it should be although orders pass, as a sentence; <see langword="null"/> for nothing.</summary>
    public string? Trouble(DateTimeOffset now) => (TroubleOfHosts(now), Clocks?.Invoke()) switch
    {
        ({ } hosts, { } clocks) => $"{hosts} {clocks}",
        var (hosts, clocks) => hosts ?? clocks,
    };

    private string? TroubleOfHosts(DateTimeOffset now)
    {
        var hosts = Hosts();
        var away = UsesAll() ? hosts.FirstOrDefault(host => !IsInUse(host)) : IsInUse(hosts[0]) ? null : hosts[0];
        if (away is not null && hosts.FirstOrDefault(IsInUse) is { } inUse)
            return $"{away.Host} is not in use, {inUse.Host} is{(away.LastError is { } error ? $": {error}" : ".")}";
        return hosts.FirstOrDefault(host => IsInUse(host) && host.LastFailure is not null && now - host.Since < Settling) is { } recent
            ? string.Create(CultureInfo.InvariantCulture,
                $"The connection to {recent.Host} is less than {Settling.TotalSeconds:0} s old, after a failure: {recent.LastError}")
            : null;
    }

    private static bool IsInUse(BrokerHostStatus host) => host.State is BrokerHostState.Ready or BrokerHostState.Blocked;
}
