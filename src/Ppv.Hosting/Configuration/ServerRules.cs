using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>What <see cref="PpvServerOptions"/> must be.</summary>
internal sealed class ServerRules(StartupNotes notes) : IValidateOptions<PpvServerOptions>
{
    private const string Section = "Ppv:Server:";
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLease = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, PpvServerOptions options)
    {
        if (notes.Problems is { Count: > 0 } problems) return ValidateOptionsResult.Fail(problems);
        var rules = new OptionRules();
        BrokerRules.Check(options.Broker, rules);
        RpcRules.Check(options.Rpc, rules);
        WizardRules.Check(options.Wizard, rules);
        var server = options.Server;
        rules.InRange(Section + nameof(server.FirstLine), server.FirstLine, LineNumber.Min, LineNumber.Max);
        rules.InRange(Section + nameof(server.LastLine), server.LastLine, LineNumber.Min, LineNumber.Max);
        rules.Between(server.LastLine >= server.FirstLine,
            Section + nameof(server.LastLine), server.LastLine, "lower than", Section + nameof(server.FirstLine), server.FirstLine, "Make it at least as high");
        if (server.NoConnIdLine is { } line) CheckNoConnIdLine(server, line, rules);
        CheckLeases(server, rules);
        rules.Between(server.LineAllocation != LineAllocation.Leased || options.Rpc.SingleActiveConsumer != false,
            "Ppv:Rpc:" + nameof(options.Rpc.SingleActiveConsumer), false, "but only one worker can know who has which line with", Section + nameof(server.LineAllocation), server.LineAllocation,
            "Leave it out, or choose Modulo");
        rules.InRange($"{Section}{nameof(server.Journal)}:{nameof(server.Journal.JournalRetention)}",
            server.Journal.JournalRetention, JournalOptions.MinRetention, JournalOptions.MaxRetention);
        rules.Require(server.Journal.FailureStatus is HealthStatus.Unhealthy or HealthStatus.Degraded,
            $"{Section}{nameof(server.Journal)}:{nameof(server.Journal.FailureStatus)}", server.Journal.FailureStatus, "Unhealthy or Degraded");
        rules.Code(Section + nameof(server.WizardUnavailableCode), server.WizardUnavailableCode);
        rules.Code(Section + nameof(server.InvalidOrderCode), server.InvalidOrderCode);
        foreach (var doubt in WizardRules.Doubts(options.Wizard, options.Rpc).Concat(QueueDoubts.Of(options))) notes.AddWarning(doubt);
        return rules.ToResult();
    }

    private static void CheckLeases(ServerOptions server, OptionRules rules)
    {
        rules.Defined(Section + nameof(server.LineAllocation), server.LineAllocation);
        rules.InRange(Section + nameof(server.LeaseIdle), server.LeaseIdle, ShortestLease, LongestLease);
        rules.InRange(Section + nameof(server.LeaseReclaim), server.LeaseReclaim, ShortestLease, LongestLease);
        rules.Between(server.LeaseReclaim <= server.LeaseIdle,
            Section + nameof(server.LeaseReclaim), server.LeaseReclaim, "longer than", Section + nameof(server.LeaseIdle), server.LeaseIdle, "Make it shorter");
        rules.InRange(Section + nameof(server.LineRest), server.LineRest, ShortestLease, LongestLease);
        rules.Defined(Section + nameof(server.RequiredBeforeConfirm), server.RequiredBeforeConfirm);
    }

    private static void CheckNoConnIdLine(ServerOptions server, int line, OptionRules rules)
    {
        rules.InRange(Section + nameof(server.NoConnIdLine), line, LineNumber.Min, LineNumber.Max);
        rules.Between(line < server.FirstLine || line > server.LastLine,
            Section + nameof(server.NoConnIdLine), line, "one of the lines of calls,",
            $"{Section}{nameof(server.FirstLine)} to {Section}{nameof(server.LastLine)}", (FormattableString)$"{server.FirstLine} to {server.LastLine}",
            "Choose a line outside, so that orders without connid disturb no call");
    }
}
