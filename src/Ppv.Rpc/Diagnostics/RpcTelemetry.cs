using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ppv.Protocol;
using Ppv.Protocol.Telemetry;

namespace Ppv.Rpc.Diagnostics;

/// <summary>What this package traces and measures under the name <c>Ppv.Rpc</c>.</summary>
internal static class RpcTelemetry
{
    public static readonly ActivitySource Source = new(PpvTelemetry.Rpc);

    private static readonly Meter Meter = new(PpvTelemetry.Rpc);
    private static readonly ObservedSet<PendingCount> PendingCounts = new();
    private static readonly ObservedSet<Func<Measurement<int>?>> HostsInUse = new();

    public static readonly Histogram<double> ClientDuration = Meter.CreateDuration(
        TelemetryNames.ClientCallDuration, "How long a caller waited for its answer, or for the knowledge that there is none.");

    public static readonly Histogram<double> ServerDuration = Meter.CreateDuration(
        TelemetryNames.ServerCallDuration, "How long the handler took for a request.");

    public static readonly Histogram<double> QueueWait = Meter.CreateDuration(
        TelemetryNames.QueueWaitDuration, "From when the client sent a request until the server took it, by the clocks of both hosts.");

    public static readonly Counter<long> Purchases = Meter.CreateCounter<long>(
        TelemetryNames.Purchases, "{purchase}", "Calls of PurchaseAsync that ended; one that joins a purchase under way counts too.");

    public static readonly Counter<long> LateReplies = Meter.CreateCounter<long>(
        TelemetryNames.LateReplies, "{reply}", "Answers for which no call waited any more.");

    public static readonly Counter<long> Resends = Meter.CreateCounter<long>(
        TelemetryNames.Resends, "{request}", "Requests that were sent again because their connection was lost.");

    public static readonly Counter<long> Failovers = Meter.CreateCounter<long>(
        TelemetryNames.Failovers, "{change}", "Changes to another host than the one used before, back to the preferred one included.");

    public static readonly Counter<long> Reconnects = Meter.CreateCounter<long>(
        TelemetryNames.Reconnects, "{connection}", "Connections made anew to the host that was used before.");

    static RpcTelemetry()
    {
        Meter.CreateObservableUpDownCounter(
            TelemetryNames.PendingCount, static () => CountPending(), "{request}",
            "Requests that wait for their answers now.");
        Meter.CreateObservableGauge(
            TelemetryNames.ActiveHost,
            static () => HostsInUse.All.Select(host => host()).Where(host => host is not null).Select(host => host!.Value).ToArray(),
            "{connection}", "1 for each host that is in use now.");
    }

    /// <summary>Adds a client's pending requests to what is observed, until the result is disposed of.</summary>
    public static IDisposable ObservePending(Func<int> count, ClientIdentity identity) =>
        PendingCounts.Add(new PendingCount(count, identity.Name));

    /// <summary>Clients of one name are one series, as are those without a name, of which there may be none yet.</summary>
    private static List<Measurement<int>> CountPending() =>
    [
        .. PendingCounts.All.Append(new PendingCount(static () => 0, null)).GroupBy(static count => count.Client)
            .Select(static group => new Measurement<int>(
                group.Sum(static count => count.Count()), new ClientIdentity(group.Key).Tags())),
    ];

    private sealed record PendingCount(Func<int> Count, string? Client);

    /// <summary>Adds a connection to what is observed, until the result is disposed of.</summary>
    /// <param name="host">1 with the host in use as tags; <see langword="null"/> while there is none.</param>
    public static IDisposable ObserveHost(Func<Measurement<int>?> host) => HostsInUse.Add(host);
}
