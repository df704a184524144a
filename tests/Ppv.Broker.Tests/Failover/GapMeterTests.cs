namespace Ppv.Broker.Tests.Failover;

public sealed class GapMeterTests
{
    [Theory]
    [InlineData("1 2 3 7 8 9", 3.5, 8.5, 4.0)] // A fault at 3.5, 0.5 s after the last success.
    [InlineData("9 3 2 8 1 7", 3.5, 8.5, 4.0)] // In the order in which they were answered, or not.
    [InlineData("1 2 3 7 8 9", 1.0, 9.0, 4.0)]
    [InlineData("1 2 3 7 8 9", 0.0, 2.5, 1.0)] // What was before the window, and what came after it, is none of its business.
    [InlineData("1 2 3 7 8 9", 7.5, 9.0, 1.0)]
    [InlineData("0 5 6 7 20", 5.5, 6.5, 1.0)]
    [InlineData("1 2", 1.5, 9.0, 7.0)] // The service did not return: the gap is at least that long.
    [InlineData("8 9", 1.0, 9.0, 7.0)] // Nor was it there before.
    [InlineData("", 1.0, 9.0, 8.0)]
    [InlineData("1 9", 4.0, 5.0, 8.0)] // Wider than the window.
    [InlineData("3 5", 3.0, 5.0, 2.0)]
    public void The_longest_time_without_a_success_around_a_fault_is_measured(string successes, double from, double to, double longest) =>
        GapMeter.LongestGap(
            successes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(
                text => TimeSpan.FromSeconds(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture))),
            TimeSpan.FromSeconds(from),
            TimeSpan.FromSeconds(to)).ShouldBe(TimeSpan.FromSeconds(longest));
}
