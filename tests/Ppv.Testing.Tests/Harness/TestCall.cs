using Ppv.Protocol;

namespace Ppv.Testing.Tests.Harness;

/// <summary>A call that buys.</summary>
internal static class TestCall
{
    public const string EventNumber = "262193";
    public const string SubscriberNumber = "85165320";

    public static IReadOnlyList<PpvOrder> Orders(string connid)
    {
        var call = ConnectionId.Parse(connid);
        return [PpvOrder.Event(call, EventNumber), PpvOrder.Subscriber(call, SubscriberNumber), PpvOrder.Confirm(call)];
    }
}
