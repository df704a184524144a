namespace Ppv.Hosting.Tests;

/// <summary>A clock that tests move, and that tells when somebody began to wait: only then is it of use to move it.</summary>
internal sealed class SignallingClock : TestClock
{
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _timers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_gate)
        {
            _timers.Add(dueTime);
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return timer;
    }

    public async Task WaitForTimersAsync(int count, TimeSpan dueTime)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_timers.Count(timer => timer == dueTime) >= count) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(Hang.Limit);
        }
    }
}
