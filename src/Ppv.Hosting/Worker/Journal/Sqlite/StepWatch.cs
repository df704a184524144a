namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// Finds that a step takes longer than it may, while it still lasts. One step at a time; safe for use by several threads.
/// </summary>
internal sealed class StepWatch : IDisposable
{
    // An alarm that is so much too late shows that this process was frozen, and not what it waits for, which gets so long to end.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // What a step waits for does not know of the clock that tests move: it gets so long in any case.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly TimeProvider _timeProvider;
    private readonly Action<TimeSpan> _onTooLong;
    private readonly ITimer _alarm;
    private TimeSpan _limit;
    private long _since;
    private long _reallySince;
    private long _step;
    private bool _isUnderWay;
    private bool _isTold;

    /// <param name="timeProvider">The clock.</param>
    /// <param name="onTooLong">Told the limit, at most once for each step, and never after its end.</param>
    public StepWatch(TimeProvider timeProvider, Action<TimeSpan> onTooLong)
    {
        (_timeProvider, _onTooLong) = (timeProvider, onTooLong);
        _alarm = timeProvider.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the step that is under way takes too long.</summary>
    public bool IsTooLong
    {
        get { lock (_gate) return _isUnderWay && _timeProvider.GetElapsedTime(_since) >= _limit; }
    }

    /// <summary>A step begins; of one that is under way the time begins anew.</summary>
    public void Begin(TimeSpan limit)
    {
        lock (_gate)
        {
            (_limit, _since, _step, _isUnderWay) = (limit, _timeProvider.GetTimestamp(), _step + 1, true);
            _reallySince = TimeProvider.System.GetTimestamp();
        }

        _alarm.Change(limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The step ends.</summary>
    /// <returns>How long it took, when that was told to be too long.</returns>
    public TimeSpan? End()
    {
        lock (_gate)
        {
            var wasTold = _isTold;
            (_isUnderWay, _isTold) = (false, false);
            return wasTold ? _timeProvider.GetElapsedTime(_since) : null;
        }
    }

    public void Dispose() => _alarm.Dispose();

    private void Look()
    {
        long step;
        TimeSpan wait;
        lock (_gate)
        {
            step = _step;
            wait = Least - TimeProvider.System.GetElapsedTime(_reallySince);
            if (_timeProvider.GetElapsedTime(_since) - _limit > Grace && wait < Grace) wait = Grace;
        }

        if (wait > TimeSpan.Zero) _ = JudgeLaterAsync(step, wait);
        else Judge(step);
    }

    private async Task JudgeLaterAsync(long step, TimeSpan wait)
    {
        await Task.Delay(wait, TimeProvider.System).ConfigureAwait(false);
        Judge(step);
    }

    private void Judge(long step)
    {
        lock (_gate)
        {
            if (!_isUnderWay || step != _step || _isTold) return;
            if (_limit - _timeProvider.GetElapsedTime(_since) is var left && left > TimeSpan.Zero)
            {
                // Timers go by a coarser clock, and may be early by its step.
                _alarm.Change(left + Tick, Timeout.InfiniteTimeSpan);
                return;
            }

            _isTold = true;
            _onTooLong(_limit);
        }
    }
}
