using System.Diagnostics.Metrics;

namespace Ppv.Rpc.Diagnostics;

/// <summary>Counters of the meter <c>Ppv.Rpc</c>.</summary>
internal static class RpcMetrics
{
    private static readonly Meter Meter = new("Ppv.Rpc");

    /// <summary>Answers for which no call waited any more.</summary>
    public static readonly Counter<long> LateReplies = Meter.CreateCounter<long>(
        "ppv.rpc.client.late_replies", "{reply}", "Answers for which no call waited any more.");
}
