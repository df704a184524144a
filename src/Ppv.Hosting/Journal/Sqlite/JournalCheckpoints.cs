using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace Ppv.Hosting;

/// <summary>
/// Takes the write-ahead log into the file when it has become long, beside the writer, so that no confirm waits while the pages are copied
/// and synced. What the writer has added meanwhile it takes over itself between two commits, in milliseconds: only when all of the log is
/// in the file, the next commit begins the log anew. For the writer's thread.
/// </summary>
/// <param name="path">The journal's file, which the writer has open.</param>
internal sealed class JournalCheckpoints(string path) : IDisposable
{
    // While somebody holds the log up, it is tried again after so many bytes.
    private const long Step = 1024 * 1024;

    // A log that was begun anew is cut to its limit, so one that is longer has more in it than that.
    private readonly SafeFileHandle _log = File.OpenHandle(
        path + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    private long _limit = JournalSetup.LogLimit;
    private Task? _copying;

    /// <summary>A commit was made: does what there is to be done about the length of the log.</summary>
    public void Committed(SqliteConnection writer)
    {
        var length = RandomAccess.GetLength(_log);
        if (_copying is { IsCompleted: false }) return;
        if (length <= JournalSetup.LogLimit) (_copying, _limit) = (null, JournalSetup.LogLimit);
        if (length <= _limit) return;
        if (_copying is null)
        {
            _copying = Task.Run(Copy);
            return;
        }

        Copy(writer);
        (_copying, _limit) = (null, length + Step);
    }

    /// <summary>Waits for the copying to end.</summary>
    public void Dispose()
    {
        _copying?.Wait();
        _log.Dispose();
    }

    private void Copy()
    {
        try
        {
            using var connection = JournalFile.Connect(path, SqliteOpenMode.ReadWrite);
            Copy(connection);
        }
        catch (SqliteException)
        {
            // As below.
        }
    }

    private static void Copy(SqliteConnection connection)
    {
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
            command.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            // Nothing is lost: the log has it all, and grows until it can be copied. What is wrong with the disk, the next commit tells.
        }
    }
}
