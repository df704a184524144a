namespace Ppv.Rpc.Tests.Server;

/// <summary>
/// The monotonic clock and the one of the day, each moved on its own, as when a machine is suspended or its clock is set.
/// </summary>
internal sealed class TwoClocks : TimeProvider
{
    private TimeSpan _monotonic;
    private DateTimeOffset _utc = DateTimeOffset.UnixEpoch.AddYears(56);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _monotonic.Ticks;

    public override DateTimeOffset GetUtcNow() => _utc;

    public void Pass(double seconds)
    {
        _monotonic += TimeSpan.FromSeconds(seconds);
        _utc += TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Only one of the clocks goes on.</summary>
    public void Suspend(double seconds) => _utc += TimeSpan.FromSeconds(seconds);
}
