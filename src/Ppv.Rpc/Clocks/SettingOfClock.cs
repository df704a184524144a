namespace Ppv.Rpc.Clocks;

/// <summary>
/// Notices that the machine's clock was set: it and the monotonic one have not counted the same since they were looked at last. What lies
/// between two looks and was undone by the second one is not seen. Safe for use by several threads.
/// </summary>
/// <param name="tolerance">How far both may differ: an NTP service slews a clock, and a suspended machine stops one of them.</param>
/// <param name="timeProvider">Both clocks.</param>
internal sealed class SettingOfClock(TimeSpan tolerance, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private long _since = timeProvider.GetTimestamp();
    private (DateTimeOffset Wall, long Timestamp) _last = (timeProvider.GetUtcNow(), timeProvider.GetTimestamp());

    /// <summary>Looks at both clocks.</summary>
    /// <returns>How long both have agreed: since this was made, or since the clock was found to have been set.</returns>
    public TimeSpan Age()
    {
        lock (_gate)
        {
            var now = (Wall: timeProvider.GetUtcNow(), Timestamp: timeProvider.GetTimestamp());
            var step = now.Wall - _last.Wall - timeProvider.GetElapsedTime(_last.Timestamp, now.Timestamp);
            _last = now;
            if (step.Duration() > tolerance) _since = now.Timestamp;
            return timeProvider.GetElapsedTime(_since, now.Timestamp);
        }
    }
}
