using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// Looks whether a journal's file has all that its mark says was written to it. For who has the lock. It changes nothing.
/// </summary>
internal static class JournalExamination
{
    private const string Command = "ppv journal accept --journal";

    /// <summary>Examines the file.</summary>
    /// <param name="path">The file, in full.</param>
    /// <param name="held">Its lock.</param>
    /// <returns>What is wrong; <see langword="null"/> when it is as marked, or nothing was ever marked.</returns>
    /// <exception cref="InvalidDataException">The file is no journal that this release can use.</exception>
    /// <exception cref="SqliteException">It can't be read.</exception>
    public static JournalDoubt? Examine(string path, JournalLock? held)
    {
        JournalMark? mark;
        try
        {
            mark = held?.ReadMark();
        }
        catch (FormatException)
        {
            return new JournalDoubt(JournalDoubtKind.UnreadableMark,
                $"the mark beside it, in {JournalLock.PathOf(path)}, can't be read, so nothing shows whether it is an old copy. If it is "
                    + $"the newest one, {Accept(path)}");
        }

        return Examine(path, mark);
    }

    /// <inheritdoc cref="Examine(string, JournalLock?)"/>
    public static JournalDoubt? Examine(string path, JournalMark? mark)
    {
        var hasLog = HasLog(path);
        var isThere = JournalFile.IsThere(path);
        if (!isThere || new FileInfo(path).Length == 0)
        {
            return mark is null or { IsBeginning: true } ? null : new JournalDoubt(
                isThere ? JournalDoubtKind.Behind : JournalDoubtKind.Gone,
                $"it is {(isThere ? "empty" : "gone")}, and another file in its place would know of no confirm. Put it back with its log, "
                    + $"{path}-wal; or, to begin a new one, {Accept(path)}", mark.Required, MissingRows: mark.Rows);
        }

        if (hasLog && mark is { IsBeginning: false, IsCopying: false } && !IsWithoutLog(path, mark))
        {
            return new JournalDoubt(JournalDoubtKind.OthersLog,
                $"it is an old copy, or another journal, with the log of a newer one beside it: {path}-wal. Put the file back that the log "
                    + $"belongs to; or move the log away, then {Accept(path)}", mark.InFile);
        }

        using var connection = Open(path);
        var isEmpty = JournalSchema.IsEmpty(connection);
        var wasMarked = JournalHistory.IsThere(connection);
        if (mark is null) return JournalHistory.WasMarkedAt(connection, path) ? WithoutMark(path, connection) : null;
        if (mark.IsBeginning && !JournalHistory.WasMarkedAt(connection, path)) return null; // A start that came to nothing.
        if (!wasMarked) return mark.IsBeginning ? null : Behind(path, connection, mark, isEmpty);
        if (JournalSchema.IdentityOf(connection) != mark.Identity)
        {
            return new JournalDoubt(JournalDoubtKind.Another,
                $"another journal is in its place than the one that was there, and it would not know of that one's confirms. Put that one "
                    + $"back; or, if this one is to be used, {Accept(path)}", mark.Required, Newest(connection));
        }

        return Has(connection, mark.Required) ? null : Behind(path, connection, mark, isEmpty: false);
    }

    /// <summary>
    /// Whether the file has by itself what it had before its log was begun. Else it is one that was put in the place of that file, in part
    /// or as a whole, and the log would make a third thing of it.
    /// </summary>
    public static bool IsWithoutLog(string path, JournalMark mark)
    {
        try
        {
            using var connection = JournalFile.Connect(WithoutLog(path), SqliteOpenMode.ReadOnly);
            return JournalSchema.IdentityOf(connection) == mark.Identity && JournalSchema.CookieOf(connection) == mark.Schema
                && Has(connection, mark.InFile);
        }
        catch (SqliteException)
        {
            return mark.InFile is null; // Before anything was taken into it, it is no more than the beginning of a file.
        }
    }

    /// <summary>The order that came last.</summary>
    public static JournalWitness? Newest(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT order_id, state, updated_at FROM orders ORDER BY rowid DESC LIMIT 1";
        using var row = command.ExecuteReader();
        if (!row.Read() || State(row.GetString(1)) is not { } state) return null;
        return new JournalWitness(row.GetString(0), state, JournalRow.Time(row.GetString(2)));
    }

    /// <summary>Whether a file has an order, so or further.</summary>
    public static bool Has(SqliteConnection connection, JournalWitness? witness)
    {
        if (witness is null) return true;
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT state FROM orders WHERE order_id = @id";
        JournalRow.Set(command, "@id", witness.OrderId);
        if (command.ExecuteScalar() is not string text) return false;
        return State(text) is not { } state || JournalRules.HasBeen(state, witness.State);
    }

    // What nobody understands is told of the row when it is read: it is no sign of an old copy.
    private static JournalState? State(string text) => Enum.TryParse<JournalState>(text, out var state) ? state : null;

    private static JournalDoubt Behind(string path, SqliteConnection connection, JournalMark mark, bool isEmpty)
    {
        var newest = isEmpty ? null : Newest(connection);
        var rows = isEmpty ? 0 : Scalar(connection, "SELECT max(rowid) FROM orders") as long? ?? 0;
        var missing = mark.Rows > rows ? mark.Rows - rows : (long?)null;
        var ends = newest is null ? "has no order at all" : $"ends at {Time(newest.At)}";
        var lacks = missing is { } count ? string.Create(CultureInfo.InvariantCulture, $" Up to {count} orders are missing.") : "";
        return new JournalDoubt(JournalDoubtKind.Behind,
            $"it is an old copy: the worker wrote to it until {Time(mark.Required?.At)}, and it {ends}.{lacks} A confirm among them would "
                + $"be bought again. Put the newest file back with its log, {path}-wal; or, if there is none, {Accept(path)}",
            mark.Required, newest, missing);
    }

    private static JournalDoubt WithoutMark(string path, SqliteConnection connection) => new(JournalDoubtKind.NoMark,
        $"the mark that was kept beside it, in {JournalLock.PathOf(path)}, is gone, so nothing shows whether it is an old copy. If it is "
            + $"the newest one, {Accept(path)}", Newest: Newest(connection));

    private static string Accept(string path) => $"stop the worker and accept this knowingly: {Command} {path}";

    private static string Time(DateTimeOffset? time) => time is { } at ? at.UtcDateTime.ToString("u", CultureInfo.InvariantCulture) : "?";

    /// <summary>
    /// Opens the file for a look, also where nothing can be written beside it: without a log there is no need for the log's index, which
    /// would belong to whoever looks; and an index that has no room to be made anew is kept in memory.
    /// </summary>
    /// <exception cref="SqliteException">It can't be read.</exception>
    public static SqliteConnection Open(string path)
    {
        if (!HasLog(path)) return JournalFile.Connect(WithoutLog(path), SqliteOpenMode.ReadOnly);
        var connection = JournalFile.Connect(path, SqliteOpenMode.ReadOnly);
        try
        {
            Scalar(connection, "PRAGMA user_version"); // Only then is the index looked at.
            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            if (!File.Exists(path + "-shm")) throw;
        }

        return JournalFile.Connect($"{new Uri(path).AbsoluteUri}?readonly_shm=1", SqliteOpenMode.ReadOnly);
    }

    private static bool HasLog(string path) => new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };

    /// <summary>As a file that nobody writes to, and of which only it itself counts.</summary>
    private static string WithoutLog(string path) => $"{new Uri(path).AbsoluteUri}?immutable=1";

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
