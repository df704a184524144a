using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

internal static partial class JournalLog
{
    [LoggerMessage(42, LogLevel.Error, "{Problem} Confirms are refused until then, EV and EN go on. It is tried again every {Seconds} s.")]
    public static partial void Unavailable(PlainLogger logger, Exception? exception, string problem, int seconds);

    [LoggerMessage(43, LogLevel.Information, "The order journal {Path} works again after {Seconds:0} s.")]
    public static partial void Recovered(PlainLogger logger, string path, double seconds);

    [LoggerMessage(44, LogLevel.Warning, "{Unsaved} orders wait for the order journal {Path}; further EV, EN and confirms that are not "
        + "sent are not recorded.")]
    public static partial void Dropping(PlainLogger logger, int unsaved, string path);

    [LoggerMessage(45, LogLevel.Warning, "{Dropped} records of EV, EN and confirms that were not sent are missing in the order journal "
        + "{Path}: there were too many while it could not be written.")]
    public static partial void Dropped(PlainLogger logger, int dropped, string path);

    [LoggerMessage(46, LogLevel.Error, "The order journal {Path} was closed with {Unsaved} orders not on disk.")]
    public static partial void ClosedUnsaved(PlainLogger logger, string path, int unsaved);

    [LoggerMessage(47, LogLevel.Error, "The order journal {Path} could not be closed within {Seconds} s: its disk does not answer.")]
    public static partial void CloseTimedOut(PlainLogger logger, string path, int seconds);

    [LoggerMessage(48, LogLevel.Information, "{Count} old orders were removed from the order journal {Path}.")]
    public static partial void Pruned(PlainLogger logger, int count, string path);

    [LoggerMessage(49, LogLevel.Error, "{Problem} Confirms that this worker does not remember are unknown until then.")]
    public static partial void Unreadable(PlainLogger logger, string problem);

    [LoggerMessage(50, LogLevel.Information, "The order journal {Path} can be read again.")]
    public static partial void ReadableAgain(PlainLogger logger, string path);

    [LoggerMessage(51, LogLevel.Warning, "The lock beside the order journal {Path} was removed while the worker had it, and is made anew. "
        + "Nobody must remove it: another worker could use the journal meanwhile.")]
    public static partial void LockedAnew(PlainLogger logger, string path);

    [LoggerMessage(52, LogLevel.Error, "{Problem} Confirms are refused until it answers, EV and EN go on.")]
    public static partial void Hangs(PlainLogger logger, string problem);

    [LoggerMessage(53, LogLevel.Warning, "{Warning}")]
    public static partial void Large(PlainLogger logger, string warning);

    [LoggerMessage(54, LogLevel.Information, "The order journal {Path} has less in use than Ppv:Server:Journal:WarnBytes again.")]
    public static partial void SmallAgain(PlainLogger logger, string path);

    [LoggerMessage(55, LogLevel.Warning, "The order journal {Path} has more than Ppv:Server:Journal:MaxBytes in use, {Size} MB. The "
        + "oldest of the orders that were refused before anything was begun are forgotten before their time.")]
    public static partial void ForgetsRefusals(PlainLogger logger, string path, long size);

    [LoggerMessage(60, LogLevel.Warning, "This machine's clock was set by about {Difference}, or the worker was off for so long. The order "
        + "journal {Path} forgets nothing until the clock has run evenly for {Retention}, so that no order is forgotten too early.")]
    public static partial void ForgetsNothing(PlainLogger logger, string difference, string path, string retention);

    [LoggerMessage(61, LogLevel.Warning, "This machine's clock was set {Direction} by about {Difference}, or the machine was suspended. "
        + "Leases and waits take no notice; keep clocks by NTP, which slews them.")]
    public static partial void ClockWasSet(PlainLogger logger, string difference, string direction);
}
