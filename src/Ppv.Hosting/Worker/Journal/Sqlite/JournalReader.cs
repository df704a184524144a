using Microsoft.Data.Sqlite;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// Reads the journal's file on a connection of its own, so that no reader waits for the writer's disk, and within a limit, so that a disk
/// that hangs holds up no order for long. Safe for use by several threads.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="timeProvider">The clock of the limits.</param>
/// <param name="logger">Where it is told once that the file can't be read, and that it can again.</param>
/// <param name="hooks">For tests.</param>
internal sealed class JournalReader(string path, TimeProvider timeProvider, PlainLogger logger, JournalHooks hooks) : IAsyncDisposable
{
    /// <summary>How long an order may wait for what is known of it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>For what reads much of the file, and holds up no order.</summary>
    public static readonly TimeSpan LongLimit = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Task _reading = Task.CompletedTask; // The last read that was begun.
    private volatile Task _late = Task.CompletedTask; // The last one that took longer than somebody waited for it alone.
    private long _readingSince;
    private volatile string? _problem; // Of the last read.
    private volatile string? _whyClosed;
    private SqliteConnection? _connection;
    private bool _isHeld; // The writer has the turn.
    private bool _isOnlyLooking; // At a file that the writer could not open since this process began.
    private bool _isHangTold;
    private bool _disposed;

    /// <summary>Why the file can't be read, and what to do; <see langword="null"/> while it can, as far as it was tried.</summary>
    public string? Problem => _late.IsCompleted ? _problem : JournalProblem.DescribeHang(path, Limit);

    /// <summary>Whether there is something open to read.</summary>
    public bool IsOpen => _connection is not null;

    /// <summary>Opens the file anew, after the writer did: it may be another one now.</summary>
    public Task ReopenAsync() => ChangeAsync(() => _connection = JournalFile.Connect(path, SqliteOpenMode.ReadOnly));

    /// <summary>Reads a file that the writer could not open.</summary>
    /// <param name="open">Opens it.</param>
    public Task LookAsync(Func<SqliteConnection> open) => ChangeAsync(() =>
    {
        _connection = open();
        _isOnlyLooking = true;
    });

    /// <summary>
    /// The writer tries to open the file: whoever only looks lets go of it, and readers wait until it was tried, which ends with
    /// <see cref="ReopenAsync"/>, <see cref="LookAsync"/> or <see cref="CloseAsync"/>.
    /// </summary>
    public async Task HoldAsync()
    {
        if (!_isOnlyLooking || _isHeld) return;
        await _turn.WaitAsync().ConfigureAwait(false);
        Close();
        _isHeld = true;
    }

    /// <summary>What is told to readers as long as there is nothing open to read.</summary>
    public void Explain(string problem) => _whyClosed = problem;

    /// <summary>Lets go of the file: what is there is not to be believed, or is about to be opened anew.</summary>
    public Task CloseAsync() => ChangeAsync(() => { });

    /// <summary>Reads the entries for which a condition holds.</summary>
    /// <exception cref="JournalUnavailableException">
    /// The file can't be read, or not within the limit; at once while an earlier read hangs.
    /// </exception>
    public async Task<List<JournalEntry>> ReadAsync(
        string condition, TimeSpan limit, ReadFrom from, CancellationToken cancellationToken, params (string Name, string Value)[] values)
    {
        if (!_late.IsCompleted) throw Hangs(limit);
        using var late = new CancellationTokenSource(limit, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await _turn.WaitAsync(end.Token).ConfigureAwait(false);
            return await Begin(condition, from, values).WaitAsync(end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Who only waited for others to read does not know that the disk hangs: they may be many.
            if (timeProvider.GetElapsedTime(Volatile.Read(ref _readingSince)) < limit / 2) throw new JournalUnavailableException(
                $"The order journal {path} could not be read within {limit.TotalSeconds:0} s, because many read it.");
            _late = _reading;
            if (!_late.IsCompleted && !Interlocked.Exchange(ref _isHangTold, true)) JournalLog.Unreadable(logger, Hangs(limit).Message);
            throw Hangs(limit);
        }
    }

    /// <summary>
    /// Tries whether the file can be read, so that <see cref="Problem"/> is true also where nobody asks for an order. It takes the time
    /// that it takes: nobody waits.
    /// </summary>
    public async Task CheckAsync()
    {
        if (!await _turn.WaitAsync(TimeSpan.Zero).ConfigureAwait(false)) return; // Somebody reads now, and finds out as much.
        try
        {
            await Begin("order_id = ''", ReadFrom.AnyFile, []).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JournalUnavailableException or ObjectDisposedException)
        {
            // It is told as the problem.
        }
    }

    private async Task ChangeAsync(Action change)
    {
        if (!_isHeld) await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            Close();
            change();
        }
        finally
        {
            _isHeld = false;
            _turn.Release();
        }
    }

    private void Close()
    {
        _connection?.Dispose();
        (_connection, _isOnlyLooking) = (null, false);
    }

    /// <summary>Reads in a turn that was taken.</summary>
    private Task<List<JournalEntry>> Begin(string condition, ReadFrom from, (string Name, string Value)[] values)
    {
        Volatile.Write(ref _readingSince, timeProvider.GetTimestamp());
        var reading = Task.Run(() => Read(condition, from, values), CancellationToken.None);
        _reading = reading;
        return reading;
    }

    /// <summary>Reads, and ends the turn.</summary>
    private List<JournalEntry> Read(string condition, ReadFrom from, (string Name, string Value)[] values)
    {
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(IOrderJournalStore));
            if (_connection is null || (_isOnlyLooking && from == ReadFrom.OpenFile))
                throw new JournalUnavailableException(_whyClosed ?? $"The order journal {path} is not open; the log says why.");
            hooks.BeforeRead?.Invoke();
            using var command = _connection.CreateCommand();
            // Sorted when all is found, so that the indexes find it.
            command.CommandText = $"SELECT {JournalRow.Columns} FROM orders WHERE {condition} ORDER BY +rowid";
            foreach (var (name, value) in values) JournalRow.Set(command, name, value);
            using var rows = command.ExecuteReader();
            var entries = new List<JournalEntry>();
            while (rows.Read()) entries.Add(_isOnlyLooking ? JournalSchema.Ended(JournalRow.Read(rows)) : JournalRow.Read(rows));
            Found(null);
            return entries;
        }
        catch (Exception e) when (e is not (JournalUnavailableException or ObjectDisposedException))
        {
            // Whatever it is, a file that somebody has spoilt can cause it, and it does not mean that nothing was found.
            var problem = JournalProblem.Describe(path, e);
            Found(problem);
            throw new JournalUnavailableException(problem, e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Found(string? problem)
    {
        if (problem is not null && _problem is null) JournalLog.Unreadable(logger, problem);
        var hung = Interlocked.Exchange(ref _isHangTold, false);
        if (problem is null && (hung || _problem is not null)) JournalLog.ReadableAgain(logger, path);
        _problem = problem;
    }

    private JournalUnavailableException Hangs(TimeSpan limit) => new(JournalProblem.DescribeHang(path, limit));

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false); // Who reads now comes to an end first.
        _connection?.Dispose();
        _disposed = true;
        _turn.Release(); // And who waits is told.
    }
}
