using Microsoft.Extensions.Options;
using Ppv.Protocol.Validation;
using Ppv.Rpc.Tls;

namespace Ppv.Rpc;

/// <summary>What <see cref="BrokerOptions"/> must be. The password is looked at by nobody here, so that no message can quote it.</summary>
internal static class BrokerRules
{
    private const string Section = "Ppv:Broker";
    private static readonly TimeSpan ShortestFailback = TimeSpan.FromMilliseconds(100), LongestFailback = TimeSpan.FromDays(1);

    public static void Check(BrokerOptions broker, OptionRules rules)
    {
        for (var i = 0; i < broker.Hosts.Count; i++)
            rules.Require(
                BrokerHostEntry.TryParse(broker.Hosts[i], out _), $"{Section}:{nameof(broker.Hosts)}:{i}",
                BrokerHostEntry.WithoutSecrets(broker.Hosts[i]),
                "host, host:port, [IPv6 address]:port, or one of them in an amqp:// or amqps:// URI, with a port of 1 to 65535");
        rules.Add(new BrokerOptionsValidator().Validate(Section, broker));
        CheckTls(broker, rules);
        rules.Require(
            broker.FailbackDelay == Timeout.InfiniteTimeSpan
                || (broker.FailbackDelay >= ShortestFailback && broker.FailbackDelay <= LongestFailback),
            $"{Section}:{nameof(broker.FailbackDelay)}", broker.FailbackDelay, $"{OptionRules.Show(ShortestFailback)} to "
                + $"{OptionRules.Show(LongestFailback)}");
        rules.Between(broker.ProbeInterval + broker.ProbeTimeout <= broker.Heartbeat || broker.Heartbeat < TimeSpan.FromSeconds(1),
            $"{Section}:{nameof(broker.ProbeInterval)} and {Section}:{nameof(broker.ProbeTimeout)} together", broker.ProbeInterval
                + broker.ProbeTimeout, "longer than",
            $"{Section}:{nameof(broker.Heartbeat)}", broker.Heartbeat, "Make them shorter, or the heartbeat longer");
        rules.Between(broker.ReconnectDelay <= broker.MaxReconnectDelay,
            $"{Section}:{nameof(broker.ReconnectDelay)}", broker.ReconnectDelay, "longer than",
            $"{Section}:{nameof(broker.MaxReconnectDelay)}", broker.MaxReconnectDelay, "Make it shorter");
    }

    private static void CheckTls(BrokerOptions broker, OptionRules rules)
    {
        const string section = $"{Section}:{nameof(broker.Tls)}";
        var tls = broker.Tls;
        // Who sets them counts on TLS, and would not see that the password goes out in clear.
        rules.Require(!tls.IsConfigured || broker.Hosts.Exists(host => BrokerHostEntry.TryParse(host, out var entry) && entry.Host.UseTls),
            $"{Section}:{nameof(broker.Hosts)}", string.Join(", ", broker.Hosts.Select(BrokerHostEntry.WithoutSecrets)),
            $"a list with amqps:// in it, as {section} is set");
        rules.Require(tls.CertificateFile is not null || (tls.KeyFile is null && tls.KeyPassword is null),
            $"{section}:{nameof(tls.CertificateFile)}", tls.CertificateFile,
            $"set where {nameof(tls.KeyFile)} or {nameof(tls.KeyPassword)} is");
        try
        {
            TlsFiles.Read(tls);
        }
        catch (TlsFileException e)
        {
            rules.Add(ValidateOptionsResult.Fail(e.Message));
        }
    }
}

/// <summary>The ranges of <see cref="BrokerOptions"/>; generated from the attributes there.</summary>
[OptionsValidator]
internal sealed partial class BrokerOptionsValidator : IValidateOptions<BrokerOptions>;
