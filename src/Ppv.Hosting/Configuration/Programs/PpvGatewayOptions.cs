using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>What a gateway needs: the client of the order queue, and its own HTTP side. Section <c>Ppv</c>.</summary>
public sealed class PpvGatewayOptions : PpvClientOptions
{
    /// <summary>The HTTP side: <c>Ppv:Gateway</c>.</summary>
    public OrderEndpointOptions Gateway { get; set; } = new();
}
