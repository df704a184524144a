using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Worker.Lines.Handover;

internal static partial class HandoverLog
{
    [LoggerMessage(16, LogLevel.Information, "{Count} calls of before the start were found in the journal and have their lines again.")]
    public static partial void Restored(PlainLogger logger, int count);

    [LoggerMessage(17, LogLevel.Warning, "Calls of before the start could not be restored, so that they have to start over. "
        + "No line is given out before {Rest} after the start: on any of them a command may be unanswered. {Reason}")]
    public static partial void NotRestored(PlainLogger logger, TimeSpan rest, string reason);

    [LoggerMessage(19, LogLevel.Warning, "The worker does not know its own name among the workers of its queue; should it be restarted, "
        + "calls start over. {Reason}")]
    public static partial void NoIdentity(PlainLogger logger, string reason);

    [LoggerMessage(30, LogLevel.Information, "The next worker gets {Count} orders on record: all of the last {Time}.")]
    public static partial void OrdersHandedOver(PlainLogger logger, int count, string time);

    [LoggerMessage(31, LogLevel.Warning, "The next worker gets {Count} orders on record, for which there was room and time: all of the "
        + "last {Time}. Of an older id that it does not find, a confirm is unknown.")]
    public static partial void OrdersLeftOut(PlainLogger logger, int count, string time);

    [LoggerMessage(32, LogLevel.Warning, "The next worker gets no orders on record: a confirm that is asked for again is unknown to it, as "
        + "after a death. {Reason}")]
    public static partial void NoOrdersHandedOver(PlainLogger logger, string reason);

    [LoggerMessage(33, LogLevel.Information, "{Count} orders that the worker before has on record are on record here: all of its "
        + "last {Time}.")]
    public static partial void OrdersTakenOver(PlainLogger logger, int count, string time);

    [LoggerMessage(34, LogLevel.Warning, "The orders that the worker before has on record could not be taken over: a confirm that is asked "
        + "for again is unknown here, as after a death. {Reason}")]
    public static partial void NoOrdersTakenOver(PlainLogger logger, string reason);

    [LoggerMessage(63, LogLevel.Warning, "No line is given out for {Rest} (Ppv:Server:TakeoverRest): the worker before may have died with "
        + "commands that Wizard executes yet.")]
    public static partial void RestsAfterDeath(PlainLogger logger, TimeSpan rest);

    [LoggerMessage(62, LogLevel.Warning, "The order journal has records of the future: this machine's clock was set back. Which calls "
        + "that came before are in progress can't be told by it, so that they have to start over. Keep clocks by NTP, which slews them.")]
    public static partial void ClockWasSetBack(PlainLogger logger);
}
