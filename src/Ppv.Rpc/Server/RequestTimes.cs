using Ppv.Rpc.Brokers;
using Ppv.Rpc.Clocks;

namespace Ppv.Rpc.Server;

/// <summary>
/// What a request says of time, brought into bounds where it comes in, and compared with the moment at which it came. Pure.
/// </summary>
/// <param name="Deadline">When its handler's time is over, by this host's clock as it was at the arrival.</param>
/// <param name="SentAt">
/// When it was sent, by its sender's clock; <see langword="null"/> where that is not known, or where that clock and ours differ for
/// certain, so that no span between them means anything.
/// </param>
/// <param name="SenderIsBehindBy">
/// By how much the sender's clock is behind ours, about; negative when it is ahead. <see langword="null"/> while nothing shows for certain
/// that they differ.
/// </param>
internal readonly record struct RequestTimes(DateTimeOffset Deadline, DateTimeOffset? SentAt, TimeSpan? SenderIsBehindBy)
{
    /// <summary>For the broker's and the senders' timers.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestWayBack = TimeSpan.FromMilliseconds(500);

    /// <summary>Why an order ends that came past its deadline; <see langword="null"/> while nothing shows that the clocks differ.</summary>
    public string? ClockTrouble => SenderIsBehindBy is not { } behind || behind <= TimeSpan.Zero ? null
        : "By this worker's clock its caller's time was over, but the order can't have been on its way for so long: the clocks of gateway "
            + $"and worker differ by about {Spans.About(behind)} (the gateway's is behind); set them right.";

    /// <summary>Reads a request.</summary>
    /// <param name="message">The request.</param>
    /// <param name="redelivered">Whether another server may have had it, for however long.</param>
    /// <param name="arrivedAt">When it came.</param>
    /// <param name="options">The bounds of the queue.</param>
    public static RequestTimes Of(in BrokerMessage message, bool redelivered, DateTimeOffset arrivedAt, RpcOptions options)
    {
        if (message.Deadline is not { } told) return new RequestTimes(arrivedAt + options.ReplyTimeout, null, null);

        // Deadline and expiration were set at one moment, and are apart by the time that was left then: that moment is known. It was
        // before the arrival, so no more was left at the arrival, whatever the clocks say.
        var left = message.Expiration is { } expiration ? RpcRules.Bounded(expiration) : RpcRules.LongestReplyTimeout;
        DateTimeOffset? sentAt = message.Expiration is { } life && life < told - DateTimeOffset.MinValue ? told - life : null;
        var latest = arrivedAt + left;
        var behind = sentAt is { } sent
            ? DifferenceOf(arrivedAt - sent, left < options.MessageTtl ? left : options.MessageTtl, redelivered, options.ClockSkew)
            : told - latest > Margin + options.ClockSkew ? latest - told : (TimeSpan?)null;
        return new RequestTimes(
            HandlersDeadline(told < latest ? told : latest, arrivedAt, options.ClockSkew), behind is null ? sentAt : null, behind);
    }

    /// <summary>
    /// By how much the sender's clock is behind, where that is certain. Nothing arrives before it was sent. And a queue keeps nothing for
    /// longer than it may live; only what a server has taken and not settled may be older.
    /// </summary>
    private static TimeSpan? DifferenceOf(TimeSpan underWay, TimeSpan life, bool redelivered, TimeSpan skew)
    {
        if (underWay < -(Margin + skew)) return underWay;
        return !redelivered && underWay > life + Margin + skew ? underWay : null;
    }

    /// <summary>Earlier than the caller's: an answer that is given at the caller's deadline comes too late to be heard.</summary>
    private static DateTimeOffset HandlersDeadline(DateTimeOffset deadline, DateTimeOffset arrivedAt, TimeSpan skew)
    {
        var callers = deadline - DateTimeOffset.MinValue > skew ? deadline - skew : DateTimeOffset.MinValue;
        var left = callers - arrivedAt;
        if (left <= TimeSpan.Zero) return callers;
        var wayBack = left / 20;
        return callers - (wayBack < LongestWayBack ? wayBack : LongestWayBack);
    }

    /// <summary>
    /// The deadline for whoever looks at the clock now: what has passed since the arrival by the monotonic clock is over, also when the
    /// clock was set back meanwhile.
    /// </summary>
    public DateTimeOffset DeadlineNow(ClockReading arrivedAt, TimeProvider timeProvider)
    {
        var left = Deadline - arrivedAt.Utc;
        if (left <= TimeSpan.Zero) return Deadline;
        var now = ClockReading.Now(timeProvider);
        var latest = now.Utc + left - timeProvider.GetElapsedTime(arrivedAt.Timestamp, now.Timestamp);
        return latest < Deadline ? latest : Deadline;
    }
}
