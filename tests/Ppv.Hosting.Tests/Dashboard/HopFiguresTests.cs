namespace Ppv.Hosting.Tests;

/// <summary>What passed a hop, step by step of five seconds.</summary>
public class HopFiguresTests
{
    private readonly TestClock _clock = new();
    private readonly HopFigures _figures;

    public HopFiguresTests() => _figures = new HopFigures(_clock);

    [Fact]
    public void Orders_are_counted_in_the_step_in_which_they_passed()
    {
        Record(2);
        Advance(1);
        Record(3);
        Counts(0, 1, 2).ShouldBe([3, 2, 0]);
    }

    [Fact]
    public void After_a_whole_turn_of_the_ring_a_step_begins_at_nothing()
    {
        Record(2);
        Advance(HopFigures.Steps - 1);
        Counts(HopFigures.Steps - 1).ShouldBe([2]);
        Advance(1);
        Counts(0).ShouldBe([0]);
        Record(1);
        Counts(0, HopFigures.Steps).ShouldBe([1, 0]);
    }

    [Fact]
    public void What_another_program_counted_takes_the_place_of_what_it_said_before()
    {
        var tally = new Tally();
        tally.Add(TimeSpan.FromMilliseconds(3), isError: true);
        var step = HopFigures.StepOf(_clock.GetUtcNow());
        _figures.Replace(step, tally);
        tally.Add(TimeSpan.FromMilliseconds(4), isError: false);
        _figures.Replace(step, tally);
        Counts(0).ShouldBe([2]);
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        for (var warm = 0; warm < 100; warm++) _figures.Record(TimeSpan.FromMilliseconds(1), isError: false);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var order = 0; order < 1_000; order++) _figures.Record(TimeSpan.FromMilliseconds(order), isError: false);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000);
    }

    private void Record(int orders)
    {
        for (var order = 0; order < orders; order++) _figures.Record(TimeSpan.FromMilliseconds(5), isError: false);
    }

    private void Advance(int steps) => _clock.Advance(TimeSpan.FromSeconds(steps * HopFigures.StepSeconds));

    /// <summary>How many passed so many steps ago.</summary>
    private IEnumerable<long> Counts(params int[] stepsAgo) => stepsAgo.Select(ago =>
    {
        var tally = new Tally();
        _figures.AddTo(tally, HopFigures.StepOf(_clock.GetUtcNow()) - ago);
        return tally.Count;
    });
}
