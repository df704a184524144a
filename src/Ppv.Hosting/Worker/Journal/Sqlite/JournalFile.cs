using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>The journal's file, as its one writer sees it. For one thread at a time.</summary>
/// <param name="path">The file.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="hooks">For tests.</param>
internal sealed class JournalFile(string path, TimeProvider timeProvider, JournalHooks hooks) : IDisposable
{
    private const int PruneChunk = 1000;

    // Another program that holds the file, such as a backup, gets this long, in seconds.
    private const int BusyTimeout = 2;

    private readonly JournalGuard _guard = new(path, timeProvider);
    private SqliteConnection? _connection;
    private SqliteCommand? _begin;
    private SqliteCommand? _commit;
    private SqliteCommand? _find;
    private SqliteCommand? _upsert;
    private JournalCheckpoints? _checkpoints;
    private RecentEntries _saved = new(hooks.Remembered); // So that an order's next state needs no look into the file.
    private readonly Dictionary<string, JournalEntry> _changed = []; // In the transaction under way.
    private long _prunedTo;
    private bool _intentsEnded;
    private bool? _durable;
    private volatile string? _identity;

    public bool IsOpen => _connection is not null;

    /// <summary>Ids that it did not have when it was opened.</summary>
    public IdGap Unused { get; private set; }

    /// <summary>
    /// The name that was given to the file when it was made; <see langword="null"/> while it was never open, and while it is not the file
    /// that it must be. May be read by any thread.
    /// </summary>
    public string? Identity => _guard.IsDoubted ? null : _identity;

    /// <inheritdoc cref="JournalGuard.TakeLockLost"/>
    public bool TakeLockLost() => _guard.TakeLockLost();

    /// <summary>Opens the file, creating it and its folder where they are missing.</summary>
    public void Open()
    {
        hooks.BeforeOpen?.Invoke();
        if (_identity is null) Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var connection = Connect(path, _guard.Enter() ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite);
        try
        {
            JournalSetup.Apply(connection, connection.ServerVersion);
            Execute(connection, JournalCheckpoints.Setup);
            _identity = JournalSchema.Prepare(connection, endIntents: !_intentsEnded, _identity, _guard.Begin);
            _guard.Opened(connection, _identity);
            _checkpoints = new JournalCheckpoints(path, _guard);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        (_connection, _intentsEnded, _durable, _prunedTo) = (connection, true, true, 0);
        (_begin, _commit) = (Command("BEGIN IMMEDIATE"), Command("COMMIT"));
        _find = Command($"SELECT {JournalRow.Columns} FROM orders WHERE order_id = @order_id");
        _upsert = Command(JournalRow.Upsert);
        ForgetSaved();
    }

    /// <summary>
    /// Opens the file for who only reads, where it can't be opened for writing; once it is clear that it is the one, with all that was
    /// written to it.
    /// </summary>
    /// <exception cref="InvalidDataException">It is not, or has no table yet.</exception>
    public SqliteConnection OpenToRead()
    {
        if (_guard.Enter()) throw new InvalidDataException("there is no such file");
        var connection = JournalExamination.Open(path);
        try
        {
            if (JournalSchema.IsEmpty(connection)) throw new InvalidDataException("no worker has opened it yet");
            _identity ??= _guard.MarkedIdentity;
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Looks whether what is open is still what its names mean. Where it is not, it is closed: opening it again tells what is wrong, if it
    /// is not well then. Of a log that was taken away all is saved that it had.
    /// </summary>
    /// <param name="looksInside">Whether to look into the file where it has changed.</param>
    /// <returns>Whether whoever reads must let go of it as well, before it is opened again.</returns>
    /// <exception cref="InvalidDataException">Somebody has written into the file.</exception>
    public bool CloseIfLost(bool looksInside)
    {
        if (looksInside) _checkpoints!.EndCopy();
        var loss = _guard.Look(looksInside);
        if (loss == JournalLoss.None) return false;
        if (loss == JournalLoss.Log) JournalCheckpoints.Copy(_connection!, "PRAGMA wal_checkpoint(TRUNCATE)");
        Close();
        return loss == JournalLoss.Log;
    }

    /// <summary>Lets the clock of pruning go on where an earlier process has left it; see <see cref="ClockRecord.Begin"/>.</summary>
    public TimeSpan? BeginClock(PruneClock clock) => ClockRecord.Begin(_connection!, clock);

    /// <summary>Leaves what the clock of pruning goes on from after a restart.</summary>
    public void LeaveClock(PruneClock clock)
    {
        BeDurable(false);
        ClockRecord.Write(_connection!, clock.Mark);
    }

    /// <summary>Writes a group in one transaction; a group of nothing finds out whether the file can be written.</summary>
    public void Save(WriteGroup group)
    {
        BeDurable(group.MustBeDurable);
        hooks.BeforeGroup?.Invoke(_connection!);
        _changed.Clear();
        _begin!.ExecuteNonQuery();
        foreach (var entry in group.Entries) Change(entry.OrderId, known => JournalRules.Merge(known, entry));
        foreach (var write in group.Guarded) Change(write.OrderId, write.Decide);
        foreach (var adoption in group.Adoptions)
            foreach (var entry in adoption.Entries) Change(entry.OrderId, known => JournalRules.Adopt(known, entry, adoption.Now));

        // A commit of nothing writes nothing and waits for nothing: what is already known may be of an earlier commit that did not wait for
        // the disk either.
        if (_changed.Count == 0 && (group.IsEmpty || group.MustBeDurable)) Execute(_connection!, JournalSchema.Touch);
        _commit!.ExecuteNonQuery();
        _guard.Committed(_connection!, _changed.Values.LastOrDefault(), group.MustBeDurable);
        foreach (var entry in _changed.Values) _saved.Add(entry);
        _checkpoints!.Committed(_connection!);
    }

    /// <summary>Writes that nobody will know any more what became of confirms that were begun.</summary>
    public void EndIntents(IReadOnlyList<string> orderIds)
    {
        BeDurable(true);
        _changed.Clear();
        _begin!.ExecuteNonQuery();
        foreach (var orderId in orderIds) Change(orderId, known => known is { State: JournalState.Intent }
            ? known with { State = JournalState.Unknown, Reason = JournalEntry.CutOff }
            : known);
        _commit!.ExecuteNonQuery();
        _guard.Committed(_connection!, _changed.Values.LastOrDefault(), isOnDisk: true);
    }

    /// <summary>
    /// Deletes some entries that changed last before a moment: the next ones in the order in which they came, until all that follow are of
    /// after that moment. Those of a clock that was ahead for a while hide none.
    /// </summary>
    /// <returns>How many, and whether there may be more: a few at a time, so that no confirm has to wait for long.</returns>
    public (int Deleted, bool More) Prune(DateTimeOffset before)
    {
        BeDurable(false);
        using var look = Command($"""
            SELECT count(*), max(id), total(received_at < @before OR received_at > @now)
            FROM (SELECT rowid AS id, received_at FROM orders WHERE rowid > @after ORDER BY rowid LIMIT {PruneChunk})
            """);
        JournalRow.Set(look, "@before", JournalRow.Text(before));
        JournalRow.Set(look, "@now", JournalRow.Text(timeProvider.GetUtcNow()));
        JournalRow.Set(look, "@after", _prunedTo);
        var (count, last, old) = (0L, 0L, 0d);
        using (var row = look.ExecuteReader())
        {
            row.Read();
            if (row.GetInt64(0) is > 0 and var rows) (count, last, old) = (rows, row.GetInt64(1), row.GetDouble(2));
        }

        using var delete = Command("""
            DELETE FROM orders WHERE rowid > @after AND rowid <= @last AND updated_at < @before
              AND NOT (command = 'CONFIRM' AND state IN ('Intent', 'Unknown') AND repeat_of IS NULL
                AND handed_over_at IS NULL)
            """);
        JournalRow.Set(delete, "@before", JournalRow.Text(before));
        JournalRow.Set(delete, "@after", _prunedTo);
        JournalRow.Set(delete, "@last", last);
        var deleted = Delete(delete);
        var more = count == PruneChunk && old > 0;
        _prunedTo = more ? last : 0;
        return (deleted, more);
    }

    /// <summary>
    /// Deletes some of the refusals that were recorded before a moment, the oldest first; never the row that came last, by which the file
    /// is known.
    /// </summary>
    /// <returns>How many, and whether there may be more.</returns>
    public (int Deleted, bool More) ForgetRefusals(DateTimeOffset before)
    {
        BeDurable(true); // What is on disk is marked anew, and that must not become less.
        using var delete = Command($"""
            DELETE FROM orders WHERE rowid IN (
              SELECT rowid FROM orders WHERE {JournalSchema.IsRefusal} AND updated_at < @before
                AND rowid < (SELECT max(rowid) FROM orders) ORDER BY updated_at LIMIT {PruneChunk})
            """);
        JournalRow.Set(delete, "@before", JournalRow.Text(before));
        var deleted = Delete(delete);
        if (deleted > 0) _guard.Committed(_connection!, null, isOnDisk: true);
        return (deleted, deleted == PruneChunk);
    }

    /// <summary>When the oldest of the newest refusals was recorded; <see langword="null"/> when there are no more than those.</summary>
    /// <param name="count">How many of them.</param>
    public DateTimeOffset? OldestRefusal(int count)
    {
        using var find = Command(
            $"SELECT updated_at FROM orders WHERE {JournalSchema.IsRefusal} ORDER BY updated_at DESC LIMIT 1 OFFSET @count");
        JournalRow.Set(find, "@count", count);
        return find.ExecuteScalar() is string text && JournalRow.TryTime(text, out var time) ? time : null;
    }

    /// <summary>How many bytes are in use.</summary>
    public long Measure() => JournalSize.Of(_connection!, path);

    /// <summary>Gives the connection up, with whatever it has begun; the lock stays.</summary>
    public void Close()
    {
        foreach (var command in new[] { _begin, _commit, _find, _upsert }) command?.Dispose();
        _checkpoints?.Dispose();
        _connection?.Dispose();
        (_connection, _checkpoints, _begin, _commit, _find, _upsert) = (null, null, null, null, null, null);
    }

    public void Dispose()
    {
        var wasOpen = IsOpen;
        Close();
        try
        {
            if (wasOpen) _guard.Closed();
        }
        catch (Exception e) when (JournalProblem.IsForeseen(e))
        {
            // The mark stays as it is, which is an earlier one.
        }

        _guard.Dispose();
    }

    /// <summary>
    /// The file's own path: SQLite has the log beside the file that a link leads to, and so has everything that belongs to it.
    /// </summary>
    public static string PathOf(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return path; // Whoever opens it learns why not.
        }
    }

    /// <summary>Whether there is such a file; one that can't be seen is not "not there".</summary>
    /// <exception cref="UnauthorizedAccessException">The account may not look.</exception>
    /// <exception cref="IOException">It can't be told.</exception>
    /// <exception cref="InvalidDataException">It is a folder.</exception>
    public static bool IsThere(string path)
    {
        try
        {
            if (!File.GetAttributes(path).HasFlag(FileAttributes.Directory)) return true;
            throw new InvalidDataException("it is a folder; name a file in it");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
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

    private void Change(string orderId, Func<JournalEntry?, JournalEntry?> next)
    {
        var known = Find(orderId);
        if (next(known) is not { } entry || ReferenceEquals(entry, known)) return;
        JournalRow.Bind(_upsert!, entry);
        _upsert!.ExecuteNonQuery();
        if (known is not null && known.ReceivedAt != entry.ReceivedAt) MoveToEnd(orderId);
        _changed[orderId] = entry;
    }

    private int Delete(SqliteCommand delete)
    {
        Execute(_connection!, "BEGIN IMMEDIATE");
        var deleted = delete.ExecuteNonQuery();
        if (deleted > 0) _guard.Deleting(_connection!);
        Execute(_connection!, "COMMIT");
        if (deleted == 0) return 0;
        ForgetSaved();
        _checkpoints!.Committed(_connection!);
        return deleted;
    }

    private void MoveToEnd(string orderId)
    {
        using var move = Command(JournalRow.MoveToEnd);
        JournalRow.Set(move, "@order_id", orderId);
        move.ExecuteNonQuery();
    }

    /// <summary>
    /// What the file has of an order. What was saved here is still so, save for what others settle: they change nothing else.
    /// </summary>
    private JournalEntry? Find(string orderId)
    {
        if (_changed.TryGetValue(orderId, out var changed)) return changed;
        if (_saved.Find(orderId) is { } saved && !JournalRules.IsUnknownConfirm(saved)) return saved;
        if (_saved.IsNew(orderId)) return null;
        JournalRow.Set(_find!, "@order_id", orderId);
        using var rows = _find!.ExecuteReader();
        return rows.Read() ? JournalRow.Read(rows) : null;
    }

    /// <summary>Looks anew at what there is, as far as it has to be known.</summary>
    private void ForgetSaved()
    {
        using var command = Command("""
            SELECT (SELECT max(order_id) FROM orders WHERE order_id <= @next), (SELECT min(order_id) FROM orders WHERE order_id > @next)
            """);
        JournalRow.Set(command, "@next", Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString("N"));
        using var row = command.ExecuteReader();
        row.Read();
        Unused = new IdGap(row.IsDBNull(0) ? "" : row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1));
        _saved = new RecentEntries(hooks.Remembered);
        _saved.Found(Unused);
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
