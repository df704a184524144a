using Microsoft.Data.Sqlite;

namespace Ppv.Hosting;

/// <summary>The journal's file, as its one writer sees it. For one thread at a time.</summary>
/// <param name="path">The file.</param>
/// <param name="hooks">For tests.</param>
internal sealed class JournalFile(string path, JournalHooks hooks) : IDisposable
{
    private const int PruneChunk = 1000;

    // Another program that holds the file, such as a backup, gets this long, in seconds.
    private const int BusyTimeout = 2;

    private JournalLock? _lock;
    private SqliteConnection? _connection;
    private SqliteCommand? _find;
    private SqliteCommand? _upsert;
    private bool _intentsEnded;
    private bool? _durable;
    private volatile string? _identity;

    public bool IsOpen => _connection is not null;

    /// <summary>
    /// The name that was given to the file when it was made; <see langword="null"/> while it was never open. May be read by any thread.
    /// </summary>
    public string? Identity => _identity;

    /// <summary>Opens the file, creating it and its folder where they are missing.</summary>
    public void Open()
    {
        hooks.BeforeOpen?.Invoke();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _lock ??= JournalLock.Take(path);
        var connection = Connect(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            JournalSetup.Apply(connection, connection.ServerVersion);
            _identity = JournalSchema.Prepare(connection, endIntents: !_intentsEnded, _identity);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        (_connection, _intentsEnded, _durable) = (connection, true, true);
        _find = Command($"SELECT {JournalRow.Columns} FROM orders WHERE order_id = @order_id");
        _upsert = Command(JournalRow.Upsert);
    }

    /// <summary>Writes a group in one transaction; a group of nothing finds out whether the file can be written.</summary>
    public void Save(WriteGroup group)
    {
        BeDurable(group.MustBeDurable);
        hooks.BeforeGroup?.Invoke(_connection!);
        Execute(_connection!, "BEGIN IMMEDIATE");
        var changed = false;
        foreach (var entry in group.Entries) changed |= Change(entry.OrderId, known => JournalRules.Further(known, entry));
        foreach (var write in group.Guarded) changed |= Change(write.OrderId, write.Decide);

        // A commit of nothing writes nothing and waits for nothing: what is already known may be of an earlier commit that did not wait for
        // the disk either.
        if (!changed && (group.IsEmpty || group.MustBeDurable)) Execute(_connection!, JournalSchema.Touch);
        Execute(_connection!, "COMMIT");
    }

    /// <summary>Deletes some entries that changed last before a moment.</summary>
    /// <returns>How many, and whether there may be more: a few at a time, so that no confirm has to wait for long.</returns>
    public (int Deleted, bool More) Prune(DateTimeOffset before)
    {
        BeDurable(false);
        using var command = Command($"""
            DELETE FROM orders WHERE order_id IN (
              SELECT order_id FROM orders WHERE updated_at < @before
              AND NOT (command = 'CONFIRM' AND state IN ('Intent', 'Unknown') AND repeat_of IS NULL) LIMIT {PruneChunk})
            """);
        JournalRow.Set(command, "@before", JournalRow.Text(before));
        var deleted = command.ExecuteNonQuery();
        return (deleted, deleted == PruneChunk);
    }

    /// <summary>Gives the connection up, with whatever it has begun; the lock stays.</summary>
    public void Close()
    {
        _find?.Dispose();
        _upsert?.Dispose();
        _connection?.Dispose();
        (_connection, _find, _upsert) = (null, null, null);
    }

    public void Dispose()
    {
        Close();
        _lock?.Dispose();
    }

    public static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var text = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = BusyTimeout };
        var connection = new SqliteConnection(text.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private bool Change(string orderId, Func<JournalEntry?, JournalEntry?> next)
    {
        var known = Find(orderId);
        if (next(known) is not { } entry || ReferenceEquals(entry, known)) return false;
        JournalRow.Bind(_upsert!, entry);
        _upsert!.ExecuteNonQuery();
        return true;
    }

    private JournalEntry? Find(string orderId)
    {
        JournalRow.Set(_find!, "@order_id", orderId);
        using var rows = _find!.ExecuteReader();
        return rows.Read() ? JournalRow.Read(rows) : null;
    }

    /// <summary>
    /// In WAL mode FULL waits for the disk at each commit, for all that was written before as well. NORMAL survives a crash of this process
    /// only.
    /// </summary>
    private void BeDurable(bool durable)
    {
        if (_durable == durable) return;
        Execute(_connection!, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
        _durable = durable;
    }

    private SqliteCommand Command(string sql)
    {
        var command = _connection!.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

/// <summary>
/// Keeps a second worker off the journal: two workers on one file would each take the other's running confirms for those of a process that
/// ended. The operating system ends the lock with the process, however it ends. The file itself stays: deleting it would let two processes
/// lock two files of one name.
/// </summary>
internal sealed class JournalLock : IDisposable
{
    private readonly FileStream _file;

    private JournalLock(FileStream file) => _file = file;

    /// <exception cref="InvalidDataException">Somebody has the lock.</exception>
    public static JournalLock Take(string journalPath)
    {
        var path = journalPath + ".lock";
        try
        {
            return new JournalLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        // Its subclasses are missing folders and bad names.
        catch (IOException e) when (e.GetType() == typeof(IOException) && File.Exists(path))
        {
            throw new InvalidDataException(
                "another worker uses it, and one journal belongs to one worker. Stop that worker, or give this one a file of its own", e);
        }
    }

    /// <summary>For who only looks: where no worker has ever made the lock, nobody has it, and none is made.</summary>
    /// <exception cref="InvalidDataException">Somebody has the lock.</exception>
    public static JournalLock? TakeIfThere(string journalPath) => File.Exists(journalPath + ".lock") ? Take(journalPath) : null;

    public void Dispose() => _file.Dispose();
}

/// <summary>For tests: what is called on the way to the file, and may throw or take its time there, as a disk does.</summary>
internal sealed record JournalHooks
{
    public static JournalHooks None { get; } = new();

    public Action? BeforeOpen { get; init; }

    /// <summary>Called with the connection before each group is written.</summary>
    public Action<SqliteConnection>? BeforeGroup { get; init; }

    public Action? BeforeRead { get; init; }
}
