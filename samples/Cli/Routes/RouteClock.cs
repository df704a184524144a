namespace Ppv.Samples.Cli.Routes;

/// <summary>
/// The one clock of all figures that are shown: the time of day is looked at once, and everything else is how long after that it was. So a
/// difference of two times shown is the duration shown, also when somebody sets the computer's clock. In whole microseconds, as printed.
/// </summary>
internal sealed class RouteClock(TimeProvider time)
{
    private readonly DateTimeOffset _start = time.GetLocalNow();
    private readonly long _startedAt = time.GetTimestamp();

    public DateTimeOffset Now
    {
        get
        {
            var now = _start + time.GetElapsedTime(_startedAt);
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        }
    }
}
