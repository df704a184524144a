using CsCheck;

namespace Ppv.Hosting.Tests;

/// <summary>The classes of durations, and what is read from a tally of them.</summary>
public class BucketsTests
{
    /// <summary>From 0 to ten minutes, all magnitudes alike.</summary>
    private static readonly Gen<TimeSpan> Durations =
        Gen.Double[0, 20.5].Select(power => TimeSpan.FromMicroseconds(Math.Floor(Math.Pow(Math.E, power))));

    [Fact]
    public void The_middle_of_a_class_is_within_a_thirtysecond_of_what_is_in_it() => Durations.Sample(duration =>
    {
        var exact = duration.TotalMilliseconds;
        Math.Abs(Buckets.Middle(Buckets.Of(duration)) - exact).ShouldBeLessThanOrEqualTo((exact / 32) + 1e-9);
    });

    [Fact]
    public void A_longer_duration_is_never_in_a_lower_class() => Gen.Select(Durations, Durations).Sample((one, other) =>
        Math.Sign(Buckets.Of(one).CompareTo(Buckets.Of(other))).ShouldBeOneOf(0, one.CompareTo(other)));

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(15, 15)]
    [InlineData(16, 16)]
    [InlineData(long.MaxValue / 10, Buckets.Count - 1)]
    public void What_is_out_of_range_counts_as_the_nearest(long microseconds, int bucket) =>
        Buckets.Of(TimeSpan.FromTicks(microseconds * TimeSpan.TicksPerMicrosecond)).ShouldBe(bucket);

    [Fact]
    public void Percentiles_of_tallies_added_up_are_those_of_all_orders_together() =>
        Gen.Select(Durations.Array[0, 40].Array[1, 4], Gen.Double[0, 1]).Sample((parts, share) =>
        {
            var sum = new Tally();
            foreach (var part in parts)
            {
                var tally = new Tally();
                foreach (var duration in part) tally.Add(duration, isError: duration.Ticks % 20 == 0);
                sum.Add(tally);
            }

            var all = parts.SelectMany(part => part).Order().ToList();
            sum.Count.ShouldBe(all.Count);
            sum.Errors.ShouldBe(all.Count(duration => duration.Ticks % 20 == 0));
            if (all.Count == 0)
            {
                sum.Percentile(share).ShouldBeNull();
                return;
            }

            var exact = all[Math.Max(0, (int)Math.Ceiling(share * all.Count) - 1)].TotalMilliseconds;
            Math.Abs(sum.Percentile(share)!.Value - exact).ShouldBeLessThanOrEqualTo((exact / 32) + 1e-9);
        });
}
