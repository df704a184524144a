namespace Ppv.Benchmarks.Scale;

/// <summary>
/// Time that passes only from one timer to the next, and with it the loop that runs everything: a day takes as long as what happens in it.
/// Timers that are due at one moment fire in the order in which they were set.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    /// <summary>The day that is simulated begins here.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<(Timer Timer, int Setting), (long Due, long Number)> _timers = new();
    private long _now = Start.UtcTicks;
    private long _number;

    /// <summary>How long the simulation runs, by its own time.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Volatile.Read(ref _now) - Start.UtcTicks);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _now), TimeSpan.Zero);

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass.</summary>
    /// <param name="until">Up to here, timers of that moment included.</param>
    /// <param name="settle">Returns when what the last timer has begun waits for time to pass; for what runs on other threads.</param>
    public void Run(TimeSpan until, Action settle)
    {
        var end = Start.UtcTicks + until.Ticks;
        settle();
        while (Next(end) is { } timer)
        {
            timer.Fire();
            settle();
        }

        Volatile.Write(ref _now, end);
    }

    private Timer? Next(long end)
    {
        lock (_gate)
        {
            while (_timers.TryPeek(out var next, out var at) && at.Due <= end)
            {
                _timers.Dequeue();
                if (next.Timer.Setting != next.Setting) continue;
                Volatile.Write(ref _now, Math.Max(_now, at.Due));
                return next.Timer;
            }

            return null;
        }
    }

    private sealed class Timer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        /// <summary>How often it was set; what was set before counts no more.</summary>
        public int Setting { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                Setting++;
                _period = period;
                if (dueTime >= TimeSpan.Zero) time._timers.Enqueue((this, Setting), (time._now + dueTime.Ticks, time._number++));
            }

            return true;
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero) Change(_period, _period);
            callback(state);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
