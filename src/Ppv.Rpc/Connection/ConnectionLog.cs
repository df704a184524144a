using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Rpc.Connection;

/// <summary>What the supervisor tells the log. Event ids 1000 to 1049.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(1000, LogLevel.Information, "{Client} is connected to {Broker} and ready.")]
    public static partial void Ready(PlainLogger logger, string client, string broker);

    [LoggerMessage(1001, LogLevel.Warning, "{Client} lost its connection to {Broker}: {Reason}. It connects again by itself.")]
    public static partial void Lost(PlainLogger logger, string client, string broker, string reason);

    [LoggerMessage(1002, LogLevel.Warning, "{Client} can't connect and keeps trying. {Message}")]
    public static partial void Unavailable(PlainLogger logger, string client, string message);

    [LoggerMessage(1003, LogLevel.Error, "{Client} can't work until somebody acts; it keeps trying. {Message}")]
    public static partial void NeedsAttention(PlainLogger logger, string client, string message);

    [LoggerMessage(1004, LogLevel.Debug, "{Client} failed at attempt {Attempt} as before. {Message}")]
    public static partial void StillFailing(PlainLogger logger, string client, int attempt, string message);

    [LoggerMessage(1005, LogLevel.Critical, "{Client} stops working. {Message}")]
    public static partial void GaveUp(PlainLogger logger, string client, string message);

    [LoggerMessage(1006, LogLevel.Critical, "{Client} failed in a way that was not foreseen and connects no more. Restart the program "
        + "and report this.")]
    public static partial void Failed(PlainLogger logger, string client, Exception exception);

    [LoggerMessage(1007, LogLevel.Warning, "{Client} goes from {From} to {To}: {Reason}. What is under way ends where it was begun.")]
    public static partial void Moves(PlainLogger logger, string client, BrokerHost from, BrokerHost to, string reason);

    [LoggerMessage(1008, LogLevel.Warning, "{Client} stays on {Host}, because the other host can't take its place. {Message}")]
    public static partial void Stays(PlainLogger logger, string client, BrokerHost host, string message);

    [LoggerMessage(1009, LogLevel.Debug, "{Client} still stays on {Host}. {Message}")]
    public static partial void StillStays(PlainLogger logger, string client, BrokerHost host, string message);

    [LoggerMessage(1010, LogLevel.Warning, "RabbitMQ on {Host} takes no messages from {Client}: {Reason}. Orders go to another host if "
        + "there is one; make room on this one.")]
    public static partial void Blocked(PlainLogger logger, string client, BrokerHost host, string reason);

    [LoggerMessage(1011, LogLevel.Information, "RabbitMQ on {Host} takes messages from {Client} again.")]
    public static partial void Unblocked(PlainLogger logger, string client, BrokerHost host);

    [LoggerMessage(1014, LogLevel.Warning, "{Client} is connected to brokers that can't do what is expected of them. {Doubt}")]
    public static partial void Doubted(PlainLogger logger, string client, string doubt);
}
