using Microsoft.Extensions.Options;
using Ppv.Protocol.Validation;

namespace Ppv.Rpc;

/// <summary>What <see cref="RpcOptions"/> must be.</summary>
internal static class RpcRules
{
    /// <summary>The bounds of <see cref="RpcOptions.ReplyTimeout"/>, and of a time-out for one request.</summary>
    public static readonly TimeSpan ShortestReplyTimeout = TimeSpan.FromMilliseconds(100), LongestReplyTimeout = TimeSpan.FromMinutes(10);

    /// <summary>The upper bound of <see cref="RpcOptions.MessageTtl"/>.</summary>
    public static readonly TimeSpan LongestMessageTtl = TimeSpan.FromHours(1);

    private const string Section = "Ppv:Rpc";
    private static readonly TimeSpan DefaultConnectionWait = new RpcOptions().ConnectionWait;

    /// <summary>What is left of a caller's time: no caller waits for longer, whatever the clocks say, and no timer has to.</summary>
    public static TimeSpan Bounded(TimeSpan left) => left < LongestReplyTimeout ? left : LongestReplyTimeout;

    public static void Check(RpcOptions rpc, OptionRules rules)
    {
        rules.Add(new RpcOptionsValidator().Validate(Section, rpc));
        CheckQueues(rpc, rules);
        rules.Require(rpc.MessageTtl.Ticks % TimeSpan.TicksPerMillisecond == 0, $"{Section}:{nameof(rpc.MessageTtl)}", rpc.MessageTtl,
            "whole milliseconds");
        // The default is excused: whoever only shortens the reply time-out (an old file says 5 s) means no contradiction, and the
        // deadline of the request ends the wait in any case.
        rules.Between(rpc.ConnectionWait <= rpc.ReplyTimeout || rpc.ConnectionWait == DefaultConnectionWait,
            $"{Section}:{nameof(rpc.ConnectionWait)}", rpc.ConnectionWait, "longer than",
            $"{Section}:{nameof(rpc.ReplyTimeout)}", rpc.ReplyTimeout, "Make it shorter");
    }

    private static void CheckQueues(RpcOptions rpc, OptionRules rules)
    {
        const string path = $"{Section}:{nameof(rpc.Queues)}";
        var names = rpc.Queues.Select(route => route?.Name ?? "").ToList();
        for (var i = 0; i < names.Count; i++)
        {
            rules.Require(QueueNameAttribute.IsValid(names[i]), $"{path}:{i}:{nameof(QueueRoute.Name)}", names[i], "1 to 255 bytes long");
            rules.Require(
                names.IndexOf(names[i]) == i, $"{path}:{i}:{nameof(QueueRoute.Name)}", names[i], "a name that no queue before it has");
        }

        rules.Require(names.Count == 0 || rpc.Queues.Exists(route => route is { From: null }), path, string.Join(", ", names),
            "a list with at least one queue that has no From, so that there is one from the beginning");
    }

    /// <summary>For those who make a client or a server with their own hands.</summary>
    /// <exception cref="ArgumentException">A rule is broken.</exception>
    public static void ThrowIfInvalid(BrokerOptions broker, RpcOptions rpc)
    {
        ArgumentNullException.ThrowIfNull(broker);
        ArgumentNullException.ThrowIfNull(rpc);
        var rules = new OptionRules();
        BrokerRules.Check(broker, rules);
        Check(rpc, rules);
        if (rules.Failures.Count > 0) throw new ArgumentException(string.Join(" ", rules.Failures));
    }
}

/// <summary>The ranges of <see cref="RpcOptions"/>; generated from the attributes there.</summary>
[OptionsValidator]
internal sealed partial class RpcOptionsValidator : IValidateOptions<RpcOptions>;
