using Ppv.Samples.Cli.Watch;

namespace Ppv.Cli.Tests;

public sealed class WatchTextTests
{
    [Fact]
    public void A_sparkline_shows_the_last_values_and_leaves_out_where_there_are_none()
    {
        WatchText.Sparkline([100, 0, 1, null, 4, 8], 5).ShouldBe("▁▂ ▅█");
        WatchText.Sparkline([1, 2], 4).ShouldBe("  ▅█");
        WatchText.Sparkline([], 3).ShouldBe("   ");
        WatchText.Sparkline([0, 0], 2).ShouldBe("▁▁");
        WatchText.Sparkline([null, null], 2).ShouldBe("  ");
    }

    [Theory]
    [InlineData(0, "0/s")]
    [InlineData(0.44, "0.4/s")]
    [InlineData(9.949, "9.9/s")]
    [InlineData(9.96, "10/s")]
    [InlineData(1234.4, "1234/s")]
    public void A_rate_has_as_many_digits_as_it_needs(double perSecond, string text) => WatchText.Rate(perSecond).ShouldBe(text);

    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.04, "0.0 ms")]
    [InlineData(9.94, "9.9 ms")]
    [InlineData(46.4, "46 ms")]
    [InlineData(999.4, "999 ms")]
    [InlineData(1234.0, "1.2 s")]
    public void A_duration_is_in_the_unit_that_fits(double? milliseconds, string text) => WatchText.Took(milliseconds).ShouldBe(text);

    [Theory]
    [InlineData(-3, "0 s")]
    [InlineData(59.9, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(3_600, "1 h")]
    [InlineData(11_100, "3 h 5 min")]
    [InlineData(172_800, "2 days")]
    public void A_span_of_time_is_short(double seconds, string text) => WatchText.Span(TimeSpan.FromSeconds(seconds)).ShouldBe(text);

    [Fact]
    public void A_time_half_a_day_away_has_its_date()
    {
        var time = new TestClock(new DateTimeOffset(2026, 11, 26, 0, 0, 0, TimeSpan.Zero));
        WatchText.Clock(time.GetUtcNow() - TimeSpan.FromHours(11), time).ShouldBe("13:00:00");
        WatchText.Clock(time.GetUtcNow() - TimeSpan.FromHours(13), time).ShouldBe("25 Nov 11:00:00");
    }
}
