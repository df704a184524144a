using System.Text;

namespace Ppv.Rpc;

/// <summary>What <see cref="RpcOptions"/> must be.</summary>
internal static class RpcRules
{
    /// <summary>The longest <see cref="RpcOptions.ReplyTimeout"/>.</summary>
    public static readonly TimeSpan LongestReplyTimeout = TimeSpan.FromMinutes(10);

    private const string Section = "Ppv:Rpc:";
    private static readonly TimeSpan DefaultConnectionWait = new RpcOptions().ConnectionWait;

    public static void Check(RpcOptions rpc, OptionRules rules)
    {
        rules.Require(Encoding.UTF8.GetByteCount(rpc.Queue ?? "") is >= 1 and <= 255, Section + nameof(rpc.Queue), rpc.Queue, "1 to 255 bytes long");
        CheckQueues(rpc, rules);
        rules.Defined(Section + nameof(rpc.QueueKind), rpc.QueueKind);
        rules.Defined(Section + nameof(rpc.ReplyAddress), rpc.ReplyAddress);
        rules.InRange(Section + nameof(rpc.TakeoverGrace), rpc.TakeoverGrace, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        rules.InRange(Section + nameof(rpc.MessageTtl), rpc.MessageTtl, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        rules.Require(rpc.MessageTtl.Ticks % TimeSpan.TicksPerMillisecond == 0, Section + nameof(rpc.MessageTtl), rpc.MessageTtl, "whole milliseconds");
        rules.InRange(Section + nameof(rpc.ReplyTimeout), rpc.ReplyTimeout, TimeSpan.FromMilliseconds(100), LongestReplyTimeout);
        rules.InRange(Section + nameof(rpc.ConnectionWait), rpc.ConnectionWait, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        // The default is excused: whoever only shortens the reply time-out (an old file says 5 s) means no contradiction, and the
        // deadline of the call ends the wait in any case.
        rules.Between(rpc.ConnectionWait <= rpc.ReplyTimeout || rpc.ConnectionWait == DefaultConnectionWait,
            Section + nameof(rpc.ConnectionWait), rpc.ConnectionWait, "longer than",
            Section + nameof(rpc.ReplyTimeout), rpc.ReplyTimeout, "Make it shorter");
        rules.InRange(Section + nameof(rpc.MaxPendingCalls), rpc.MaxPendingCalls, 1, 100_000);
        rules.InRange(Section + nameof(rpc.Prefetch), rpc.Prefetch, 1, 10_000);
        rules.Defined(Section + nameof(rpc.ResendAfterLoss), rpc.ResendAfterLoss);
        rules.InRange(Section + nameof(rpc.ClockSkew), rpc.ClockSkew, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        rules.InRange(Section + nameof(rpc.DrainTimeout), rpc.DrainTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(10));
    }

    private static void CheckQueues(RpcOptions rpc, OptionRules rules)
    {
        const string path = Section + nameof(rpc.Queues);
        var names = rpc.Queues.Select(route => route?.Name ?? "").ToList();
        for (var i = 0; i < names.Count; i++)
        {
            rules.Require(Encoding.UTF8.GetByteCount(names[i]) is >= 1 and <= 255, $"{path}:{i}:{nameof(QueueRoute.Name)}", names[i], "1 to 255 bytes long");
            rules.Require(names.IndexOf(names[i]) == i, $"{path}:{i}:{nameof(QueueRoute.Name)}", names[i], "a name that no queue before it has");
        }

        rules.Require(names.Count == 0 || rpc.Queues.Exists(route => route is { From: null }), path, string.Join(", ", names),
            "a list with at least one queue that has no From, so that there is one from the beginning");
    }
}
