using Ppv.Samples.Cli.Bench;

namespace Ppv.Cli.Tests;

public sealed class PacingTests
{
    [Fact]
    public void Without_a_ramp_calls_start_at_equal_distances_from_the_first_moment()
    {
        var pacing = new Pacing(4, TimeSpan.Zero);
        Enumerable.Range(0, 5).Select(n => pacing.StartOf(n).TotalSeconds).ShouldBe([0, 0.25, 0.5, 0.75, 1]);
    }

    /// <summary>10/s after 4 s: 20 calls in the ramp, the distances falling to 100 ms, and 100 ms from there on.</summary>
    [Fact]
    public void In_a_ramp_the_rate_grows_in_a_straight_line()
    {
        var pacing = new Pacing(10, TimeSpan.FromSeconds(4));
        pacing.StartOf(0).ShouldBe(TimeSpan.Zero);
        pacing.StartOf(5).TotalSeconds.ShouldBe(2, 0.001); // Half the ramp has seen a quarter of its calls.
        pacing.StartOf(20).TotalSeconds.ShouldBe(4, 0.001);
        (pacing.StartOf(21) - pacing.StartOf(20)).TotalSeconds.ShouldBe(0.1, 0.001);
        (pacing.StartOf(121) - pacing.StartOf(120)).TotalSeconds.ShouldBe(0.1, 0.001);
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(20, 3)]
    [InlineData(5000, 10)]
    public void As_many_calls_start_before_a_time_as_are_to(double rate, int rampSeconds)
    {
        var pacing = new Pacing(rate, TimeSpan.FromSeconds(rampSeconds));
        var before = TimeSpan.Zero;
        for (var n = 1; n < 200; n++)
        {
            var start = pacing.StartOf(n);
            start.ShouldBeGreaterThan(before);
            pacing.CallsUntil(start).ShouldBe(n, 0.01);
            before = start;
        }
    }
}
