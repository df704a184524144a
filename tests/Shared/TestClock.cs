using Microsoft.Extensions.Time.Testing;

namespace Ppv.Tests;

/// <summary>
/// A clock that tests move. Its timers may be set by one thread while another one ends them, as those of the system may. A
/// <see cref="FakeTimeProvider"/> calls <see langword="null"/> afterwards, in whoever moves it next.
/// </summary>
public class TestClock : FakeTimeProvider
{
#pragma warning disable RS0030 // Only here.
    public TestClock()
    {
    }

    public TestClock(DateTimeOffset start)
        : base(start)
    {
    }
#pragma warning restore RS0030

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SharedTimer((due, every) => base.CreateTimer(callback, state, due, every));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// Each setting is a timer of its own, which just one thread ends. What it calls is called outside the lock, for that may wait for
    /// somebody who sets this one.
    /// </summary>
    private sealed class SharedTimer(Func<TimeSpan, TimeSpan, ITimer> start) : ITimer
    {
        private readonly Lock _gate = new();
        private ITimer? _running;
        private int _settings;
        private bool _ended;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            int setting;
            ITimer? last;
            lock (_gate)
            {
                if (_ended) return false;
                setting = ++_settings;
                (last, _running) = (_running, null);
            }

            last?.Dispose();
            var next = start(dueTime, period); // It may fire at once, and be set anew by whom it calls.
            lock (_gate)
            {
                if (!_ended && setting == _settings)
                {
                    _running = next;
                    return true;
                }
            }

            next.Dispose();
            return true;
        }

        public void Dispose()
        {
            ITimer? last;
            lock (_gate) (_ended, last, _running) = (true, _running, null);
            last?.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
