using Ppv.Hosting.Configuration;
using Ppv.Protocol.Validation;
using Ppv.Rpc;

namespace Ppv.Hosting.Worker;

/// <summary>What is allowed of a worker's options, but hardly meant.</summary>
internal static class ServerWarnings
{
    private const string Topology = "Ppv:Broker:" + nameof(BrokerOptions.Topology);
    private const string QueueKindPath = "Ppv:Rpc:" + nameof(RpcOptions.QueueKind);
    private const string Single = "Ppv:Rpc:" + nameof(RpcOptions.SingleActiveConsumer);
    private const string Allocation = "Ppv:Server:" + nameof(WorkerOptions.LineAllocation);

    public static IEnumerable<string> Of(PpvServerOptions options)
    {
        var (rpc, server) = (options.Rpc, options.Server);
        foreach (var warning in QueueWarnings.Of(options.Broker, rpc)) yield return warning;
        foreach (var warning in OfRoutes(rpc, server)) yield return warning;
        var isLeased = server.LineAllocation == LineAllocation.Leased;
        if (isLeased && options.Broker.Topology == BrokerTopology.Independent)
            yield return $"{Topology} is {options.Broker.Topology}, and {Allocation} is {server.LineAllocation}. "
                + "Workers on brokers that know nothing of each other can't take turns: give each one lines of its own "
                + "(Ppv:Server:FirstLine, Ppv:Server:LastLine).";
        if (isLeased && rpc.QueueKind == QueueKind.Passive)
            yield return $"{QueueKindPath} is {rpc.QueueKind}, and {Allocation} is {server.LineAllocation}. "
                + "The worker consumes exclusively, so the queue must be a classic one: a quorum queue would let two workers in.";
        if (isLeased && server.LastLine - server.FirstLine + 1 is var lines && rpc.Prefetch < 2 * lines)
            yield return $"Ppv:Rpc:{nameof(RpcOptions.Prefetch)} is {rpc.Prefetch}, and the worker has {lines} lines "
                + "(Ppv:Server:FirstLine to Ppv:Server:LastLine). "
                + "Callers that wait for a free line would keep the confirms of those who have one in the queue; set it to as many "
                + "callers as there may be, or leave it at 1000.";
        if (!isLeased && rpc is { QueueKind: QueueKind.Quorum, SingleActiveConsumer: not false })
            yield return $"{QueueKindPath} is {rpc.QueueKind}, {Allocation} is {server.LineAllocation}, and {Single} is "
                + $"{OptionRules.Show(rpc.SingleActiveConsumer)}. "
                + "The queue lets one worker at a time work then; set it to false on gateways and workers if all are to.";
    }

    private static IEnumerable<string> OfRoutes(RpcOptions rpc, WorkerOptions server)
    {
        if (rpc.Queues.Count == 0) yield break;
        var names = string.Join(", ", rpc.Queues.Select(route => route?.Name));
        if (rpc.Queues.All(route => route?.Name != rpc.Queue))
            yield return OptionRules.Conflict(
                "Ppv:Rpc:Queue", rpc.Queue, "none of", "Ppv:Rpc:Queues", names, "Gateways with these queues send no orders to this "
                    + "worker; name its queue among them");
        if (server.LineAllocation != LineAllocation.Leased)
            yield return OptionRules.Conflict(
                "Ppv:Server:LineAllocation", server.LineAllocation, "with several queues in", "Ppv:Rpc:Queues", names,
                "A worker without leases can't say which calls it has, so that a call may change its queue halfway and buy what somebody "
                    + "else named; use Leased");
    }
}
