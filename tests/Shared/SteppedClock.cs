namespace Ppv.Tests;

/// <summary>A test's clock whose clock of the day can be set without its timers and its monotonic clock taking notice.</summary>
internal sealed class SteppedClock(DateTimeOffset start) : TestClock(start)
{
    private TimeSpan _step;

    public void Step(TimeSpan step) => _step += step;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _step;

    // The base takes it from GetUtcNow.
    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
