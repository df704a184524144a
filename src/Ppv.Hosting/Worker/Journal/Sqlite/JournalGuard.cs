using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// Keeps the mark of a journal's file, and sees to it that what is open is that file, with all that was written to it: by what is on the
/// disk, not by what it is called. For one thread at a time.
/// </summary>
/// <param name="path">The file, in full.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class JournalGuard(string path, TimeProvider timeProvider) : IDisposable
{
    private readonly string _logPath = path + "-wal";
    private JournalLock? _lock;
    private JournalMark? _mark; // Since the file was open for the first time.
    private FileStamp? _file; // The only file that is this journal, as long as this process lives: readers have it open.
    private FileStamp? _log;
    private FileStamp? _seen; // In which condition it was looked into last.
    private JournalWitness? _copied;
    private bool _lockLost;
    private volatile bool _isDoubted;

    /// <summary>Whether the file was last found not to be the one that it must be. May be read by any thread.</summary>
    public bool IsDoubted => _isDoubted;

    /// <summary>Whether the lock was lost since this was asked last, so that another worker may have used the file.</summary>
    public bool TakeLockLost()
    {
        var lost = _lockLost;
        _lockLost = false;
        return lost;
    }

    /// <summary>The name of the file that was marked; <see langword="null"/> when none was, or the lock was not taken.</summary>
    public string? MarkedIdentity => (_mark ?? _lock?.ReadMark()) is { IsBeginning: false } mark ? mark.Identity : null;

    /// <summary>Before the file is opened: takes the lock, and examines what is there.</summary>
    /// <returns>Whether the file may be made.</returns>
    /// <exception cref="InvalidDataException">Somebody has the lock, or the file is not to be used.</exception>
    public bool Enter()
    {
        if (_lock is { IsInPlace: false } or { CanWrite: false })
        {
            _lock.Dispose();
            (_lock, _lockLost) = (null, _mark is not null);
        }

        _lock ??= JournalLock.Take(path);
        if (_file is { } file && FileStamp.Of(path) is { } now && !now.IsSameFile(file)) throw Doubted(new JournalDoubt(
            JournalDoubtKind.Moved, "another file is in its place than the one this worker has open, which knows of earlier confirms. Put "
                + "that one back. If it is gone, restart the worker: it looks whether this one has everything"));
        var doubt = _mark is { } mark ? JournalExamination.Examine(path, mark) : JournalExamination.Examine(path, _lock);
        return doubt is null ? _mark is null && !File.Exists(path) : throw Doubted(doubt);
    }

    /// <summary>
    /// Before the file is made, or marked for the first time: a mark without its file is not missed then, and no file is without its mark.
    /// One that was marked at another place may be an old copy, or the original of one, and nothing here shows which: it gets a name of its
    /// own, so that nothing counts as its past that it knows nothing of.
    /// </summary>
    /// <returns>The file's name.</returns>
    public string Begin(SqliteConnection connection, string identity)
    {
        if (_mark is not null || _lock!.ReadMark() is { IsBeginning: false }) return identity;
        if (JournalHistory.IsThere(connection) && !JournalHistory.WasMarkedAt(connection, path))
            identity = JournalSchema.Rename(connection);
        var generation = (_lock.ReadMark()?.Generation ?? 0) + 1;
        _lock.Write(new JournalMark { Identity = identity, IsBeginning = true, Generation = generation }, toDisk: true);
        if (!JournalHistory.WasMarkedAt(connection, path)) JournalHistory.AddMarked(connection, path, timeProvider.GetUtcNow());
        return identity;
    }

    /// <summary>The file is open for writing, and all that is in it is on disk.</summary>
    public void Opened(SqliteConnection connection, string identity)
    {
        var before = _mark ?? _lock!.ReadMark()!;
        var last = before switch
        {
            { IsBeginning: true } => JournalExamination.Newest(connection),
            _ when JournalExamination.Has(connection, before.Last) => before.Last,
            _ => before.OnDisk,
        };
        _mark = before with
        {
            Identity = identity, IsBeginning = false, OnDisk = last, Last = last, Boot = MachineBoot.Id, Rows = Rows(connection),
            Schema = JournalSchema.CookieOf(connection),
        };
        CopyBegins();
        CopyEnds(JournalCheckpoints.Copy(connection, "PRAGMA wal_checkpoint(TRUNCATE)"));
        Write(_mark, toDisk: true);
        (_file, _log, _seen, _isDoubted) = (FileStamp.Of(path), FileStamp.Of(_logPath), null, false);
    }

    /// <summary>Looks whether what is open is still what its names mean, and has what was last known to be in it.</summary>
    /// <param name="looksInside">Whether to look into the file where it has changed.</param>
    /// <exception cref="InvalidDataException">Somebody has written into the file.</exception>
    public JournalLoss Look(bool looksInside)
    {
        if (FileStamp.Of(path) is not { } now || _file is not { } file || !now.IsSameFile(file)) return JournalLoss.File;
        if (!_lock!.IsInPlace) return JournalLoss.File;
        if (FileStamp.Of(_logPath) is not { } log || _log is not { } known || !log.IsSameFile(known)) return JournalLoss.Log;
        if (looksInside && now.Length == 0) return JournalLoss.File;
        if (!looksInside || now == _seen || _mark!.IsCopying) return JournalLoss.None;
        if (!JournalExamination.IsWithoutLog(path, _mark)) throw Doubted(new JournalDoubt(
            JournalDoubtKind.OthersLog, "somebody has put an old copy, or another file, into it while the worker has it open. Stop the "
                + $"worker, put the newest file back, without {_logPath}, and start the worker again: it says what is missing, and how to "
                + "accept that"));
        _seen = now;
        return JournalLoss.None;
    }

    /// <summary>A commit was made.</summary>
    /// <param name="connection">Where it was made.</param>
    /// <param name="changed">One of the orders that it changed; <see langword="null"/> when it changed none.</param>
    /// <param name="isOnDisk">Whether it waited for the disk, for all that was committed before as well.</param>
    public void Committed(SqliteConnection connection, JournalEntry? changed, bool isOnDisk)
    {
        var last = changed is null ? _mark!.Last : JournalWitness.Of(changed);
        var onDisk = isOnDisk ? last : _mark!.OnDisk;
        if (last == _mark!.Last && onDisk == _mark.OnDisk) return;
        var rows = Math.Max(_mark.Rows, raw.sqlite3_last_insert_rowid(connection.Handle));
        Write(_mark with { Last = last, OnDisk = onDisk, Rows = rows });
    }

    /// <summary>
    /// Rows were deleted, and that is about to be committed: from now on nothing is asked for that is among them, whether it comes to the
    /// commit or not.
    /// </summary>
    public void Deleting(SqliteConnection connection)
    {
        var kept = _mark! with { Rows = Rows(connection) };
        if (!JournalExamination.Has(connection, kept.OnDisk)) kept = kept with { OnDisk = null };
        if (!JournalExamination.Has(connection, kept.InFile)) kept = kept with { InFile = null };
        if (!JournalExamination.Has(connection, _copied)) _copied = null;
        if (!JournalExamination.Has(connection, kept.Last)) kept = kept with { Last = JournalExamination.Newest(connection) };
        Write(kept, toDisk: true);
    }

    /// <summary>The log is about to be taken into the file: all that is committed now, and perhaps more.</summary>
    public void CopyBegins()
    {
        _copied = _mark!.Last;
        Write(_mark with { IsCopying = true });
    }

    /// <summary>The log was taken into the file; when not as a whole, nothing is known of what the file has without it.</summary>
    public void CopyEnds(bool isWhole)
    {
        if (isWhole) Write(_mark! with { IsCopying = false, InFile = _copied });
    }

    /// <summary>It was closed in good order. If it has everything without a log, all of it has reached the disk.</summary>
    public void Closed()
    {
        var whole = _mark! with { OnDisk = _mark.Last, InFile = _mark.Last, IsCopying = false };
        if (!File.Exists(_logPath) && _lock!.IsInPlace && JournalExamination.IsWithoutLog(path, whole)) Write(whole, toDisk: true);
    }

    public void Dispose() => _lock?.Dispose();

    private InvalidDataException Doubted(JournalDoubt doubt)
    {
        _isDoubted = true;
        return doubt.ToException();
    }

    private void Write(JournalMark mark, bool toDisk = false)
    {
        _mark = mark with { Generation = mark.Generation + 1 };
        _lock!.Write(_mark, toDisk);
    }

    private static long Rows(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT max(rowid) FROM orders";
        return command.ExecuteScalar() as long? ?? 0;
    }
}
