using Ppv.Fuzz.Engine;
using Ppv.Fuzz.Support;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Messages;
using Ppv.Rpc.Orders;
using Ppv.Rpc.Orders.Routing;
using Ppv.Rpc.Server;

namespace Ppv.Fuzz.Targets;

/// <summary>What strangers write into a message's properties, and the answers to orders and to inquiries.</summary>
internal static class AmqpTargets
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RpcOptions Options = new();

    /// <summary>What is read is written and read again the same, and its times are within bounds.</summary>
    public static FuzzTarget Properties(Watch watch) => FuzzTarget.Of("amqp-properties", AmqpText.Dictionary, (input, watch) =>
    {
        foreach (var text in AmqpText.Read(input))
        {
            var message = text.Read();
            var again = MessageMapping.ToMessage(AmqpText.OverTheWire(message), message.Body);
            Watch.Ensure(again with { Body = default } == Bounded(message) with { Body = default }, "A message is read the same again.");
            var redelivered = text.Extra.ContainsKey("redelivered");
            var delivery = new BrokerDelivery(message, 1, redelivered, MessageMapping.ReturnsIn(text.Properties.Headers));
            var history = RequestHistory.Of(delivery, Noon, Options);
            Watch.Ensure(!redelivered || !history.IsNew, "What somebody else may have had is not new.");
            var times = RequestTimes.Of(message, redelivered, Noon, Options);
            Watch.Ensure(times.Deadline <= Noon + RpcRules.LongestReplyTimeout, "No handler has longer than the longest time-out.");
            if (message.Subject is { } subject)
                Watch.Ensure(subject == "?" || SubjectText.IsValid(subject), "A subject fits into a record and a line.");
            watch.Saw($"times {times.SentAt is not null} {times.SenderIsBehindBy is not null} {message.Outcome} {message.Prior}");
            watch.Saw($"history {history.IsNew} {history.IsRepeat} {history.Since is not null} {delivery.Returns > 0}");
            if (times.ClockTrouble is { } trouble) Watch.Ensure(Watch.IsOneLine(trouble), "A clock's trouble is one line.");
        }
    }) with
    {
        FreeBytes = 256 * 1024,
    };

    /// <summary>An answer to an order is one of three outcomes, with Wizard's text only where Wizard has spoken.</summary>
    public static FuzzTarget Answers(Watch watch) => FuzzTarget.Of("answers", AmqpText.Dictionary, (input, watch) =>
    {
        foreach (var text in AmqpText.Read(input))
        {
            var message = text.Read();
            var sent = message.Outcome is { } outcome
                ? new RpcReply(message.Body, outcome, message.Reason) { Prior = message.Prior }
                : new RpcReply(message.Body, RpcOutcome.Unknown, "No outcome.") { IsOutcomeMissing = true };
            var reply = OrderReply.Read(sent);
            Watch.Ensure(Enum.IsDefined(reply.Outcome) && !reply.IsOutcomeMissing, "An answer has an outcome.");
            var code = OrderReply.Text(reply);
            Watch.Ensure(code?.Contains('\r') != true, "A text ends at its return.");
            Watch.Ensure(sent.IsOutcomeMissing || reply.Outcome == sent.Outcome, "What the worker says of the outcome is passed on.");
            watch.Saw($"reply {reply.Outcome} {code is null} {code is "OK"}");
            Inquiries(reply with { Outcome = RpcOutcome.Completed }, watch);
        }
    });

    private static void Inquiries(RpcReply reply, Watch watch)
    {
        var status = StatusInquiry.Read("order-1", reply, Noon);
        Watch.Ensure(Enum.IsDefined(status.State), $"A status has one of the known states, not {(int)status.State}.");
        Watch.Ensure(status.CoveredSince is not { } since || (since >= DateTimeOffset.UnixEpoch && since <= Noon),
            "A cover began before now.");
        watch.Saw($"status {status.State} {status.CoveredSince is not null}");
        if (status.State != PpvOrderState.Unavailable)
        {
            var again = StatusInquiry.Read(
                "order-1", new RpcReply(StatusInquiry.ToBytes(status, Noon - status.CoveredSince), RpcOutcome.Completed), Noon);
            Watch.Ensure(again == status, "A status is read the same again.");
        }

        watch.Saw($"call {CallInquiry.Read(reply)}");
    }

    /// <summary>What is cut or clamped on its way out.</summary>
    private static BrokerMessage Bounded(in BrokerMessage message) => message with
    {
        Expiration = message.Expiration is { } left
            ? TimeSpan.FromMilliseconds(Math.Clamp((long)left.TotalMilliseconds, 1, (long)RpcRules.LongestReplyTimeout.TotalMilliseconds))
            : null,
        TraceParent = message.TraceParent is { Length: <= 128 } parent ? parent : null,
        TraceState = message.TraceState is { Length: <= 512 } state ? state : null,
        Reason = message.Reason is { Length: > 1000 } reason ? reason[..999] + "…" : message.Reason,
    };
}
