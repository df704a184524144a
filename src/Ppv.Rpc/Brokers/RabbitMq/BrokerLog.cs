using Microsoft.Extensions.Logging;

namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>What connections tell the log. Event ids 1300 to 1399.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(1300, LogLevel.Warning, "RabbitMQ on {Host} did not let us declare a reply queue: {Reason}. Answers come by direct reply-to on this connection; calls work as before. "
        + "Give the user configure, write and read permissions on 'amq.gen-.*', or set Ppv:Rpc:ReplyAddress to DirectReplyTo.")]
    public static partial void RepliesComeDirectly(ILogger logger, BrokerHost host, string reason);

    [LoggerMessage(1301, LogLevel.Warning, "RabbitMQ on {Host} did not declare a reply queue: {Reason}. Perhaps most of its cluster's nodes are down. The next connection to it has its answers "
        + "sent by direct reply-to.")]
    public static partial void RepliesWillComeDirectly(ILogger logger, BrokerHost host, string reason);
}
