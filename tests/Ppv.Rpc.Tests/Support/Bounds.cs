namespace Ppv.Rpc.Tests.Support;

/// <summary>Bounds for waits that end by a signal: far beyond what they take, even on a busy machine.</summary>
internal static class Bounds
{
    private const int QuickTurns = 100;
    private static readonly TimeSpan Limit = Hang.Limit;

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task Within(this Task task) => task.WaitAsync(Limit);

    /// <summary>Lets background work run until a condition holds; without the clock, because the work sets no signal of its own.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        for (var turn = 0; !condition(); turn++)
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Limit, what);
            // Spinning on would take a busy machine's time from the very work that is waited for.
            if (turn < QuickTurns) await Task.Yield();
            else await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    /// <summary>
    /// Between two steps of a test's clock: what the first one set off is to happen before the second one, also on a machine with more to
    /// do than it can.
    /// </summary>
    public static async Task LetOthersWorkAsync()
    {
        for (var i = 0; i < 20; i++) await Task.Yield();
        await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
    }

    /// <summary>Moves a test's clock in steps until a task ends, so that timers which are set on the way fire too.</summary>
    public static async Task<T> AdvanceUntilAsync<T>(this TestClock clock, Task<T> task, TimeSpan step)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!task.IsCompleted)
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Limit, "the task did not end while the clock was moved");
            clock.Advance(step);
            await LetOthersWorkAsync();
        }

        return await task;
    }
}
