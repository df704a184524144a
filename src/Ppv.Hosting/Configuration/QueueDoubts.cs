using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>What is allowed of hosts and queues, but hardly meant.</summary>
internal static class QueueDoubts
{
    private const string Hosts = "Ppv:Broker:" + nameof(BrokerOptions.Hosts);
    private const string Topology = "Ppv:Broker:" + nameof(BrokerOptions.Topology);
    private const string QueueKindPath = "Ppv:Rpc:" + nameof(RpcOptions.QueueKind);
    private const string Single = "Ppv:Rpc:" + nameof(RpcOptions.SingleActiveConsumer);
    private const string Allocation = "Ppv:Server:" + nameof(ServerOptions.LineAllocation);

    /// <summary>For gateways and workers.</summary>
    public static IEnumerable<string> Of(BrokerOptions broker, RpcOptions rpc)
    {
        if (rpc.QueueKind == QueueKind.Quorum && broker.Hosts.Count < 3)
            yield return $"{QueueKindPath} is {rpc.QueueKind}, and {Hosts} names {Math.Max(1, broker.Hosts.Count)}. "
                + "A quorum queue needs three nodes to outlive the loss of one; in a cluster of two choose LegacyTransient, on brokers of their own DurableClassic.";
    }

    /// <summary>For workers.</summary>
    public static IEnumerable<string> Of(PpvServerOptions options)
    {
        var (rpc, server) = (options.Rpc, options.Server);
        foreach (var doubt in Of(options.Broker, rpc)) yield return doubt;
        foreach (var doubt in OfRoutes(rpc, server)) yield return doubt;
        var isLeased = server.LineAllocation == LineAllocation.Leased;
        if (isLeased && options.Broker.Topology == BrokerTopology.Independent)
            yield return $"{Topology} is {options.Broker.Topology}, and {Allocation} is {server.LineAllocation}. "
                + "Workers on brokers that know nothing of each other can't take turns: give each one lines of its own (Ppv:Server:FirstLine, Ppv:Server:LastLine).";
        if (isLeased && rpc.QueueKind == QueueKind.Passive)
            yield return $"{QueueKindPath} is {rpc.QueueKind}, and {Allocation} is {server.LineAllocation}. "
                + "The worker consumes exclusively, so the queue must be a classic one: a quorum queue would let two workers in.";
        if (isLeased && server.LastLine - server.FirstLine + 1 is var lines && rpc.Prefetch < 2 * lines)
            yield return $"Ppv:Rpc:{nameof(RpcOptions.Prefetch)} is {rpc.Prefetch}, and the worker has {lines} lines (Ppv:Server:FirstLine to Ppv:Server:LastLine). "
                + "Callers that wait for a free line would keep the confirms of those who have one in the queue; set it to as many callers as there may be, or leave it at 1000.";
        if (!isLeased && rpc is { QueueKind: QueueKind.Quorum, SingleActiveConsumer: not false })
            yield return $"{QueueKindPath} is {rpc.QueueKind}, {Allocation} is {server.LineAllocation}, and {Single} is {OptionRules.Show(rpc.SingleActiveConsumer)}. "
                + "The queue lets one worker at a time work then; set it to false on gateways and workers if all are to.";
    }

    private static IEnumerable<string> OfRoutes(RpcOptions rpc, ServerOptions server)
    {
        if (rpc.Queues.Count == 0) yield break;
        var names = string.Join(", ", rpc.Queues.Select(route => route?.Name));
        if (rpc.Queues.All(route => route?.Name != rpc.Queue))
            yield return OptionRules.Conflict(
                "Ppv:Rpc:Queue", rpc.Queue, "none of", "Ppv:Rpc:Queues", names, "Gateways with these queues send no orders to this worker; name its queue among them");
        if (server.LineAllocation != LineAllocation.Leased)
            yield return OptionRules.Conflict(
                "Ppv:Server:LineAllocation", server.LineAllocation, "with several queues in", "Ppv:Rpc:Queues", names,
                "A worker without leases can't say which calls it has, so that a call may change its queue halfway and buy what somebody else named; use Leased");
    }
}
