using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;
using SQLitePCL;

namespace Ppv.Hosting;

/// <summary>Says what is wrong with the journal's file and what to do, in full sentences.</summary>
internal static class JournalProblem
{
    // In bytes: as much as SQLite takes beside the file to open it.
    private const long LeastRoom = 64 * 1024;

    /// <summary>Whether such an error is foreseen, so that its message says all there is to say.</summary>
    public static bool IsForeseen(Exception exception) =>
        exception is SqliteException or IOException or UnauthorizedAccessException or FormatException or InvalidDataException;

    public static string Describe(string path, Exception exception)
    {
        if (exception is InvalidDataException) return $"The order journal {path} can't be used: {exception.Message}.";
        return $"The order journal {path} can't be used: {exception.Message.TrimEnd('.')}. {Advice(path, exception)}";
    }

    public static string DescribeHang(string path, TimeSpan limit) =>
        string.Create(CultureInfo.InvariantCulture,
            $"The order journal {path} can't be used: its disk has not answered for {limit.TotalSeconds} s. Check the disk.");

    private static string Advice(string path, Exception exception) => exception switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } => "Make room on its disk.",
        SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB } or FormatException =>
            "It is left as it is. Stop the worker, then restore a backup, or move the file and those named after it away, save for the "
                + "lock: the confirms in it are then unknown to the worker, which says at its start how to accept that.",
        SqliteException { SqliteErrorCode: raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM }
            or UnauthorizedAccessException or DirectoryNotFoundException =>
            "Let the worker's account write the file and its folder.",
        SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED } => "Another program holds the file; end it.",
        // SQLite itself needs room to open a file, and calls the lack of it an error of the disk.
        SqliteException or IOException => IsFull(path) ? "Make room on its disk." : "Check the disk.",
        _ => "This is not foreseen; the log has the details.",
    };

    private static bool IsFull(string path)
    {
        try
        {
            return Path.GetDirectoryName(path) is { Length: > 0 } folder && new DriveInfo(folder).AvailableFreeSpace < LeastRoom;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}

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
