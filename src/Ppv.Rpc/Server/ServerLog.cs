using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Rpc.Server;

/// <summary>What the server tells the log. Event ids 1200 to 1299, but for those of leadership.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1200, LogLevel.Error, "Request {Id} made its handler fail; its caller was told that the outcome is unknown.")]
    public static partial void HandlerFailed(PlainLogger logger, string id, Exception exception);

    [LoggerMessage(
        1201, LogLevel.Warning, "Request {Id} has no reply-to, so nobody could be told how it ended; it was dropped and not executed.")]
    public static partial void NoReplyTo(StrangersLog logger, string id);

    [LoggerMessage(1202, LogLevel.Warning, "The answer to the request with correlation id {CorrelationId} found its caller's queue gone; "
        + "it was dropped.")]
    public static partial void AnswerReturned(StrangersLog logger, string? correlationId);

    [LoggerMessage(1203, LogLevel.Warning, "Request {Id} was not finished when the server stopped; it goes back to the queue.")]
    public static partial void GivenBack(PlainLogger logger, string id);

    [LoggerMessage(1204, LogLevel.Warning, "{Count} requests were not finished within Ppv:Rpc:DrainTimeout; they are cancelled.")]
    public static partial void DrainIncomplete(PlainLogger logger, int count);

    [LoggerMessage(1205, LogLevel.Warning, "Request {Id} was dropped, because it is not this server's any more; the broker gives it to "
        + "whoever leads the queue. {Reason}")]
    public static partial void NotOurs(PlainLogger logger, string id, string reason);

    [LoggerMessage(1242, LogLevel.Warning, "Request {Id} came back to queue {Queue} {Count} times. A quorum queue drops it at its delivery "
        + "limit (20, where nobody has set another one), and its caller hears nothing of it.")]
    public static partial void ReturnedOften(StrangersLog logger, string id, string queue, int count);

    [LoggerMessage(1211, LogLevel.Warning, "The connection to {Host} is given up and made anew, because queue {Queue} can't be served "
        + "over it. {Reason}")]
    public static partial void GaveUpConnection(PlainLogger logger, string queue, BrokerHost host, string reason);

    [LoggerMessage(1212, LogLevel.Error, "Serving queue {Queue} on {Host} failed in a way that was not foreseen; the connection is made "
        + "anew. Report this.")]
    public static partial void ServingFailed(PlainLogger logger, string queue, BrokerHost host, Exception exception);

    [LoggerMessage(1219, LogLevel.Error, "Queue {Queue} on {Host} is not served, because this server could not be alone on it. {Reason}")]
    public static partial void NotAlone(PlainLogger logger, string queue, BrokerHost host, string reason);

    [LoggerMessage(1215, LogLevel.Information, "Request {Id} waits, because RabbitMQ on {Host} takes no messages ({Alarm}) and its "
        + "answer could not leave. Make room on the broker.")]
    public static partial void WaitsForBroker(PlainLogger logger, string id, BrokerHost host, string alarm);

    [LoggerMessage(1240, LogLevel.Warning, "The clock of who sent request {Id} is about {Difference} behind this server's: its requests "
        + "are late when they come, and are not executed. Set the clocks right.")]
    public static partial void SenderIsBehind(PlainLogger logger, string id, string difference);

    [LoggerMessage(1241, LogLevel.Warning, "The clock of who sent request {Id} is about {Difference} ahead of this server's: how much of "
        + "its caller's time is left is taken from the request's expiration. Set the clocks right.")]
    public static partial void SenderIsAhead(PlainLogger logger, string id, string difference);
}
