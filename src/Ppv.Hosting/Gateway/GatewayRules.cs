using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Configuration;
using Ppv.Hosting.Security;
using Ppv.Protocol.Validation;
using Ppv.Rpc;

namespace Ppv.Hosting.Gateway;

/// <summary>What <see cref="PpvGatewayOptions"/> must be.</summary>
internal sealed class GatewayRules(
    StartupFindings notes, IConfiguration? configuration = null, IOptions<PpvAccessOptions>? access = null)
    : IValidateOptions<PpvGatewayOptions>
{
    private const string Section = "Ppv:Gateway";

    public ValidateOptionsResult Validate(string? name, PpvGatewayOptions options)
    {
        if (notes.Problems is { Count: > 0 } problems) return ValidateOptionsResult.Fail(problems);
        var rules = new OptionRules();
        BrokerRules.Check(options.Broker, rules);
        RpcRules.Check(options.Rpc, rules);
        var gateway = options.Gateway;
        rules.Require(IsPath(gateway.Path), $"{Section}:{nameof(gateway.Path)}", gateway.Path,
            "a path that starts with /, of letters, digits and - . _ ~ /, and not below /health");
        for (var i = 0; i < gateway.KnownProxies.Count; i++)
            rules.Require(ForwardedFor.TryParse(gateway.KnownProxies[i], out _), $"{Section}:{nameof(gateway.KnownProxies)}:{i}",
                gateway.KnownProxies[i], "an IP address, or a network such as 10.0.0.0/24");
        for (var i = 0; i < gateway.AllowedOrigins.Count; i++)
            rules.Require(BrowserRule.IsOrigin(gateway.AllowedOrigins[i]), $"{Section}:{nameof(gateway.AllowedOrigins)}:{i}",
                gateway.AllowedOrigins[i], "the origin of a page as browsers write it, such as https://sales.example:8443");
        rules.Add(new OrderEndpointOptionsValidator().Validate(Section, gateway));
        foreach (var warning in ProxyWarnings.Of(gateway, configuration)) notes.AddWarning(warning);
        if (access?.Value is { Clients.Count: > 0, AsksForOrders: false })
            notes.AddWarning("No client of Ppv:Access:Clients has the role Orders, so orders need no key. Give one that role.");
        foreach (var warning in LimitWarnings.Of(gateway, options.Rpc)) notes.AddWarning(warning);
        foreach (var warning in QueueWarnings.Of(options.Broker, options.Rpc)) notes.AddWarning(warning);
        return rules.ToResult();
    }

    public static bool IsPath(string? path) =>
        path is ['/', _, ..]
        && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '/')
        && !path.Contains("//", StringComparison.Ordinal)
        && !(path + "/").StartsWith("/health/", StringComparison.OrdinalIgnoreCase);
}
