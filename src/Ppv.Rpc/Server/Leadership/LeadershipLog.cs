using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Rpc.Server.Leadership;

/// <summary>What leadership tells the log. Event ids 1206 to 1220 and 1243, but for those of the server.</summary>
internal static partial class LeadershipLog
{
    [LoggerMessage(1206, LogLevel.Information, "Another server leads queue {Queue} on {Host}; this one stands by.")]
    public static partial void StandingBy(PlainLogger logger, string queue, BrokerHost host);

    [LoggerMessage(1243, LogLevel.Error, "{Stranger}")]
    public static partial void Stranger(PlainLogger logger, string stranger);

    [LoggerMessage(1207, LogLevel.Information, "This server leads queue {Queue} on {Host}. Nobody else has led it since this one did: "
        + "what it remembers holds.")]
    public static partial void Continues(PlainLogger logger, string queue, BrokerHost host);

    [LoggerMessage(1208, LogLevel.Information, "This server leads queue {Queue} on {Host}. The leader before left in good order, and its "
        + "calls go on here.")]
    public static partial void TookOver(PlainLogger logger, string queue, BrokerHost host);

    [LoggerMessage(1209, LogLevel.Warning,
        "This server leads queue {Queue} on {Host}. Another one may have led it last, and left no record: calls start over, and the "
            + "first command waits {Grace} ms (Ppv:Rpc:TakeoverGrace, and on a quorum queue the heartbeat before it).")]
    public static partial void StartsOver(PlainLogger logger, string queue, BrokerHost host, double grace);

    [LoggerMessage(1220, LogLevel.Information,
        "This server leads queue {Queue} on {Host}, where no leader has left a record: it is the first one, or the broker has lost what "
            + "was there. The first command waits {Grace} ms (Ppv:Rpc:TakeoverGrace, and on a quorum queue the heartbeat before it).")]
    public static partial void FindsNoRecord(PlainLogger logger, string queue, BrokerHost host, double grace);

    [LoggerMessage(1210, LogLevel.Information, "This server leads queue {Queue} on {Host} as soon as the leader before has finished its "
        + "requests; it has up to {Seconds:0} s.")]
    public static partial void WaitsForPredecessor(PlainLogger logger, string queue, BrokerHost host, double seconds);

    [LoggerMessage(1213, LogLevel.Information, "Queue {Queue} on {Host} is handed over: what the next leader has to know lies there.")]
    public static partial void HandedOver(PlainLogger logger, string queue, BrokerHost host);

    [LoggerMessage(1214, LogLevel.Warning, "No record could be left for the next leader of queue {Queue} on {Host}; if there is another "
        + "one, its calls start over, unless it finds an older record and believes that. {Reason}")]
    public static partial void NoRecordLeft(PlainLogger logger, string queue, BrokerHost host, string reason);

    [LoggerMessage(1216, LogLevel.Information, "This server leads queue {Queue} on {Broker}, and nobody has led it before.")]
    public static partial void IsFirst(PlainLogger logger, string queue, string broker);

    [LoggerMessage(1217, LogLevel.Information, "The record for the next leader of queue {Queue} lies there now.")]
    public static partial void RecordLeft(PlainLogger logger, string queue);

    [LoggerMessage(1218, LogLevel.Information, "RabbitMQ on {Host} wants a heartbeat of {Agreed} s, shorter than Ppv:Broker:Heartbeat "
        + "({Configured} s): this server gives up its leadership of queue {Queue} after that time without a proof.")]
    public static partial void ShorterHeartbeat(PlainLogger logger, BrokerHost host, string queue, double agreed, double configured);
}
