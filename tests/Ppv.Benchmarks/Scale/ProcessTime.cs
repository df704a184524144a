namespace Ppv.Benchmarks.Scale;

/// <summary>
/// The clock of one process. When the process is killed, none of its timers fires any more: whatever it waited for, it does nothing again.
/// </summary>
internal sealed class ProcessTime(VirtualTime time) : TimeProvider
{
    private int _parked;

    public bool IsKilled { get; private set; }

    /// <summary>How many wait in <see cref="ParkAsync"/>.</summary>
    public int Parked => Volatile.Read(ref _parked);

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(
        told =>
        {
            if (!IsKilled) callback(told);
        },
        state, dueTime, period);

    public void Kill() => IsKilled = true;

    /// <summary>
    /// Waits, and is counted while it does. The timer is set before the count says so, and the count is changed before who waits goes on,
    /// so that nobody seems to wait who is about to do something.
    /// </summary>
    public Task ParkAsync(TimeSpan length)
    {
        var over = new TaskCompletionSource();
        CreateTimer(
            _ =>
            {
                Interlocked.Decrement(ref _parked);
                over.SetResult();
            },
            null, length, Timeout.InfiniteTimeSpan);
        Interlocked.Increment(ref _parked);
        return over.Task;
    }
}
