using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// An operator's decision that a file is to be used as it is, though it is not the one that was marked. It has the lock: no worker runs
/// meanwhile.
/// </summary>
internal sealed class JournalAcceptance : IDisposable
{
    private readonly string _path;
    private readonly JournalLock _lock;

    private JournalAcceptance(string path, JournalLock held, JournalDoubt? doubt) => (_path, _lock, Doubt) = (path, held, doubt);

    /// <summary>What is wrong; <see langword="null"/> when there is nothing to accept.</summary>
    public JournalDoubt? Doubt { get; }

    /// <summary>Takes the lock and examines the file.</summary>
    /// <exception cref="InvalidOperationException">A worker uses the journal, or there is none and never was one.</exception>
    /// <exception cref="JournalUnavailableException">The file can't be read, or is no journal that this release can use.</exception>
    public static JournalAcceptance Begin(string path) => Guarded(path, () =>
    {
        path = JournalFile.PathOf(path);
        if (!JournalFile.IsThere(path) && !JournalFile.IsThere(JournalLock.PathOf(path)))
            throw new FileNotFoundException($"There is no file {path}.", path);
        JournalLock held;
        try
        {
            held = JournalLock.Take(path);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidOperationException($"A worker uses the order journal {path}. Stop it, then accept the file.", e);
        }

        try
        {
            return new JournalAcceptance(path, held, JournalExamination.Examine(path, held));
        }
        catch
        {
            held.Dispose();
            throw;
        }
    });

    /// <summary>
    /// Accepts the file, or makes a new one where there is none: under a new name of its own, so that nothing is taken for its past that it
    /// knows nothing of. On disk when it returns.
    /// </summary>
    /// <param name="note">Why, and by whom. It is kept in the file's table <c>history</c>.</param>
    /// <param name="now">When.</param>
    /// <returns>The new name.</returns>
    /// <exception cref="InvalidOperationException">There is a log beside it that belongs to another file.</exception>
    /// <exception cref="JournalUnavailableException">It is damaged, or can't be written; nothing is accepted.</exception>
    public string Accept(string note, DateTimeOffset now) => Guarded(_path, () =>
    {
        if (Doubt?.Kind == JournalDoubtKind.OthersLog || (Doubt?.Kind == JournalDoubtKind.Gone && File.Exists(_path + "-wal")))
            throw new InvalidOperationException(
                $"The log {_path}-wal is not this file's. Move it away, and {_path}-shm with it, then accept the file.");
        using var connection = JournalFile.Connect(_path, SqliteOpenMode.ReadWriteCreate);
        CheckWhole(connection);
        JournalSetup.Apply(connection, connection.ServerVersion);
        JournalSchema.Prepare(connection, endIntents: false, expected: null);
        using (var transaction = connection.BeginTransaction(deferred: false))
        {
            JournalSchema.Rename(connection, transaction);
            JournalHistory.AddAccepted(connection, note, now);
            if (!JournalHistory.WasMarkedAt(connection, _path)) JournalHistory.AddMarked(connection, _path, now);
            transaction.Commit();
        }

        var identity = JournalSchema.IdentityOf(connection)!;
        var newest = JournalExamination.Newest(connection);
        _lock.Clear();
        _lock.Write(new JournalMark { Identity = identity, OnDisk = newest, Last = newest, IsCopying = true }, toDisk: true);
        return identity;
    });

    public void Dispose() => _lock.Dispose();

    /// <summary>A file that lies about its orders helps nobody.</summary>
    private static void CheckWhole(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check(1)";
        if (command.ExecuteScalar() as string is not "ok" and var fault)
            throw new InvalidDataException($"it is damaged ({fault}), so it is not accepted. Restore another backup");
    }

    private static T Guarded<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (JournalProblem.IsForeseen(e) && e is not FileNotFoundException)
        {
            throw new JournalUnavailableException(JournalProblem.Describe(path, e), e);
        }
    }
}
