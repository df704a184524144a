using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// Takes the write-ahead log into the file when it has become long, beside the writer, so that no confirm waits while the pages are copied
/// and synced. What the writer has added meanwhile it takes over itself between two commits, in milliseconds: only when all of the log is
/// in the file and nobody reads the log, the next commit begins it anew. For the writer's thread.
/// </summary>
/// <param name="path">The journal's file, which the writer has open.</param>
/// <param name="guard">Who must know what the file has without its log.</param>
internal sealed class JournalCheckpoints(string path, JournalGuard guard) : IDisposable
{
    // While somebody holds the log up, it is tried again after so many bytes.
    private const long Step = 1024 * 1024;

    // So long the writer waits for those who read just then, in milliseconds: whoever comes after the last page was copied reads the file.
    private const int ReadersLimit = 20;

    // A log that was begun anew is cut to its limit, so one that is longer has more in it than that.
    private readonly SafeFileHandle _log = File.OpenHandle(
        path + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    private long _limit = JournalSetup.LogLimit;
    private Task<bool>? _copying;
    private bool _copyEnded;

    /// <summary>Prepares the writer's connection: by itself, SQLite would copy all of the log in a commit.</summary>
    public static string Setup { get; } = string.Create(
        CultureInfo.InvariantCulture, $"PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = {ReadersLimit}");

    /// <summary>A commit was made: does what there is to be done about the length of the log.</summary>
    public void Committed(SqliteConnection writer)
    {
        var length = RandomAccess.GetLength(_log);
        if (_copying is { IsCompleted: false }) return;
        EndCopy();
        if (length <= JournalSetup.LogLimit) (_copying, _limit) = (null, JournalSetup.LogLimit);
        if (length <= _limit) return;
        if (_copying is null)
        {
            guard.CopyBegins();
            (_copying, _copyEnded) = (Task.Run(Copy), false);
            return;
        }

        guard.CopyBegins();
        guard.CopyEnds(Copy(writer, "PRAGMA wal_checkpoint(RESTART)"));
        (_copying, _limit) = (null, length + Step);
    }

    /// <summary>Tells that the copying has ended, once it has.</summary>
    public void EndCopy()
    {
        if (_copying is not { IsCompleted: true } || _copyEnded) return;
        _copyEnded = true;
        guard.CopyEnds(_copying.Result);
    }

    /// <summary>Waits for the copying to end.</summary>
    public void Dispose()
    {
        _copying?.Wait();
        _log.Dispose();
    }

    /// <summary>Takes the log into the file, as far as it can be.</summary>
    /// <returns>Whether all of it is in the file now.</returns>
    public static bool Copy(SqliteConnection connection, string checkpoint)
    {
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = checkpoint;
            using var row = command.ExecuteReader();
            return row.Read() && row.GetInt64(0) == 0 && row.GetInt64(1) == row.GetInt64(2);
        }
        catch (SqliteException)
        {
            // Nothing is lost: the log has it all, and grows until it can be copied. What is wrong with the disk, the next commit tells.
            return false;
        }
    }

    private bool Copy()
    {
        try
        {
            using var connection = JournalFile.Connect(path, SqliteOpenMode.ReadWrite);
            return Copy(connection, "PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (SqliteException)
        {
            return false; // As above.
        }
    }
}
