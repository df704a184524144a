using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Server;

/// <summary>What is known of a request's id where the request comes in, by this host's clock as far as that can be told. Pure.</summary>
internal static class RequestHistory
{
    /// <summary>Sender and broker keep times in whole milliseconds.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// What its sender says; of one that somebody else may have had, it is a repeat since the message was sent. The queue keeps a message
    /// no longer than its TTL, also when it is given back to it; of a queue that somebody else has made the TTL is not known.
    /// </summary>
    /// <param name="delivery">The request.</param>
    /// <param name="arrivedAt">When it came.</param>
    /// <param name="options">The bounds of the queue.</param>
    public static IdHistory Of(BrokerDelivery delivery, DateTimeOffset arrivedAt, RpcOptions options)
    {
        var history = ByOurClock(delivery.Message, arrivedAt);
        if (!delivery.Redelivered) return history;
        var life = options.QueueKind == QueueKind.Passive ? RpcRules.LongestMessageTtl : options.MessageTtl;
        return history.SentAt(arrivedAt - life - RequestTimes.Margin);
    }

    /// <summary>
    /// Nothing arrives before it was sent: where the sender's clock says so it is ahead, and with it what it says of the id. And no id is
    /// younger than its message: a clock that was set between tells nothing.
    /// </summary>
    private static IdHistory ByOurClock(in BrokerMessage message, DateTimeOffset arrivedAt)
    {
        var history = message.History;
        if (history.Since is not { } since || message is not { Deadline: { } deadline, Expiration: { } left }
            || left >= deadline - DateTimeOffset.MinValue)
            return history;
        var sentAt = deadline - left;
        if (since - sentAt > Rounding) return IdHistory.Repeat; // A sum could lie beyond the last moment that there is.
        if (sentAt <= arrivedAt) return history;
        var ours = since - DateTimeOffset.MinValue > sentAt - arrivedAt ? since - (sentAt - arrivedAt) : DateTimeOffset.MinValue;
        return history.IsRepeat ? IdHistory.RepeatSince(ours) : IdHistory.PossibleSince(ours);
    }
}
