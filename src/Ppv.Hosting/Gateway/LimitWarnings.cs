using Ppv.Rpc;

namespace Ppv.Hosting.Gateway;

/// <summary>What is allowed of <see cref="OrderEndpointOptions.Limits"/>, but hardly meant.</summary>
internal static class LimitWarnings
{
    private const string Places = "Ppv:Gateway:Limits:" + nameof(GatewayLimitsOptions.MaxConcurrentRequests);
    private const string Room = "Ppv:Rpc:" + nameof(RpcOptions.MaxPendingRequests);

    public static IEnumerable<string> Of(OrderEndpointOptions gateway, RpcOptions rpc)
    {
        if (gateway.Limits.MaxConcurrentRequests is { } places && places <= rpc.MaxPendingRequests)
            yield return $"{Places} is {places}, not larger than {Room}, which is {rpc.MaxPendingRequests}. Places are given to who comes "
                + "first, so that new calls may take all of them, and a confirm is told 503; the room for waiting requests is kept for "
                + "calls in progress. Make the first one larger, or the second one smaller.";
    }
}
