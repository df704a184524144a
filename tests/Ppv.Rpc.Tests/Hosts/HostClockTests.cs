using Ppv.Protocol.Text;
using Ppv.Rpc.Hosts;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Hosts;

/// <summary>For how long a host is left alone while the machine's clock is set.</summary>
public class HostClockTests
{
    private static readonly BrokerHost Primary = new("p", 5672), Backup = new("b", 5672);
    private readonly SteppedClock _clock = new(new DateTimeOffset(2026, 12, 1, 3, 0, 0, TimeSpan.Zero));
    private readonly BrokerOptions _options = new() { Hosts = ["p", "b"], FailbackDelay = TimeSpan.FromMinutes(1) };
    private readonly HostMonitor _monitor;

    public HostClockTests()
    {
        _monitor = new HostMonitor([Primary, Backup], PlainLogger.None, _clock);
        _monitor.Update((table, now) => table.Using(0, now), "connected", this);
        _monitor.Update((table, now) => table.Lost(0, "gone", now, TimeSpan.Zero), "lost", this);
        _monitor.Update((table, now) => table.Using(1, now), "connected", this);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void The_primary_is_used_again_a_minute_after_its_failure_and_no_sooner(int hours)
    {
        _clock.Step(TimeSpan.FromHours(hours));
        _clock.Advance(TimeSpan.FromSeconds(59));
        IsToMove.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));
        IsToMove.ShouldBeTrue();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Whoever_asks_is_told_how_long_ago_it_was(int hours)
    {
        _clock.Advance(TimeSpan.FromSeconds(10));
        _clock.Step(TimeSpan.FromHours(hours));
        _clock.Advance(TimeSpan.FromSeconds(10));

        (_clock.GetUtcNow() - _monitor.Hosts[0].LastFailure).ShouldBe(TimeSpan.FromSeconds(20));
        (_clock.GetUtcNow() - _monitor.Hosts[1].Since).ShouldBe(TimeSpan.FromSeconds(20));
        _monitor.Hosts[1].LastFailure.ShouldBeNull();
    }

    private bool IsToMove => HostSelector.Move(_monitor.Table, 1, _options, _monitor.Now) is { Index: 0, At: var at } && at <= _monitor.Now;
}
