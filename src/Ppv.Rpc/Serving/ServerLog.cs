using Microsoft.Extensions.Logging;

namespace Ppv.Rpc.Serving;

/// <summary>What the server tells the log. Event ids 1200 to 1299.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1200, LogLevel.Error, "Request {Id} made its handler fail; its caller was told that the outcome is unknown.")]
    public static partial void HandlerFailed(ILogger logger, string id, Exception exception);

    [LoggerMessage(1201, LogLevel.Warning, "Request {Id} has no reply-to, so nobody could be told how it ended; it was dropped and not executed.")]
    public static partial void NoReplyTo(ILogger logger, string id);

    [LoggerMessage(1202, LogLevel.Warning, "The answer to the request with correlation id {CorrelationId} found its caller's queue gone; it was dropped.")]
    public static partial void AnswerReturned(ILogger logger, string? correlationId);

    [LoggerMessage(1203, LogLevel.Warning, "Request {Id} was not finished when the server stopped; it goes back to the queue.")]
    public static partial void GivenBack(ILogger logger, string id);

    [LoggerMessage(1204, LogLevel.Warning, "{Count} requests were not finished within Ppv:Rpc:DrainTimeout; they are cancelled.")]
    public static partial void DrainIncomplete(ILogger logger, int count);

    [LoggerMessage(1205, LogLevel.Warning, "Request {Id} was dropped, because it is not this server's any more; the broker gives it to whoever has the place. {Reason}")]
    public static partial void NotOurs(ILogger logger, string id, string reason);

    [LoggerMessage(1206, LogLevel.Information, "Another server has queue {Queue} on {Host}; this one stands by.")]
    public static partial void StandingBy(ILogger logger, string queue, BrokerHost host);

    [LoggerMessage(1207, LogLevel.Information, "Queue {Queue} on {Host} is this server's. Nobody else has served it since this one did: what it remembers holds.")]
    public static partial void Continues(ILogger logger, string queue, BrokerHost host);

    [LoggerMessage(1208, LogLevel.Information, "Queue {Queue} on {Host} is this server's. The one before left in good order, and its calls go on here.")]
    public static partial void TookOver(ILogger logger, string queue, BrokerHost host);

    [LoggerMessage(1209, LogLevel.Warning,
        "Queue {Queue} on {Host} is this server's. Another one may have served it last, and left no word: calls start over, and the first command waits {Grace} ms (Ppv:Rpc:TakeoverGrace).")]
    public static partial void StartsOver(ILogger logger, string queue, BrokerHost host, double grace);

    [LoggerMessage(1210, LogLevel.Information, "Queue {Queue} on {Host} is this server's as soon as the one before has finished its requests; it has up to {Seconds:0} s.")]
    public static partial void WaitsForPredecessor(ILogger logger, string queue, BrokerHost host, double seconds);

    [LoggerMessage(1211, LogLevel.Warning, "The connection to {Host} is given up and made anew, because queue {Queue} can't be served over it. {Reason}")]
    public static partial void GaveUpConnection(ILogger logger, string queue, BrokerHost host, string reason);

    [LoggerMessage(1212, LogLevel.Error, "Serving queue {Queue} on {Host} failed in a way that was not foreseen; the connection is made anew. Report this.")]
    public static partial void ServingFailed(ILogger logger, string queue, BrokerHost host, Exception exception);

    [LoggerMessage(1213, LogLevel.Information, "Queue {Queue} on {Host} is handed over: what the next server has to know lies there.")]
    public static partial void HandedOver(ILogger logger, string queue, BrokerHost host);

    [LoggerMessage(1214, LogLevel.Warning, "No word could be left for the next server of queue {Queue} on {Host}; if there is another one, its calls start over. {Reason}")]
    public static partial void NoWordLeft(ILogger logger, string queue, BrokerHost host, string reason);

    [LoggerMessage(1215, LogLevel.Information, "Request {Id} waits, because RabbitMQ on {Host} takes no messages ({Alarm}) and its answer could not leave. Make room on the broker.")]
    public static partial void WaitsForBroker(ILogger logger, string id, BrokerHost host, string alarm);

    [LoggerMessage(1216, LogLevel.Information, "Queue {Queue} on {Broker} is this server's, and nobody has served it before.")]
    public static partial void IsFirst(ILogger logger, string queue, string broker);
}
