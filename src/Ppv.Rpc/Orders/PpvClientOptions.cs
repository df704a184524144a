using Microsoft.Extensions.Options;
using Ppv.Protocol.Validation;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Rpc;

/// <summary>What a client of the order queue needs. Section <c>Ppv</c>.</summary>
public class PpvClientOptions
{
    /// <summary>The RabbitMQ hosts: <c>Ppv:Broker</c>.</summary>
    public BrokerOptions Broker { get; set; } = new();

    /// <summary>The queue and the time-outs: <c>Ppv:Rpc</c>.</summary>
    public RpcOptions Rpc { get; set; } = new();

    /// <summary>Where they were read, for sentences about them.</summary>
    internal string Section { get; set; } = ClientIdentity.UsualSection;
}

/// <summary>Checks the options of clients, wherever they come from.</summary>
internal sealed class PpvClientOptionsValidator : IValidateOptions<PpvClientOptions>
{
    public ValidateOptionsResult Validate(string? name, PpvClientOptions options)
    {
        var rules = new OptionRules();
        BrokerRules.Check(options.Broker, rules);
        RpcRules.Check(options.Rpc, rules);
        var identity = new ClientIdentity(string.IsNullOrEmpty(name) ? null : name, options.Section);
        return rules.Failures.Count == 0
            ? rules.ToResult()
            : ValidateOptionsResult.Fail(rules.Failures.Select(identity.Of));
    }
}
