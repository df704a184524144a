using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ppv.Hosting;

/// <summary>Says what is wrong with the journal's file and what to do, in full sentences.</summary>
internal static class JournalProblem
{
    /// <summary>Whether such an error is foreseen, so that its message says all there is to say.</summary>
    public static bool IsForeseen(Exception exception) =>
        exception is SqliteException or IOException or UnauthorizedAccessException or FormatException or InvalidDataException;

    public static string Describe(string path, Exception exception)
    {
        if (exception is InvalidDataException) return $"The order journal {path} can't be used: {exception.Message}.";
        return $"The order journal {path} can't be used: {exception.Message.TrimEnd('.')}. {Advice(exception)}";
    }

    public static string DescribeHang(string path, TimeSpan limit) =>
        string.Create(CultureInfo.InvariantCulture, $"The order journal {path} can't be used: its disk has not answered for {limit.TotalSeconds} s. Check the disk.");

    private static string Advice(Exception exception) => exception switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } => "Make room on its disk.",
        SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB } or FormatException =>
            "It is left as it is. Stop the worker, then restore a backup, or move the file and those named after it away: the confirms in it are then unknown to the worker.",
        SqliteException { SqliteErrorCode: raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM } or UnauthorizedAccessException or DirectoryNotFoundException =>
            "Let the worker's account write the file and its folder.",
        SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED } => "Another program holds the file; end it.",
        SqliteException or IOException => "Check the disk.",
        _ => "This is not foreseen; the log has the details.",
    };
}
