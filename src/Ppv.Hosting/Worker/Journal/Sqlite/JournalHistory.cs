using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// What happened to the file as a whole, in a table of its own that people can read: that it was marked, at which place, and that an
/// operator has accepted it. An earlier release overlooks it.
/// </summary>
internal static class JournalHistory
{
    private const string Marked = "marked", Accepted = "accepted";

    private const string Create = "CREATE TABLE IF NOT EXISTS history (at TEXT NOT NULL, event TEXT NOT NULL, note TEXT)";

    /// <summary>Whether a mark was ever kept of this file, or of the one that it is a copy of.</summary>
    public static bool IsThere(SqliteConnection connection) =>
        Count(connection, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'history'", []) > 0;

    /// <summary>Whether the mark was kept beside a file of this name.</summary>
    public static bool WasMarkedAt(SqliteConnection connection, string path) => IsThere(connection)
        && Count(connection, "SELECT count(*) FROM history WHERE event = @event AND note = @note",
            [("@event", Marked), ("@note", path)]) > 0;

    public static void AddMarked(SqliteConnection connection, string path, DateTimeOffset now) => Add(connection, Marked, path, now);

    public static void AddAccepted(SqliteConnection connection, string note, DateTimeOffset now) => Add(connection, Accepted, note, now);

    private static void Add(SqliteConnection connection, string what, string note, DateTimeOffset now)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Create;
        command.ExecuteNonQuery();
        command.CommandText = "INSERT INTO history VALUES (@at, @event, @note)";
        JournalRow.Set(command, "@at", JournalRow.Text(now));
        JournalRow.Set(command, "@event", what);
        JournalRow.Set(command, "@note", note);
        command.ExecuteNonQuery();
    }

    private static long Count(SqliteConnection connection, string sql, (string Name, string Value)[] values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values) JournalRow.Set(command, name, value);
        return (long)command.ExecuteScalar()!;
    }
}
