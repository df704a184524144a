using System.Globalization;
using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Protocol.Orders;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// The journal of a worker, in a SQLite file. What became of confirms survives a crash of the machine, everything else a crash of the
/// process, but for what was recorded in the last few milliseconds.
/// </summary>
/// <remarks>
/// <para>The file is opened in the background. When it can't be opened or written (no room, no permission, damaged, of a newer release, in
/// use by another worker) that is logged once, <see cref="Problem"/> says what to do, confirms can't be recorded, and it is tried again
/// with each confirm and every 5 s until it works. A file that is not understood is never changed.</para>
/// <para>The file must be on a local disk: network file systems don't keep the promises that SQLite needs.</para>
/// </remarks>
internal sealed class SqliteOrderJournal : IOrderJournalStore
{
    /// <summary>How many orders are kept in memory while the disk takes none: some minutes of work, some megabytes.</summary>
    internal const int MaxUnsaved = 10_000;

    // Rows stand in the order in which they came: it looks back in spans until nothing has changed in one since the moment. A lease whose
    // last change is that much younger than all around it was settled long after its call. What was handed over has changed long before.
    // Where refusals were forgotten there are gaps, which are jumped over: only rows can say that what is behind them is old.
    private const string RecentOnly = """
        (WITH RECURSIVE span (high) AS (
           SELECT max(rowid) FROM orders
           UNION ALL SELECT (SELECT max(rowid) FROM orders WHERE rowid <= high - 50000) FROM span
             WHERE EXISTS (SELECT 1 FROM orders
               WHERE rowid > high - 50000 AND rowid <= high AND (updated_at >= @since OR handed_over_at >= @since)))
         SELECT min(high) - 50000 FROM span)
        """;

    private const string NewestOnly = "rowid = (SELECT max(rowid) FROM orders)";

    private readonly string _path;
    private readonly TimeProvider _timeProvider;
    private readonly PlainLogger _logger;
    private readonly WriteQueue _queue = new(MaxUnsaved);
    private readonly RecentEntries _recent;
    private readonly JournalReader _reader;
    private readonly JournalWriter _writer;
    private volatile bool _disposed;

    /// <summary>Opens the journal, in the background; nothing is thrown for a file that can't be used.</summary>
    /// <param name="options">Where it is and how long it remembers. Read once.</param>
    /// <param name="timeProvider">The clock. Default: the system's.</param>
    /// <param name="logger">Where problems with the file are told. Default: nowhere.</param>
    /// <exception cref="ArgumentException">There is no path, or the retention is too short or too long.</exception>
    public SqliteOrderJournal(JournalOptions options, TimeProvider? timeProvider = null, ILogger<SqliteOrderJournal>? logger = null)
        : this(options, timeProvider, logger, JournalHooks.None)
    {
    }

    internal SqliteOrderJournal(JournalOptions options, TimeProvider? timeProvider, ILogger? logger, JournalHooks hooks)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.Path);
        _path = JournalFile.PathOf(options.Path);
        _timeProvider = timeProvider ?? TimeProvider.System;
        _logger = PlainLogger.To(logger);
        _recent = new RecentEntries(hooks.Remembered);
        _reader = new JournalReader(_path, _timeProvider, _logger, hooks);
        _writer = new JournalWriter(_path, options, _queue, _recent, _reader, _timeProvider, _logger, hooks);
    }

    /// <inheritdoc/>
    public string? Problem => _writer.Problem ?? _reader.Problem;

    /// <inheritdoc/>
    public string? Warning => _writer.Warning;

    /// <inheritdoc/>
    public async Task<string> IdentityAsync(CancellationToken cancellationToken = default)
    {
        await OpenedAsync(JournalReader.LongLimit, cancellationToken).ConfigureAwait(false);
        return _writer.Identity
            ?? throw new JournalUnavailableException(Problem ?? $"The order journal {_path} is not open; the log says why.");
    }

    /// <inheritdoc/>
    public void Record(JournalEntry entry)
    {
        JournalRules.CheckRecordable(entry);
        var stamped = Stamped(entry);
        _recent.Add(stamped);
        if (_queue.Add(stamped)) JournalLog.Dropping(_logger, MaxUnsaved, _path);
    }

    /// <inheritdoc/>
    public Task<bool> RecordBegunAsync(JournalEntry entry)
    {
        JournalRules.CheckRecordable(entry);
        var stamped = Stamped(entry);
        _recent.Add(stamped);
        return _queue.AddBegun(stamped);
    }

    /// <inheritdoc/>
    public Task RecordIntentAsync(JournalEntry entry, CancellationToken cancellationToken = default)
    {
        var intent = Stamped(JournalRules.ToIntent(entry));
        _recent.Announce(intent.OrderId);
        return WriteAsync(new GuardedWrite(intent.OrderId, intent, known => JournalRules.Begin(known, intent)), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> RecordResultAsync(JournalEntry entry, CancellationToken cancellationToken = default)
    {
        JournalRules.CheckRecordable(entry);
        var stamped = Stamped(entry);
        _recent.Add(stamped);
        return _queue.AddResult(stamped).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<JournalEntry?> FindAsync(string orderId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(orderId);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_disposed && Problem is null && _recent.IsNew(orderId)) return null; // As nearly every order is, when it comes.
        var unsaved = _queue.Find(orderId);
        try
        {
            await OpenedAsync(JournalReader.Limit, cancellationToken).ConfigureAwait(false);
            unsaved = _queue.Find(orderId);
            var saved = await _reader.ReadAsync(
                "order_id = @id", JournalReader.Limit, ReadFrom.AnyFile, cancellationToken, ("@id", orderId)).ConfigureAwait(false);
            return unsaved is null ? saved.FirstOrDefault() : JournalRules.Merge(saved.FirstOrDefault(), unsaved);
        }
        catch (JournalUnavailableException) when (unsaved is not null || _recent.Find(orderId) is not null)
        {
            // Of this process, so it is what happened here, whatever the file says of earlier ones.
            return unsaved is null ? _recent.Find(orderId) : JournalRules.Merge(_recent.Find(orderId), unsaved);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> IsOwnedAsync(string orderId, CancellationToken cancellationToken = default)
    {
        if (!_disposed && Problem is null && _recent.IsNew(orderId)) return false; // As nearly every order is, when it comes.
        var unsaved = _queue.Unsaved().Where(entry => Owned.Before(entry.OrderId) == orderId);
        // All that begins so, and has no further mark: what follows the mark in ASCII is no character of an id. One is enough to know.
        var condition = $"""
            rowid IN (SELECT rowid FROM orders WHERE order_id > @from AND order_id < @to
              AND (connid LIKE '%{Owned.Mark}%' OR subject LIKE '%{Owned.Mark}%')
              AND instr(substr(order_id, length(@from) + 1), '{Owned.Mark}') = 0 LIMIT 1)
            """;
        var found = await ReadAsync(
            unsaved, condition, JournalReader.Limit, ReadFrom.AnyFile, cancellationToken,
            ("@from", $"{orderId}{Owned.Mark}"), ("@to", $"{orderId}{(char)(Owned.Mark + 1)}")).ConfigureAwait(false);
        return found.Any(entry => entry.Order.IsOwned);
    }

    /// <inheritdoc/>
    public async Task<JournalEntry?> FindConfirmAsync(
        ConnectionId connectionId, string? subject = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connectionId);
        var unsaved = _queue.Unsaved().Where(entry => entry.Order.ConnectionId == connectionId && entry.IsConfirm);
        var condition = $"{JournalSchema.IsSentConfirm} AND connid = @connid";
        var found = await ReadAsync(
            unsaved, condition, JournalReader.Limit, ReadFrom.AnyFile, cancellationToken, ("@connid", connectionId.ToString()))
            .ConfigureAwait(false);
        // On disk an id may be another call's.
        return JournalRules.LastConfirm(found.Where(entry => entry.Order.ConnectionId == connectionId && entry.Order.Subject == subject));
    }

    /// <inheritdoc/>
    public async Task<bool> IsConfirmedInAnotherFormAsync(ConnectionId connectionId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connectionId);
        var unsaved = _queue.Unsaved().Where(entry => JournalRules.IsConfirmOfOtherForm(entry, connectionId));
        var bare = connectionId.Digits.ToString();
        var condition = $"{JournalSchema.IsSentConfirm} AND "
            + (connectionId.Owner is null ? "connid > @from AND connid < @to" : "connid = @bare");
        var found = await ReadAsync(
            unsaved, condition, JournalReader.Limit, ReadFrom.AnyFile, cancellationToken,
            ("@bare", bare), ("@from", $"{bare}{Owned.Mark}"), ("@to", $"{bare}{(char)(Owned.Mark + 1)}")).ConfigureAwait(false);
        return found.Any(entry => JournalRules.IsConfirmOfOtherForm(entry, connectionId));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JournalEntry>> UnknownsAsync(CancellationToken cancellationToken = default)
    {
        var unsaved = _queue.Unsaved().Where(entry => entry.IsConfirm);
        var condition = "command = 'CONFIRM' AND state IN ('Intent', 'Unknown')";
        return JournalRules.Unknowns(await ReadAsync(
            unsaved, condition, JournalReader.LongLimit, ReadFrom.AnyFile, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public Task<JournalEntry> SettleAsync(string orderId, bool bought, string note, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(orderId);
        ArgumentNullException.ThrowIfNull(note);
        var settle = new GuardedWrite(orderId, null, known => JournalRules.Settle(known, orderId, bought, note, _timeProvider.GetUtcNow()));
        return WriteAsync(settle, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<RestoredLines> RestoreAsync(DateTimeOffset since, CancellationToken cancellationToken = default)
    {
        var unsaved = _queue.Unsaved().Where(entry => entry.LeaseId is not null || !entry.IsConfirm).ToList();
        var leases = JournalIds.ToJson(unsaved.Select(entry => entry.LeaseId).OfType<string>());
        var chosen = $"""
            SELECT lease_id FROM orders WHERE rowid > {RecentOnly} AND updated_at >= @since
              UNION SELECT lease_id FROM orders WHERE rowid >= (
                SELECT min(rowid) FROM orders WHERE rowid > {RecentOnly} AND received_at >= @since)
              UNION SELECT value FROM json_each(@leases)
            """;
        // Of such a call all that it has asked for, however long ago: it may have taken something away, and so may a lease in between.
        var condition = $"""
            rowid > {RecentOnly} AND (lease_id IS NOT NULL OR command <> 'CONFIRM') AND (
              lease_id IN ({chosen})
              OR connid IN (SELECT connid FROM orders WHERE rowid > {RecentOnly} AND lease_id IN ({chosen})))
            """;
        (string, string)[] values = [("@since", JournalRow.Text(since)), ("@leases", leases)];
        var entries = await ReadAsync(
            unsaved, condition, JournalReader.LongLimit, ReadFrom.OpenFile, cancellationToken, values).ConfigureAwait(false);
        return JournalRules.Lines(entries, since);
    }

    /// <inheritdoc/>
    public TimeSpan DatedRightFor => _writer.DatedRightFor;

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalEntry>> ChangedSinceAsync(
        DateTimeOffset since, int limit, CancellationToken cancellationToken = default) =>
        ChangedAsync(
            $"rowid > {RecentOnly} AND NOT {JournalSchema.IsRefusal}", static entry => !JournalRules.IsRefusal(entry), since, limit,
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalEntry>> NewestRefusalsAsync(int limit, CancellationToken cancellationToken = default) =>
        ChangedAsync(JournalSchema.IsRefusal, JournalRules.IsRefusal, DateTimeOffset.MinValue, limit, cancellationToken);

    /// <inheritdoc/>
    public Task AdoptAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entries);
        cancellationToken.ThrowIfCancellationRequested();
        var adoption = new JournalAdoption(entries, _timeProvider.GetUtcNow());
        foreach (var entry in entries) _recent.Announce(entry.OrderId); // Else their ids would pass for new without a look into the file.
        _queue.Add(adoption);
        return adoption.Done.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> NewestAsync(CancellationToken cancellationToken = default)
    {
        if (_queue.Unsaved() is [.., var newest]) return newest.UpdatedAt;
        await OpenedAsync(JournalReader.LongLimit, cancellationToken).ConfigureAwait(false);
        var saved = await _reader.ReadAsync(
            NewestOnly, JournalReader.LongLimit, ReadFrom.AnyFile, cancellationToken).ConfigureAwait(false);
        return saved.FirstOrDefault()?.UpdatedAt;
    }

    /// <inheritdoc/>
    public Task<int> PruneAsync(CancellationToken cancellationToken = default)
    {
        var prune = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add(prune);
        return prune.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return _writer.DisposeAsync();
    }

    private JournalEntry Stamped(JournalEntry entry) => entry with { UpdatedAt = _timeProvider.GetUtcNow(), HandedOverAt = null };

    /// <summary>Waits until it was tried to open the file.</summary>
    private async Task OpenedAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await _writer.Tried.WaitAsync(limit, _timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new JournalUnavailableException(JournalProblem.DescribeHang(_path, limit), e);
        }
    }

    private async Task<IReadOnlyList<JournalEntry>> ChangedAsync(
        string kind, Func<JournalEntry, bool> isOfKind, DateTimeOffset since, int limit, CancellationToken cancellationToken)
    {
        var unsaved = _queue.Unsaved().Where(entry => entry.UpdatedAt >= since);
        var condition = string.Create(CultureInfo.InvariantCulture, $"""
            rowid IN (SELECT rowid FROM orders WHERE {kind} AND updated_at >= @since ORDER BY updated_at DESC LIMIT {limit})
            """);
        var entries = await ReadAsync(
            unsaved, condition, JournalReader.Limit, ReadFrom.OpenFile, cancellationToken, ("@since", JournalRow.Text(since)))
            .ConfigureAwait(false);
        return [.. entries.Where(isOfKind).OrderByDescending(entry => entry.UpdatedAt).Take(limit)];
    }

    private async Task<JournalEntry> WriteAsync(GuardedWrite write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _queue.Add(write);
        using var leave = cancellationToken.UnsafeRegister(static (state, token) => ((GuardedWrite)state!).Cancel(token), write);
        var written = await write.Done.ConfigureAwait(false);
        _recent.Add(written);
        return written;
    }

    /// <summary>
    /// The entries on disk for which a condition holds, with what the memory knows beyond. The memory must be looked at before the disk:
    /// what is saved in between is then found in both, and not in neither. Of an order in memory, the disk may know more, whatever the
    /// condition. In the order in which they came: what is only in memory came last, and so did an order that came once more.
    /// </summary>
    private async Task<IEnumerable<JournalEntry>> ReadAsync(
        IEnumerable<JournalEntry> unsaved, string condition, TimeSpan limit, ReadFrom from, CancellationToken cancellationToken,
        params (string Name, string Value)[] values)
    {
        var inMemory = unsaved.ToList();
        var found = inMemory.ToDictionary(entry => entry.OrderId);
        var ordered = new List<string>(found.Count);
        await OpenedAsync(limit, cancellationToken).ConfigureAwait(false);
        var all = $"{condition} OR order_id IN (SELECT value FROM json_each(@unsaved))";
        values = [.. values, ("@unsaved", JournalIds.ToJson(found.Keys))];
        var only = found.Keys.ToHashSet();
        foreach (var saved in await _reader.ReadAsync(all, limit, from, cancellationToken, values).ConfigureAwait(false))
        {
            var further = found.TryGetValue(saved.OrderId, out var told) ? JournalRules.Merge(saved, told) : saved;
            found[saved.OrderId] = further;
            if (!JournalRules.IsSameDelivery(saved, further)) continue;
            ordered.Add(saved.OrderId);
            only.Remove(saved.OrderId);
        }

        return [.. ordered.Concat(inMemory.Select(entry => entry.OrderId).Where(only.Contains)).Select(id => found[id])];
    }
}
