using CsCheck;

namespace Ppv.Hosting.Tests;

/// <summary>
/// Any interleaving of commands, answers, silence, time and crashes: a line is one call's at a time and nobody's while it rests; Wizard
/// books for a call only what that call itself told that line last; a lease is sent at most one UP; nobody waits while a line is free, and
/// lines are given out in the order of arrival.
/// </summary>
public class LeaseModelTests
{
    [Fact]
    public void Whatever_happens_in_whatever_order_no_purchase_is_crossed_or_made_twice()
    {
        var seen = LeaseModel.Events.ToDictionary(name => name, _ => 0);
        Gen.Select(Gen.Int, Gen.Int[1, 150]).Sample(
            (seed, steps) =>
            {
                var model = new LeaseModel(seed);
                for (var step = 0; step < steps; step++) model.Step();
                foreach (var (name, count) in model.Seen) seen[name] += count;
            },
            iter: 4_500, threads: 1);

        // What never happened was not tested.
        seen.ShouldAllBe(each => each.Value > 100, string.Join(", ", seen));
    }
}
