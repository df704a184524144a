using Ppv.Benchmarks.Scale;

namespace Ppv.Testing.Tests.Scale;

/// <summary>The formulas of docs/scale.md.</summary>
public class QueueingTests
{
    [Theory]
    [InlineData(1, 0.5, 0.3333, 0.5)]
    [InlineData(10, 5, 0.0184, 0.0361)]
    [InlineData(29, 20.4, 0.0153, 0.0498)]
    public void Erlang_says_how_many_find_no_line(int lines, double load, double blocked, double waiting)
    {
        Queueing.Blocked(lines, load).ShouldBe(blocked, 0.0001);
        Queueing.Waiting(lines, load).ShouldBe(waiting, 0.0001);
    }

    [Fact]
    public void One_line_is_waited_for_as_in_every_textbook() =>
        Queueing.MeanWait(1, 0.8, TimeSpan.FromSeconds(1)).TotalSeconds.ShouldBe(0.8 / (1 - 0.8), 1e-6);

    [Fact]
    public void The_load_for_a_share_of_waiting_calls_is_the_one_that_makes_so_many_wait()
    {
        Queueing.Waiting(29, Queueing.LoadFor(29, 0.05)).ShouldBe(0.05, 1e-6);
        (Queueing.LoadFor(14, 0.05) + Queueing.LoadFor(15, 0.05)).ShouldBeLessThan(Queueing.LoadFor(29, 0.05));
    }
}
