namespace Ppv.Rpc;

/// <summary>What a client of the order queue needs. Section <c>Ppv</c>.</summary>
public class PpvClientOptions
{
    /// <summary>The RabbitMQ hosts: <c>Ppv:Broker</c>.</summary>
    public BrokerOptions Broker { get; set; } = new();

    /// <summary>The queue and the time-outs: <c>Ppv:Rpc</c>.</summary>
    public RpcOptions Rpc { get; set; } = new();
}
