namespace Ppv.Hosting.Tests;

/// <summary>When a machine's clock may decide what is old.</summary>
public class PruneClockTests
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30), Day = TimeSpan.FromDays(1);
    private readonly SteppedClock _clock = new(Entries.Noon);

    [Fact]
    public void While_both_clocks_agree_it_always_may()
    {
        var clock = Begun();
        for (var day = 0; day < 100; day++)
        {
            _clock.Advance(Day);
            clock.Look().ShouldBeNull();
            clock.MayPrune.ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(365 * 80)]
    [InlineData(-2)]
    [InlineData(-365 * 56)]
    public void After_it_was_set_it_may_when_it_has_agreed_for_the_retention(int days)
    {
        var clock = Begun();
        _clock.Step(days * Day);
        clock.Look().ShouldBe(days * Day);
        for (var day = 0; day < 30; day++)
        {
            clock.MayPrune.ShouldBeFalse($"day {day}");
            _clock.Advance(Day);
            clock.Look().ShouldBeNull();
        }

        clock.MayPrune.ShouldBeTrue();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_step_that_is_small_beside_the_retention_is_told_and_changes_nothing(int hours)
    {
        var clock = Begun();
        _clock.Step(TimeSpan.FromHours(hours));
        clock.Look().ShouldBe(TimeSpan.FromHours(hours));
        clock.MayPrune.ShouldBeTrue();
    }

    [Fact]
    public void A_short_retention_bears_little()
    {
        var clock = new PruneClock(TimeSpan.FromHours(1), _clock);
        clock.Begin();
        _clock.Step(TimeSpan.FromMinutes(3));
        clock.Look().ShouldNotBeNull();
        clock.MayPrune.ShouldBeFalse();
    }

    [Fact]
    public void A_worker_that_was_off_for_long_on_a_machine_that_ran_knows_how_long_it_was()
    {
        var left = Begun().Mark;
        _clock.Advance(40 * Day);
        var next = new PruneClock(Retention, _clock);
        next.Begin(Entries.Noon, left).ShouldBeNull();
        next.MayPrune.ShouldBeTrue();
    }

    [Fact]
    public void A_machine_that_was_off_for_long_cannot_be_told_from_one_whose_clock_was_set_and_forgets_later()
    {
        var left = Begun().Mark;
        _clock.Step(40 * Day); // The monotonic clock has begun anew, or has not gone on.
        var next = new PruneClock(Retention, _clock);
        next.Begin(Entries.Noon, left).ShouldBe(40 * Day);
        next.MayPrune.ShouldBeFalse();

        // It goes on over restarts.
        for (var week = 0; week < 6; week++)
        {
            _clock.Advance(7 * Day);
            next.Look();
            left = next.Mark;
            next = new PruneClock(Retention, _clock);
            next.Begin(_clock.GetUtcNow(), left).ShouldBeNull();
        }

        next.MayPrune.ShouldBeTrue();
    }

    [Fact]
    public void A_file_without_a_word_on_the_clock_is_judged_by_its_newest_order()
    {
        Next(_clock.GetUtcNow() - Day).ShouldBeTrue();
        Next(_clock.GetUtcNow() + Day).ShouldBeTrue();
        Next(_clock.GetUtcNow() - (2 * Day)).ShouldBeFalse();
        Next(_clock.GetUtcNow() + (2 * Day)).ShouldBeFalse();
        Next(null).ShouldBeTrue();

        bool Next(DateTimeOffset? newest)
        {
            var clock = new PruneClock(Retention, _clock);
            clock.Begin(newest);
            return clock.MayPrune;
        }
    }

    private PruneClock Begun()
    {
        var clock = new PruneClock(Retention, _clock);
        clock.Begin().ShouldBeNull();
        return clock;
    }
}
