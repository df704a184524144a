using System.Globalization;
using Ppv.Protocol;
using Ppv.Rpc.Routing;

namespace Ppv.Rpc.Tests.Routing;

/// <summary>For how long, and of how many calls, a client remembers the queue.</summary>
public class CallMemoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_call_is_remembered_until_nothing_was_heard_of_it_for_a_while()
    {
        var memory = new CallMemory(100, TimeSpan.FromMinutes(5));
        memory.Note(Call(1), "a", Now);
        memory.Find(ConnectionId.Parse("2"), Now).ShouldBeNull();
        memory.Find(Call(1), Now.AddMinutes(4)).ShouldBe("a");
        memory.Find(Call(1), Now.AddMinutes(8)).ShouldBe("a");
        memory.Find(Call(1), Now.AddMinutes(13)).ShouldBeNull();
        memory.Count.ShouldBe(0);
    }

    [Fact]
    public void The_latest_note_counts_whatever_the_case_of_the_digits()
    {
        var memory = new CallMemory(100, TimeSpan.FromMinutes(5));
        memory.Note(ConnectionId.Parse("AB"), "a", Now);
        memory.Note(ConnectionId.Parse("ab"), "b", Now.AddMinutes(4));
        memory.Find(ConnectionId.Parse("aB"), Now.AddMinutes(6)).ShouldBe("b");
    }

    [Fact]
    public void It_keeps_the_latest_calls_only()
    {
        var memory = new CallMemory(3, TimeSpan.FromMinutes(5));
        for (var n = 0; n < 1_000; n++) memory.Note(Call(n), "a", Now);
        memory.Count.ShouldBe(3);
        memory.Find(Call(996), Now).ShouldBeNull();
        memory.Find(Call(997), Now).ShouldBe("a");

        // The call that was just used has a newer note, so others go first.
        memory.Note(Call(2_000), "a", Now);
        memory.Note(Call(2_001), "a", Now);
        memory.Find(Call(997), Now).ShouldBe("a");
        memory.Find(Call(999), Now).ShouldBeNull();
    }

    private static ConnectionId Call(int n) => ConnectionId.Parse(n.ToString("x", CultureInfo.InvariantCulture));
}
