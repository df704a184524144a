using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

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
