using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>What a worker needs: the order queue, its lines, and Wizard. Section <c>Ppv</c>.</summary>
public sealed class PpvServerOptions
{
    /// <summary>The RabbitMQ hosts: <c>Ppv:Broker</c>.</summary>
    public BrokerOptions Broker { get; set; } = new();

    /// <summary>The queue and the time-outs: <c>Ppv:Rpc</c>.</summary>
    public RpcOptions Rpc { get; set; } = new();

    /// <summary>The lines and the codes: <c>Ppv:Server</c>.</summary>
    public WorkerOptions Server { get; set; } = new();

    /// <summary>The billing system: <c>Ppv:Wizard</c>.</summary>
    public WizardOptions Wizard { get; set; } = new();
}
