using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// A journal's file as somebody sees it who is not its worker, which may be at work on it: looking makes no file, changes none and keeps
/// nobody waiting. What a worker has not written yet is not seen.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class JournalView(string path)
{
    private readonly string _path = JournalFile.PathOf(path);

    // Of an EV or EN it is no order, but a note: that what its call had named before counts no more, or of an attempt that was cut off.
    private const string IsOrder = "(command = 'CONFIRM' OR repeat_of IS NULL)";

    /// <summary>Reads the orders that a query asks for, the ones received first first.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="JournalUnavailableException">It can't be read.</exception>
    public IReadOnlyList<JournalEntry> Read(JournalQuery query) => Using(connection =>
    {
        if (JournalSchema.IsEmpty(connection)) return [];
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {JournalRow.Columns} FROM orders WHERE {query.Condition} AND {IsOrder} "
            + "ORDER BY received_at DESC, rowid DESC LIMIT @limit";
        JournalRow.Set(command, "@limit", query.Limit ?? -1);
        foreach (var (name, value) in query.Values) JournalRow.Set(command, name, value);
        using var rows = command.ExecuteReader();
        var entries = new List<JournalEntry>();
        while (rows.Read()) entries.Add(JournalRow.Read(rows));
        if (query.OwnConfirms) entries.RemoveAll(entry => entry.RepeatOf is not null || entry.HandedOverAt is not null);
        entries.Reverse();
        return entries;
    });

    /// <summary>
    /// Settles a confirm whose outcome is unknown, as <see cref="IOrderJournal.SettleAsync"/> does, whether a worker is at work on the file
    /// or not: a worker reads each row again before it writes it, and never replaces a settled one. On disk when it returns.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidOperationException">There is nothing to settle, or it was settled the other way.</exception>
    /// <exception cref="JournalUnavailableException">It can't be written; nothing is settled.</exception>
    public JournalEntry Settle(string orderId, bool bought, string note, DateTimeOffset now) => Guarded(() =>
    {
        using var connection = JournalFile.Connect(_path, SqliteOpenMode.ReadWrite);
        if (JournalSchema.IsEmpty(connection))
            throw new InvalidDataException("no worker has opened it yet. Start the worker with it once, then settle");
        JournalSetup.Apply(connection, connection.ServerVersion);
        using (var setup = connection.CreateCommand())
        {
            setup.CommandText = "PRAGMA wal_autocheckpoint = 0"; // What the file has without its log is for the worker to know.
            setup.ExecuteNonQuery();
        }

        using var transaction = connection.BeginTransaction(deferred: false);
        using var find = Command(connection, transaction, $"SELECT {JournalRow.Columns} FROM orders WHERE order_id = @order_id");
        JournalRow.Set(find, "@order_id", orderId);
        JournalEntry? known;
        using (var rows = find.ExecuteReader()) known = rows.Read() ? JournalRow.Read(rows) : null;
        var settled = JournalRules.Settle(known, orderId, bought, note, now);
        if (ReferenceEquals(settled, known)) return settled;
        using var upsert = Command(connection, transaction, JournalRow.Upsert);
        JournalRow.Bind(upsert, settled);
        upsert.ExecuteNonQuery();
        transaction.Commit();
        return settled;
    });

    private T Using<T>(Func<SqliteConnection, T> read) => Guarded(() =>
    {
        // Without the log's index beside it, SQLite would make one, which would belong to whoever looks. A file without a log does not
        // change, and a log without its index is what somebody copied.
        if (File.Exists(_path + "-shm")) return Read(_path);
        if (new FileInfo(_path + "-wal") is { Exists: true, Length: > 0 }) return ReadCopy(read);
        return Read($"{new Uri(_path).AbsoluteUri}?immutable=1");

        T Read(string source)
        {
            using var connection = JournalFile.Connect(source, SqliteOpenMode.ReadOnly);
            return read(connection);
        }
    });

    private T ReadCopy<T>(Func<SqliteConnection, T> read)
    {
        var folder = Directory.CreateTempSubdirectory("ppv-journal-");
        try
        {
            var copy = Path.Combine(folder.FullName, "journal.db");
            File.Copy(_path, copy);
            File.Copy(_path + "-wal", copy + "-wal");
            using var connection = JournalFile.Connect(copy, SqliteOpenMode.ReadOnly);
            return read(connection);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private T Guarded<T>(Func<T> action)
    {
        try
        {
            if (!JournalFile.IsThere(_path)) throw new FileNotFoundException($"There is no file {_path}.", _path);
            return action();
        }
        catch (Exception e) when (JournalProblem.IsForeseen(e) && e is not FileNotFoundException)
        {
            throw new JournalUnavailableException(JournalProblem.Describe(_path, e), e);
        }
    }

    private static SqliteCommand Command(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        var command = connection.CreateCommand();
        (command.Transaction, command.CommandText) = (transaction, sql);
        return command;
    }
}
