using Ppv.Rpc.Clocks;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Tests.Server;

/// <summary>How long a server has been alone, by what both clocks say.</summary>
public class TenureTests
{
    private readonly TwoClocks _clock = new();

    [Fact]
    public void A_step_of_the_clock_of_the_day_or_a_suspended_machine_makes_it_no_longer()
    {
        var alone = SoleLeadership.From(Now);
        _clock.Pass(10);
        Length(alone).ShouldBe(10);

        _clock.Suspend(3600);
        Length(alone).ShouldBe(10);
        _clock.Suspend(-3700);
        Length(alone).ShouldBe(-90);
    }

    [Fact]
    public void What_an_earlier_process_has_left_counts_up_to_the_moment_at_which_it_was_read_and_then_by_both_clocks()
    {
        var alone = new SoleLeadership(_clock.GetUtcNow().AddSeconds(-30), Now);
        Length(alone).ShouldBe(30);

        _clock.Suspend(3600);
        _clock.Pass(4);
        Length(alone).ShouldBe(34);
    }

    [Fact]
    public void Less_than_no_time_is_none() => Length(SoleLeadership.Of(TimeSpan.MinValue, Now)).ShouldBe(0);

    private ClockReading Now => ClockReading.Now(_clock);

    private double Length(SoleLeadership alone) => alone.LengthAt(Now, _clock).TotalSeconds;
}
