using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Configuration;
using Ppv.Protocol;
using Ppv.Protocol.Validation;
using Ppv.Rpc;

namespace Ppv.Hosting.Worker;

/// <summary>What <see cref="PpvServerOptions"/> must be.</summary>
internal sealed class ServerRules(StartupFindings notes) : IValidateOptions<PpvServerOptions>
{
    private const string Section = "Ppv:Server";

    public ValidateOptionsResult Validate(string? name, PpvServerOptions options)
    {
        if (notes.Problems is { Count: > 0 } problems) return ValidateOptionsResult.Fail(problems);
        var rules = new OptionRules();
        BrokerRules.Check(options.Broker, rules);
        RpcRules.Check(options.Rpc, rules);
        rules.Add(new WizardOptionsValidator().Validate("Ppv:Wizard", options.Wizard));
        var server = options.Server;
        rules.Add(new WorkerOptionsValidator().Validate(Section, server));
        rules.Between(server.LastLine >= server.FirstLine,
            $"{Section}:{nameof(server.LastLine)}", server.LastLine, "lower than", $"{Section}:{nameof(server.FirstLine)}",
            server.FirstLine, "Make it at least as high");
        rules.Between(server.Journal.WarnBytes <= server.Journal.MaxBytes,
            $"{Section}:Journal:{nameof(JournalOptions.WarnBytes)}", server.Journal.WarnBytes, "more than",
            $"{Section}:Journal:{nameof(JournalOptions.MaxBytes)}", server.Journal.MaxBytes, "Make it at most as many");
        if (server.NoConnIdLine is { } line) CheckNoConnIdLine(server, line, rules);
        rules.Between(server.LeaseReclaim <= server.LeaseIdle,
            $"{Section}:{nameof(server.LeaseReclaim)}", server.LeaseReclaim, "longer than", $"{Section}:{nameof(server.LeaseIdle)}",
            server.LeaseIdle, "Make it shorter");
        rules.Between(server.LineAllocation != LineAllocation.Leased || options.Rpc.SingleActiveConsumer != false,
            "Ppv:Rpc:" + nameof(options.Rpc.SingleActiveConsumer), false, "but only one worker can know who has which line with",
            $"{Section}:{nameof(server.LineAllocation)}", server.LineAllocation, "Leave it out, or choose Modulo");
        rules.Require(server.Journal.FailureStatus is HealthStatus.Unhealthy or HealthStatus.Degraded,
            $"{Section}:{nameof(server.Journal)}:{nameof(server.Journal.FailureStatus)}", server.Journal.FailureStatus,
            "Unhealthy or Degraded");
        foreach (var warning in WizardWarnings.Of(options.Wizard, options.Rpc).Concat(ServerWarnings.Of(options)))
            notes.AddWarning(warning);
        return rules.ToResult();
    }

    private static void CheckNoConnIdLine(WorkerOptions server, int line, OptionRules rules)
    {
        rules.Between(line < server.FirstLine || line > server.LastLine,
            $"{Section}:{nameof(server.NoConnIdLine)}", line, "one of the lines of calls,",
            $"{Section}:{nameof(server.FirstLine)} to "
                + $"{Section}:{nameof(server.LastLine)}", (FormattableString)$"{server.FirstLine} to {server.LastLine}",
            "Choose a line outside, so that orders without connid disturb no call");
    }
}
