using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>What the journal's file needs of SQLite before anything is written to it.</summary>
internal static class JournalSetup
{
    /// <summary>
    /// Earlier libraries can damage a file when its write-ahead log is begun anew: https://www.sqlite.org/wal.html, "The WAL-Reset Bug".
    /// </summary>
    public static readonly Version OldestLibrary = new(3, 51, 3);

    /// <summary>
    /// How long the log becomes, in bytes, before it is taken into the file and begun anew, and what is left of it then. It is longer only
    /// while somebody reads what it had long before, such as a backup.
    /// </summary>
    public const long LogLimit = 4L * 1024 * 1024;

    // A commit writes each page that it touches as a whole, and one row is all that most commits change. It takes effect in a new file.
    private const int PageSize = 512;

    /// <summary>Prepares the writer's connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="library">Which SQLite it works with.</param>
    /// <exception cref="InvalidDataException">The library or the file system is not good enough for money; nothing was written.</exception>
    public static void Apply(SqliteConnection connection, string library)
    {
        CheckLibrary(library);
        Scalar(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA page_size = {PageSize}"));
        UseWriteAheadLog(connection);
        Scalar(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_size_limit = {LogLimit}"));
        Scalar(connection, "PRAGMA synchronous = FULL");
    }

    private static void CheckLibrary(string version)
    {
        if (!Version.TryParse(version, out var actual) || actual < OldestLibrary)
            throw new InvalidDataException(
                $"its SQLite library is {version}, and libraries before {OldestLibrary} can damage the file. Give the program "
                    + "SQLitePCLRaw.bundle_e_sqlite3 2.1.13 or later");
    }

    /// <summary>SQLite does not fail where it can't have the log: it answers with the mode that it stays in.</summary>
    private static void UseWriteAheadLog(SqliteConnection connection)
    {
        var mode = Scalar(connection, "PRAGMA journal_mode = WAL") as string;
        if (!string.Equals(mode, "wal", StringComparison.OrdinalIgnoreCase))
            throw new InvalidDataException(
                $"SQLite keeps no write-ahead log for it, but works in mode \"{mode}\", as on file systems that can't share memory. Put "
                    + "the file on a local disk");
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
