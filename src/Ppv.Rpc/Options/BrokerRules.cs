using Microsoft.Extensions.Options;
using Ppv.Protocol.Validation;

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
                BrokerHostEntry.WithoutLogin(broker.Hosts[i]),
                "host, host:port, [IPv6 address]:port, or one of them in an amqp:// or amqps:// URI, with a port of 1 to 65535");
        rules.Add(new BrokerOptionsValidator().Validate(Section, broker));
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
}

/// <summary>The ranges of <see cref="BrokerOptions"/>; generated from the attributes there.</summary>
[OptionsValidator]
internal sealed partial class BrokerOptionsValidator : IValidateOptions<BrokerOptions>;
