namespace Ppv.Hosting.Worker.Journal;

/// <summary>
/// Whether the machine's clock may decide what is old. Forgetting can't be undone, and one reading of a clock proves nothing: so after the
/// clock was set nothing is forgotten until it has agreed with the monotonic clock for as long as orders are remembered. By then all that
/// was recorded before is older than that, whatever was written on it, and all since is dated rightly. Not safe for use by several threads.
/// </summary>
/// <param name="retention">How long orders are remembered.</param>
/// <param name="timeProvider">Both clocks.</param>
internal sealed class PruneClock(TimeSpan retention, TimeProvider timeProvider)
{
    private static readonly TimeSpan LongestTolerance = TimeSpan.FromDays(1);

    /// <summary>An NTP service slews a clock by less between two looks.</summary>
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(10);

    private readonly TimeSpan _retention = retention;
    private (DateTimeOffset Wall, long Timestamp)? _last;

    /// <summary>So little off changes nothing that matters: a thirtieth of the retention, a day at most.</summary>
    public TimeSpan Tolerance => ToleranceOf(_retention);

    /// <summary>For how long orders are remembered for certain, given that clocks may be that little off.</summary>
    public static TimeSpan RememberedFor(TimeSpan retention) => retention - ToleranceOf(retention);

    /// <summary>For how long both clocks have agreed; not more than is needed.</summary>
    public TimeSpan Agreed { get; private set; } = retention;

    /// <summary>What is left for the next process.</summary>
    public ClockMark Mark => new(
        Agreed, timeProvider.GetUtcNow(), timeProvider.GetElapsedTime(0, timeProvider.GetTimestamp()));

    /// <summary>Whether what is older than the retention by the machine's clock is so.</summary>
    public bool MayPrune => Agreed >= _retention;

    /// <summary>
    /// The first look of a process: the clock should show little more than at the last signs of life, or as much more as the monotonic
    /// clock, which goes on while the machine does. After a long time without power it can't be told from one that was set: what is old is
    /// forgotten when the worker has run for the retention.
    /// </summary>
    /// <param name="newest">What the clock showed when the newest order was recorded.</param>
    /// <param name="left">What an earlier process has left.</param>
    /// <returns>How far the clock was set, or how long the worker was off; <see langword="null"/> when it agrees.</returns>
    public TimeSpan? Begin(DateTimeOffset? newest = null, ClockMark? left = null)
    {
        var now = Mark;
        _last = (now.Seen, timeProvider.GetTimestamp());
        if (left is { } mark) Agreed = mark.Agreed < TimeSpan.Zero ? TimeSpan.Zero : mark.Agreed < _retention ? mark.Agreed : _retention;
        List<TimeSpan> gaps = [];
        if (newest is { } last) gaps.Add(now.Seen - last);
        if (left is { } before)
        {
            gaps.Add(now.Seen - before.Seen);
            var passed = now.Uptime - before.Uptime;
            if (passed >= TimeSpan.Zero && (gaps[^1] - passed).Duration() <= Tolerance)
            {
                Add(passed);
                return null;
            }
        }

        if (gaps.Count == 0) return null;
        var step = gaps.MinBy(gap => gap.Duration());
        if (step.Duration() <= Tolerance)
        {
            Add(step);
            return null;
        }

        Agreed = TimeSpan.Zero;
        return step;
    }

    /// <summary>
    /// The same for what is remembered for so short that nothing is left for the next process: by this one's clocks alone.
    /// </summary>
    public void BeginAnew()
    {
        Agreed = TimeSpan.Zero;
        Look();
    }

    /// <summary>Looks at both clocks; often, so that nothing is recorded by a clock that was set unseen.</summary>
    /// <returns>
    /// How far the clock was set since the last look, also where that is within the tolerance; <see langword="null"/> when both agree.
    /// </returns>
    public TimeSpan? Look()
    {
        var now = (Wall: timeProvider.GetUtcNow(), Timestamp: timeProvider.GetTimestamp());
        var last = _last ?? now;
        _last = now;
        var passed = timeProvider.GetElapsedTime(last.Timestamp, now.Timestamp);
        var step = now.Wall - last.Wall - passed;
        if (step.Duration() <= Tolerance) Add(passed);
        else Agreed = TimeSpan.Zero;
        return step.Duration() > (Tolerance < Noticeable ? Tolerance : Noticeable) ? step : null;
    }

    private static TimeSpan ToleranceOf(TimeSpan retention) => retention / 30 < LongestTolerance ? retention / 30 : LongestTolerance;

    private void Add(TimeSpan time)
    {
        if (time > TimeSpan.Zero) Agreed = Agreed + time < _retention ? Agreed + time : _retention;
    }
}
