using System.Globalization;
using Ppv.Protocol;
using Ppv.Rpc.Orders.Routing;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Orders;

/// <summary>For how long, and of how many calls, a client remembers the queue.</summary>
public class CallMemoryTests
{
    private readonly SteppedClock _clock = new(new DateTimeOffset(2026, 12, 1, 3, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_call_is_remembered_until_nothing_was_heard_of_it_for_a_while()
    {
        var memory = new CallMemory(100, TimeSpan.FromMinutes(5), _clock);
        memory.Note(Call(1), "a");
        memory.Find(Call(2)).ShouldBeNull();
        Pass(4);
        memory.Find(Call(1)).ShouldBe("a");
        Pass(4);
        memory.Find(Call(1)).ShouldBe("a");
        Pass(5);
        memory.Find(Call(1)).ShouldBeNull();
        memory.Count.ShouldBe(0);
    }

    [Fact]
    public void A_step_of_the_clock_forgets_no_call()
    {
        var memory = new CallMemory(100, TimeSpan.FromMinutes(5), _clock);
        memory.Note(Call(1), "a");
        _clock.Step(TimeSpan.FromHours(1));
        memory.Find(Call(1)).ShouldBe("a");
        _clock.Step(TimeSpan.FromHours(-2));
        memory.Find(Call(1)).ShouldBe("a");
    }

    [Fact]
    public void The_latest_note_counts_whatever_the_case_of_the_digits()
    {
        var memory = new CallMemory(100, TimeSpan.FromMinutes(5), _clock);
        memory.Note("AB", "a");
        Pass(4);
        memory.Note("ab", "b");
        Pass(2);
        memory.Find("aB").ShouldBe("b");
    }

    [Fact]
    public void It_keeps_the_latest_calls_only()
    {
        var memory = new CallMemory(3, TimeSpan.FromMinutes(5), _clock);
        for (var n = 0; n < 1_000; n++) memory.Note(Call(n), "a");
        memory.Count.ShouldBe(3);
        memory.Find(Call(996)).ShouldBeNull();
        memory.Find(Call(997)).ShouldBe("a");

        // The call that was just used has a newer note, so others go first.
        memory.Note(Call(2_000), "a");
        memory.Note(Call(2_001), "a");
        memory.Find(Call(997)).ShouldBe("a");
        memory.Find(Call(999)).ShouldBeNull();
    }

    private void Pass(int minutes) => _clock.Advance(TimeSpan.FromMinutes(minutes));

    private static string Call(int n) => n.ToString("x", CultureInfo.InvariantCulture);
}
