using Ppv.Protocol.Text;
using Ppv.Rpc.Clocks;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// The one task that writes: whatever waits when it comes round is one transaction. When the file can't be opened or written, who waits is
/// told, what was recorded stays in the queue, and it tries again with each confirm and every few seconds. While there is nothing to write
/// it tries whether it could, so that a worker that stands by knows before it is needed.
/// </summary>
internal sealed class JournalWriter : IAsyncDisposable
{
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    /// <summary>After so long without a write it is tried whether the file takes one.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(1);

    /// <summary>A disk that takes longer for a write is called a problem, and nobody waits for it any more.</summary>
    public static readonly TimeSpan HangLimit = JournalReader.Limit;

    /// <summary>The same for opening the file the first time, which may have to be brought up to date.</summary>
    public static readonly TimeSpan OpeningLimit = JournalReader.LongLimit;

    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly TimeSpan _retention;
    private readonly PruneClock _clock;
    private readonly JournalSize _size;
    private readonly WriteQueue _queue;
    private readonly RecentEntries _recent;
    private readonly JournalReader _reader;
    private readonly TimeProvider _timeProvider;
    private readonly PlainLogger _logger;
    private readonly JournalFile _file;
    private readonly ITimer _retry;
    private readonly ITimer _check;
    private readonly ITimer _daily;
    private readonly StepWatch _watch;
    private readonly Lock _gate = new(); // Who is told how the group under way ended.
    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<TaskCompletionSource<int>> _prunes = [];
    private readonly Task _loop;
    private volatile JournalUnavailableException? _problem;
    private long _problemSince;
    private long _writtenAt;
    private WriteGroup? _group; // What is under way, until its end is told.
    private volatile JournalUnavailableException? _hang; // The step under way takes too long.
    private long _datedRightFor; // Ticks.
    private int _pruned;
    private bool _clockBegun;

    public JournalWriter(
        string path, JournalOptions options, WriteQueue queue, RecentEntries recent, JournalReader reader, TimeProvider timeProvider,
        PlainLogger logger, JournalHooks hooks)
    {
        (_path, _retention, _queue, _recent, _reader) = (path, JournalRules.RetentionOf(options), queue, recent, reader);
        _clock = new PruneClock(_retention, timeProvider);
        _size = new JournalSize(path, options, timeProvider, logger, hooks.RefusalsKept);
        (_timeProvider, _logger, _file) = (timeProvider, logger, new JournalFile(path, timeProvider, hooks));
        _retry = timeProvider.CreateTimer(_ => queue.Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _check = timeProvider.CreateTimer(_ => queue.Wake(), null, CheckInterval, CheckInterval);
        _daily = timeProvider.CreateTimer(
            _ => queue.Add(new TaskCompletionSource<int>()), null, JournalRules.PruneInterval, JournalRules.PruneInterval);
        _watch = new StepWatch(timeProvider, Hangs);
        queue.Add(new TaskCompletionSource<int>());
        _writtenAt = timeProvider.GetTimestamp(); // Opening the file writes to it.
        _loop = Task.Run(RunAsync);
    }

    public string? Problem => (_problem ?? _hang)?.Message ?? (_watch.IsTooLong ? JournalProblem.DescribeHang(_path, Limit) : null);

    /// <inheritdoc cref="JournalSize.Warning"/>
    public string? Warning => _size.Warning;

    /// <summary>The file's <see cref="JournalFile.Identity"/>.</summary>
    public string? Identity => _file.Identity;

    /// <summary>See <see cref="IOrderJournalStore.DatedRightFor"/>; none before the file was open.</summary>
    public TimeSpan DatedRightFor => new(Interlocked.Read(ref _datedRightFor));

    /// <summary>Completes when it was tried to open the file, with or without success.</summary>
    public Task Tried => _tried.Task;

    /// <summary>Writes what waits and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _daily.DisposeAsync().ConfigureAwait(false);
        await _check.DisposeAsync().ConfigureAwait(false);
        await _retry.DisposeAsync().ConfigureAwait(false);
        _queue.Close();
        try
        {
            await _loop.WaitAsync(CloseLimit, _timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            JournalLog.CloseTimedOut(_logger, _path, (int)CloseLimit.TotalSeconds);
        }

        _watch.Dispose();
    }

    private async Task RunAsync()
    {
        do await StepAsync().ConfigureAwait(false);
        while (await _queue.WaitAsync().ConfigureAwait(false));

        // The queue is closed now. The first step takes what came last, and may find that it has to correct some of it.
        await StepAsync().ConfigureAwait(false);
        if (_queue.Unsaved().Count > 0) await StepAsync().ConfigureAwait(false);
        if (_queue.Unsaved().Count is > 0 and var unsaved) JournalLog.ClosedUnsaved(_logger, _path, unsaved);
        // Cut off by the end of the drain: a person must find them in the list without starting the worker again.
        else if (_queue.Open() is { Count: > 0 } open)
            await TryAsync(() => _file.EndIntents(open), looksInside: true).ConfigureAwait(false);
        foreach (var prune in _prunes) prune.TrySetCanceled();
        await _reader.DisposeAsync().ConfigureAwait(false);
        _file.Dispose();
    }

    private async Task StepAsync()
    {
        var group = _queue.Take();
        lock (_gate) _group = group;
        _watch.Begin(Limit);
        if (_clockBegun) ClockWasSet(_clock.Look());
        var problem = await TryAsync(() => Save(group), group.IsEmpty || group.Guarded.Count > 0).ConfigureAwait(false);
        lock (_gate)
        {
            _group = null;
            if (problem is null) Succeed(group);
            else Fail(group, problem);
        }

        _tried.TrySetResult();
        _prunes.AddRange(group.Prunes);
        if (_prunes.Count > 0) await PruneAsync(problem).ConfigureAwait(false);
        if (problem is null && _size.IsDue) await TidyAsync().ConfigureAwait(false);
        if (_watch.End() is not { } time) return;
        _hang = null;
        _queue.Trust();
        if (problem is null) JournalLog.Recovered(_logger, _path, time.TotalSeconds);
    }

    private TimeSpan Limit => _tried.Task.IsCompleted ? HangLimit : OpeningLimit;

    /// <summary>
    /// The step under way takes too long: whoever waits for it is told that nothing is recorded, and whoever comes while it lasts is told
    /// so at once. What of it reaches the disk all the same is put right afterwards.
    /// </summary>
    private void Hangs(TimeSpan limit)
    {
        var problem = _hang = new JournalUnavailableException(JournalProblem.DescribeHang(_path, limit));
        JournalLog.Hangs(_logger, problem.Message);
        lock (_gate)
        {
            foreach (var waiting in _group?.Results.Concat(_group.Begins) ?? []) waiting.TrySetResult(false);
            foreach (var write in _group?.Guarded.Where(write => write.Intent is not null) ?? []) Refuse(write, problem);
        }

        _queue.Distrust(problem);
    }

    // First the record, then the answer: whoever was told that it is not executed finds it so. On disk it overrules an intent that got
    // there after all.
    private void Refuse(GuardedWrite write, JournalUnavailableException problem)
    {
        if (write.Intent is { } intent) _queue.Correct(JournalRules.NotSent(intent, problem.Reason), must: false);
        write.Fail(problem);
    }

    private void Save(WriteGroup group)
    {
        if (group.IsEmpty && _problem is null && _timeProvider.GetElapsedTime(_writtenAt) < CheckInterval) return;
        _file.Save(group);
        _writtenAt = _timeProvider.GetTimestamp();
        // A file that somebody has overwritten may take writes all the same. It waits for nobody: the disk may hang.
        if (group.IsEmpty) _ = _reader.CheckAsync();
    }

    /// <summary>
    /// Writes, once it is clear that the file is still the one. What is inside counts for who is about to send a confirm, and for the check
    /// of each minute: a record in a file that somebody has spoilt is as good as none, and the next start says so.
    /// </summary>
    private async Task<JournalUnavailableException?> TryAsync(Action write, bool looksInside)
    {
        try
        {
            if (_file.IsOpen && _file.CloseIfLost(looksInside)) await _reader.CloseAsync().ConfigureAwait(false);
            if (!_file.IsOpen)
            {
                await _reader.HoldAsync().ConfigureAwait(false);
                _file.Open();
                if (_file.TakeLockLost())
                {
                    JournalLog.LockedAnew(_logger, _path);
                    _recent.ForgetUnused();
                }

                _recent.Found(_file.Unused);
                if (!_clockBegun) ClockWasSet(_file.BeginClock(_clock));
                _clockBegun = true;
                await _reader.ReopenAsync().ConfigureAwait(false);
                _tried.TrySetResult(); // It can be read, even if writing takes its time.
                _watch.Begin(HangLimit);
                _ = _reader.CheckAsync(); // So that what was wrong before is not told for longer.
            }

            write();
        }
        catch (Exception e) // Whatever it is: as long as nothing can be written, no confirm may be sent, and it is tried again.
        {
            _file.Close();
            var problem = Failed(e);
            _reader.Explain(problem.Message);
            if (e.InnerException is JournalDoubtException { IsElsewhere: false }) await _reader.CloseAsync().ConfigureAwait(false);
            else if (!_reader.IsOpen && await LookAsync().ConfigureAwait(false) is { } doubt) problem = Failed(doubt);
            return problem;
        }

        Recovered();
        return null;
    }

    /// <summary>
    /// Since this process began the file could not be opened, as on a full disk. Where it can be read all the same, it proves of what was
    /// not sent that it was not.
    /// </summary>
    /// <returns>Why it must not be believed, which counts for more than that it can't be written.</returns>
    private async Task<InvalidDataException?> LookAsync()
    {
        try
        {
            await _reader.LookAsync(_file.OpenToRead).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) // Then it can't be read either; readers are told what the writer met.
        {
            return e is InvalidDataException { InnerException: JournalDoubtException } doubt ? doubt : null;
        }
    }

    private JournalUnavailableException Failed(Exception exception)
    {
        var problem = new JournalUnavailableException(JournalProblem.Describe(_path, exception), exception);
        if (_problem is null)
        {
            _problemSince = _timeProvider.GetTimestamp();
            JournalLog.Unavailable(
                _logger, JournalProblem.IsForeseen(exception) ? null : exception, problem.Message, (int)RetryDelay.TotalSeconds);
        }

        _problem = problem;
        _queue.Rest();
        _retry.Change(RetryDelay, Timeout.InfiniteTimeSpan);
        return problem;
    }

    private void Recovered()
    {
        if (_problem is null) return;
        JournalLog.Recovered(_logger, _path, _timeProvider.GetElapsedTime(_problemSince).TotalSeconds);
        _problem = null;
        _queue.Resume();
    }

    private void Succeed(WriteGroup group)
    {
        _queue.Saved(group.Entries);
        if (_queue.TakeDropped() is > 0 and var dropped) JournalLog.Dropped(_logger, dropped, _path);
        foreach (var waiting in group.Results.Concat(group.Begins)) waiting.TrySetResult(true);
        foreach (var adoption in group.Adoptions) adoption.Succeed();
        foreach (var write in group.Guarded)
        {
            if (write.IsIntentWritten) _queue.Begun(write.OrderId);
            if (write.Succeed() is { State: JournalState.Intent } left)
                _queue.Correct(
                    JournalRules.NotSent(left, Reason.Of("Its caller's time was over before the journal had recorded it.")), must: true);
        }
    }

    private void Fail(WriteGroup group, JournalUnavailableException problem)
    {
        if (_queue.MustTellDropping()) JournalLog.Dropping(_logger, _queue.Unsaved().Count, _path);
        foreach (var waiting in group.Results.Concat(group.Begins)) waiting.TrySetResult(false);
        foreach (var adoption in group.Adoptions) adoption.Fail(problem);
        foreach (var write in group.Guarded) Refuse(write, problem);
    }

    private void ClockWasSet(TimeSpan? step)
    {
        Interlocked.Exchange(ref _datedRightFor, _clock.Agreed.Ticks);
        if (step is not { } by) return;
        if (_clock.MayPrune) JournalLog.ClockWasSet(_logger, Spans.About(by), by > TimeSpan.Zero ? "ahead" : "back");
        else JournalLog.ForgetsNothing(_logger, Spans.About(by), _path, Spans.About(_retention));
    }

    private async Task TidyAsync()
    {
        var isMore = false;
        await TryAsync(() => isMore = _size.Tidy(_file), looksInside: true).ConfigureAwait(false);
        if (isMore) _queue.Wake();
    }

    private async Task PruneAsync(JournalUnavailableException? problem)
    {
        var chunk = (Deleted: 0, More: false);
        problem ??= await TryAsync(
            () =>
            {
                if (_clock.MayPrune) chunk = _file.Prune(_timeProvider.GetUtcNow() - _retention);
                if (!chunk.More) _file.LeaveClock(_clock);
            },
            looksInside: true).ConfigureAwait(false);
        _pruned += chunk.Deleted;
        if (chunk.More)
        {
            _queue.Wake();
            return;
        }

        foreach (var prune in _prunes) _ = problem is null ? prune.TrySetResult(_pruned) : prune.TrySetException(problem);
        if (_pruned > 0) JournalLog.Pruned(_logger, _pruned, _path);
        _prunes.Clear();
        _pruned = 0;
    }
}
