using Ppv.Protocol;
using Ppv.Protocol.Validation;
using Ppv.Rpc;

namespace Ppv.Hosting.Worker;

/// <summary>What is allowed of <see cref="WizardOptions"/>, but hardly meant.</summary>
internal static class WizardWarnings
{
    private const string Section = "Ppv:Wizard:";

    public static IEnumerable<string> Of(WizardOptions wizard, RpcOptions rpc)
    {
        if (wizard.ResponseTimeout > rpc.ReplyTimeout)
            yield return OptionRules.Conflict(
                Section + nameof(wizard.ResponseTimeout), wizard.ResponseTimeout, "longer than", "Ppv:Rpc:"
                    + nameof(rpc.ReplyTimeout), rpc.ReplyTimeout,
                "An answer of Wizard's may come when its caller has left; make it shorter");
        if (wizard.ConnectRetryDelay * wizard.MaxConnectRetries is var connecting && connecting > rpc.MessageTtl)
            yield return OptionRules.Conflict(
                $"{Section}{nameof(wizard.MaxConnectRetries)} times {Section}{nameof(wizard.ConnectRetryDelay)}", connecting, "longer than",
                "Ppv:Rpc:" + nameof(rpc.MessageTtl), rpc.MessageTtl, "The last retries are of no use to any caller; allow fewer");
    }
}
