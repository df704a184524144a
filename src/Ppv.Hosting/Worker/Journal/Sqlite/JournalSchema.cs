using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>The journal's table and its version, which is kept in SQLite's <c>user_version</c>.</summary>
internal static class JournalSchema
{
    public const int Version = 2;

    /// <summary>Writes the version again: a change that changes nothing, to see whether the file can be written.</summary>
    public static readonly string Touch = $"PRAGMA user_version = {Version}";

    /// <summary>What <see cref="JournalRules.IsRefusal"/> says of an entry, of a row.</summary>
    public const string IsRefusal = "(line IS NULL AND lease_id IS NULL AND (repeat_of = order_id OR (repeat_of IS NULL "
        + "AND (state = 'NotExecuted' OR (state = 'Unknown' AND command <> 'CONFIRM')))))";

    /// <summary>What <see cref="JournalRules.MayHaveReachedWizard"/> says of an entry, of a confirm's row.</summary>
    public const string IsSentConfirm = "command = 'CONFIRM' AND repeat_of IS NULL AND state NOT IN ('Received', 'NotExecuted')";

    // Each index costs every order that is in it a page of the log. Rows stand in the order in which they came, so that neither what is
    // recent nor what is old needs one. Only refusals pay for theirs: they are forgotten while the worker takes orders. A call's last
    // confirm is asked for with each one that is refused or repeated, and what was never sent must not make that slow.
    private const string Create = $"""
        CREATE TABLE orders (
          order_id TEXT NOT NULL PRIMARY KEY, connid TEXT COLLATE NOCASE, command TEXT NOT NULL, value TEXT NOT NULL,
          line INTEGER, lease_id TEXT,
          state TEXT NOT NULL, code TEXT, reason TEXT, note TEXT,
          deadline TEXT NOT NULL, received_at TEXT NOT NULL, updated_at TEXT NOT NULL,
          repeat_of TEXT, subject TEXT, handed_over_at TEXT, detail TEXT
        );
        CREATE INDEX open_confirms ON orders (state) WHERE command = 'CONFIRM' AND state IN ('Intent', 'Unknown');
        CREATE INDEX refused_orders ON orders (updated_at) WHERE {IsRefusal};
        CREATE INDEX sent_confirms ON orders (connid) WHERE {IsSentConfirm};
        CREATE TABLE identity (name TEXT NOT NULL);
        INSERT INTO identity VALUES (lower(hex(randomblob(16))));
        {ClockRecord.Create};
        """;

    private const string EndIntents =
        $"UPDATE orders SET state = 'Unknown', reason = '{JournalEntry.CutOff}' WHERE command = 'CONFIRM' AND state = 'Intent'";

    /// <summary>An entry of a process that ended, as it will be when the file can be written.</summary>
    public static JournalEntry Ended(JournalEntry entry) => entry.State == JournalState.Intent
        ? entry with { State = JournalState.Unknown, Reason = JournalEntry.CutOff }
        : entry;

    /// <summary>Creates the table in a new file, and refuses files that are not ours or newer than we are.</summary>
    /// <param name="connection">The open file.</param>
    /// <param name="endIntents">Whether every intent is of a process that ended.</param>
    /// <param name="expected">The name of the file that this process used before: another one would have forgotten it all.</param>
    /// <param name="beforeCommit">Called with the file's name before it counts; it may give it another one.</param>
    /// <returns>The file's name: see <see cref="IOrderJournalStore.IdentityAsync"/>.</returns>
    /// <exception cref="InvalidDataException">The file is no journal that this version can use.</exception>
    public static string Prepare(
        SqliteConnection connection, bool endIntents, string? expected, Func<SqliteConnection, string, string>? beforeCommit = null)
    {
        using var command = connection.CreateCommand();
        Execute("BEGIN IMMEDIATE");
        if (CheckVersion(command) == 0) Execute(Create);
        if (endIntents) Execute(EndIntents);
        Execute(Touch);
        var identity = IdentityOf(connection)!;
        if (expected is not null && identity != expected)
            throw new InvalidDataException("another file is in its place than the one this worker began with, which knew of earlier "
                + "confirms. Put that one back, or restart the worker if this one is to be used");
        if (beforeCommit is not null) identity = beforeCommit(connection, identity);
        Execute("COMMIT");
        return identity;

        void Execute(string sql)
        {
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Whether nothing was ever written to the file.</summary>
    /// <exception cref="InvalidDataException">The file is no journal that this version can use.</exception>
    public static bool IsEmpty(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        return CheckVersion(command) == 0;
    }

    /// <summary>Reads what <see cref="Prepare"/> reads, and changes nothing.</summary>
    /// <exception cref="InvalidDataException">The file is no journal that this version can use.</exception>
    public static void CheckReadable(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        if (CheckVersion(command) > 0) Scalar(command, "SELECT count(*) FROM (SELECT * FROM orders LIMIT 1)");
    }

    /// <summary>The file's name; <see langword="null"/> when it has none.</summary>
    /// <exception cref="SqliteException">It can't be read.</exception>
    public static string? IdentityOf(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM identity";
        return command.ExecuteScalar() as string;
    }

    /// <summary>Gives the file another name, for it is not to be taken for what it was.</summary>
    /// <returns>The name.</returns>
    public static string Rename(SqliteConnection connection, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "UPDATE identity SET name = lower(hex(randomblob(16))) RETURNING name";
        return (string)command.ExecuteScalar()!;
    }

    /// <summary>SQLite's count of the changes to the tables themselves.</summary>
    public static long CookieOf(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        return (long)Scalar(command, "PRAGMA schema_version");
    }

    /// <returns>The version; 0 for an empty file.</returns>
    private static long CheckVersion(SqliteCommand command)
    {
        var version = (long)Scalar(command, "PRAGMA user_version");
        if (version > Version)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"a newer release wrote it (version {version}, this one knows {Version}). Install that release again, or give this "
                    + $"worker another file"));
        if (version is > 0 and < Version)
            throw new InvalidDataException("a program from before the first release wrote it. Give this worker another file");
        if (version == 0 && (long)Scalar(command, "SELECT count(*) FROM sqlite_master") > 0)
            throw new InvalidDataException("it is another program's database. Give the journal a file of its own");
        return version;
    }

    private static object Scalar(SqliteCommand command, string sql)
    {
        command.CommandText = sql;
        return command.ExecuteScalar()!;
    }
}
