using Ppv.Protocol;

namespace Ppv.Broker.Tests.Delivery;

/// <summary>One order of a load: when it was sent and answered, on the load's clock, and what its caller was told.</summary>
internal sealed record OrderRecord(string Connid, PpvCommandKind Kind, TimeSpan Start, TimeSpan End, GatewayReply Reply)
{
    public bool IsOk => Reply is { Status: 200, Body: GatewayReply.Ok };

    public TimeSpan Duration => End - Start;
}
