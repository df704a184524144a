using Microsoft.Data.Sqlite;

namespace Ppv.Hosting;

/// <summary>Reads the journal's file on a connection of its own, so that no reader waits for the writer's disk. Safe for use by several threads.</summary>
internal sealed class JournalReader(string path) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private SqliteConnection? _connection;
    private bool _disposed;

    /// <summary>Opens the file anew, after the writer did: it may be another one now.</summary>
    public async Task ReopenAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            _connection?.Dispose();
            _connection = null;
            _connection = JournalFile.Connect(path, SqliteOpenMode.ReadOnly);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Reads the entries for which a condition holds.</summary>
    /// <exception cref="JournalUnavailableException">The file can't be read.</exception>
    public async Task<List<JournalEntry>> ReadAsync(string condition, CancellationToken cancellationToken, params (string Name, string Value)[] values)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(IOrderJournal));
            if (_connection is null) throw new JournalUnavailableException($"The order journal {path} is not open; the log says why.");
            using var command = _connection.CreateCommand();
            command.CommandText = $"SELECT {JournalRow.Columns} FROM orders WHERE {condition}";
            foreach (var (name, value) in values) JournalRow.Set(command, name, value);
            using var rows = command.ExecuteReader();
            var entries = new List<JournalEntry>();
            while (rows.Read()) entries.Add(JournalRow.Read(rows));
            return entries;
        }
        catch (Exception e) when (e is not (JournalUnavailableException or ObjectDisposedException))
        {
            // Whatever it is, a file that somebody has spoilt can cause it, and it does not mean that nothing was found.
            throw new JournalUnavailableException(JournalProblem.Describe(path, e), e);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false); // Who reads now comes to an end first.
        _connection?.Dispose();
        _disposed = true;
        _turn.Release(); // And who waits is told.
    }
}
