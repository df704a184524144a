using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Rpc.Presence;

/// <summary>What presence tells the log. Event ids 1390 to 1399.</summary>
internal static partial class PresenceLog
{
    [LoggerMessage(1390, LogLevel.Information, "This {Role} is not seen by those who ask RabbitMQ on {Host} who is there (ppv workers); "
        + "its work is not touched. {Reason}")]
    public static partial void NotSeen(PlainLogger logger, string role, BrokerHost host, string reason);

    [LoggerMessage(1391, LogLevel.Debug, "A presence report of {Length} bytes was dropped: it can't be read, or nobody waits for it.")]
    public static partial void ReportDropped(PlainLogger logger, int length);

    [LoggerMessage(1392, LogLevel.Debug, "A presence report did not reach who had asked for it. {Reason}")]
    public static partial void ReportNotSent(PlainLogger logger, string reason);

    [LoggerMessage(1393, LogLevel.Error, "This {Role} could not say all of itself to somebody who asked who is there; its work is not "
        + "touched. Report this.")]
    public static partial void ReportFailed(PlainLogger logger, string role, Exception exception);

    [LoggerMessage(1394, LogLevel.Debug, "This {Role} could not say all of itself within {Seconds:0.#} s to somebody who asked who is "
        + "there.")]
    public static partial void ReportIncomplete(PlainLogger logger, string role, double seconds);

    [LoggerMessage(1395, LogLevel.Debug, "Nobody could be asked who is there over one of the brokers; the others were. {Reason}")]
    public static partial void NotAsked(PlainLogger logger, string reason);

    [LoggerMessage(1396, LogLevel.Warning, "More reports of who is there, longer ones, or more questions came than are taken (reports of "
        + "{Instances} instances, and {Bytes} bytes): {Count} were left out since this was last said. No site has so many; look who may "
        + "write to 'amq.direct' on the broker, and is no program of yours.")]
    public static partial void ReportsLeftOut(PlainLogger logger, int count, int instances, int bytes);
}
