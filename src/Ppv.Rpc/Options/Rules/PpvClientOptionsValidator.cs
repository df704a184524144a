using Microsoft.Extensions.Options;

namespace Ppv.Rpc;

/// <summary>Checks the options of clients and servers, wherever they come from.</summary>
internal sealed class PpvClientOptionsValidator : IValidateOptions<PpvClientOptions>
{
    public ValidateOptionsResult Validate(string? name, PpvClientOptions options) => Check(options.Broker, options.Rpc).ToResult();

    /// <summary>For those who make a client or a server with their own hands.</summary>
    /// <exception cref="ArgumentException">A rule is broken.</exception>
    public static void ThrowIfInvalid(BrokerOptions broker, RpcOptions rpc)
    {
        ArgumentNullException.ThrowIfNull(broker);
        ArgumentNullException.ThrowIfNull(rpc);
        if (Check(broker, rpc).Failures is { Count: > 0 } failures) throw new ArgumentException(string.Join(" ", failures));
    }

    private static OptionRules Check(BrokerOptions broker, RpcOptions rpc)
    {
        var rules = new OptionRules();
        BrokerRules.Check(broker, rules);
        RpcRules.Check(rpc, rules);
        return rules;
    }
}
