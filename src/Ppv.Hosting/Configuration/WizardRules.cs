using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting;

/// <summary>What <see cref="WizardOptions"/> must be.</summary>
internal static class WizardRules
{
    public const string Section = "Ppv:Wizard:";

    public static void Check(WizardOptions wizard, OptionRules rules)
    {
        rules.Require(Uri.CheckHostName(wizard.Host ?? "") != UriHostNameType.Unknown, Section + nameof(wizard.Host), wizard.Host, "a host name or an address");
        rules.InRange(Section + nameof(wizard.Port), wizard.Port, 1, 65535);
        rules.Defined(Section + nameof(wizard.ConnectionMode), wizard.ConnectionMode);
        rules.InRange(
            Section + nameof(wizard.PooledConnectionIdleTimeout), wizard.PooledConnectionIdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        rules.InRange(Section + nameof(wizard.ConnectTimeout), wizard.ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        rules.InRange(Section + nameof(wizard.ConnectRetryDelay), wizard.ConnectRetryDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        rules.InRange(Section + nameof(wizard.MaxConnectRetries), wizard.MaxConnectRetries, 0, 1000);
        rules.InRange(Section + nameof(wizard.ResponseTimeout), wizard.ResponseTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
    }

    /// <summary>What is allowed, but hardly meant.</summary>
    public static IEnumerable<string> Doubts(WizardOptions wizard, RpcOptions rpc)
    {
        if (wizard.ResponseTimeout > rpc.ReplyTimeout)
            yield return OptionRules.Conflict(
                Section + nameof(wizard.ResponseTimeout), wizard.ResponseTimeout, "longer than", "Ppv:Rpc:" + nameof(rpc.ReplyTimeout), rpc.ReplyTimeout,
                "An answer of Wizard's may come when its caller has left; make it shorter");
        if (wizard.ConnectRetryDelay * wizard.MaxConnectRetries is var connecting && connecting > rpc.MessageTtl)
            yield return OptionRules.Conflict(
                $"{Section}{nameof(wizard.MaxConnectRetries)} times {Section}{nameof(wizard.ConnectRetryDelay)}", connecting, "longer than",
                "Ppv:Rpc:" + nameof(rpc.MessageTtl), rpc.MessageTtl, "The last retries are of no use to any caller; allow fewer");
    }
}
