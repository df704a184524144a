using Ppv.Rpc;

namespace Ppv.Broker.Tests.Failover;

/// <summary>A change of a host's state, on the load's clock.</summary>
internal sealed record HostChange(TimeSpan At, BrokerHostStatus Before, BrokerHostStatus Now, string Reason)
{
    public override string ToString() => $"{At.TotalSeconds:0.00} s: {Now.Host} {Before.State} -> {Now.State}: {Reason}";
}
