namespace Ppv.Hosting.Tests;

/// <summary>The mark as text, and what it says of the state of an order.</summary>
public sealed class JournalMarkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static JournalMark Mark(long generation, string order = "u1") => new()
    {
        Identity = "0123456789abcdef0123456789abcdef",
        Generation = generation,
        Rows = 42,
        Boot = "a-boot",
        OnDisk = new JournalWitness(order, JournalState.Intent, Entries.Noon),
        Last = new JournalWitness(new string('x', 128), JournalState.SettledNotBought, Entries.Noon.AddTicks(7)),
        InFile = new JournalWitness("=", JournalState.Received, DateTimeOffset.MaxValue),
    };

    [Fact]
    public void It_is_read_as_it_was_written_and_fits()
    {
        JournalMark[] marks =
            [Mark(1), Mark(long.MaxValue, new string('~', 128)), Mark(2) with { OnDisk = null, Boot = null, IsCopying = true }];
        foreach (var mark in marks)
        {
            var text = new byte[JournalMark.MaxLength];
            mark.Write(text);
            JournalMark.Read(text).ShouldBe(mark);
        }
    }

    [Fact]
    public void Of_a_mark_that_was_written_in_part_the_one_before_counts()
    {
        var path = _folder.File("journal.db");
        using (var held = JournalLock.Take(path))
        {
            held.ReadMark().ShouldBeNull();
            held.Write(Mark(1));
            held.Write(Mark(2));
            held.Write(Mark(3));
            held.ReadMark().ShouldBe(Mark(3));
        }

        using (var file = File.OpenWrite(path + ".lock"))
        {
            file.Position = JournalMark.MaxLength + 100; // Where the third one is.
            file.Write("torn"u8);
        }

        using (var held = JournalLock.Take(path)) held.ReadMark().ShouldBe(Mark(2));
        File.WriteAllText(path + ".lock", new string('z', 3000));
        using (var held = JournalLock.Take(path)) Should.Throw<FormatException>(() => held.ReadMark());
        File.WriteAllBytes(path + ".lock", new byte[3000]);
        using (var held = JournalLock.Take(path)) held.ReadMark().ShouldBeNull("the power was lost before the first one was on disk");
    }

    /// <summary>Each way that an order can go: later states have been the earlier ones, and never the other way round.</summary>
    [Theory]
    [InlineData(JournalState.Received, JournalState.Intent, JournalState.NotExecuted)]
    [InlineData(JournalState.Received, JournalState.Intent, JournalState.Unknown, JournalState.SettledBought)]
    [InlineData(JournalState.Received, JournalState.Intent, JournalState.Unknown, JournalState.Completed)]
    [InlineData(JournalState.Received, JournalState.Intent, JournalState.Completed)]
    [InlineData(JournalState.Received, JournalState.NotExecuted, JournalState.Unknown, JournalState.SettledNotBought)]
    [InlineData(JournalState.Received, JournalState.NotExecuted, JournalState.Completed)]
    public void A_row_that_is_not_so_far_is_an_older_one(params JournalState[] way)
    {
        for (var now = 0; now < way.Length; now++)
            for (var before = 0; before < way.Length; before++)
                JournalRules.HasBeen(way[now], way[before]).ShouldBe(now >= before, $"{way[now]} after {way[before]}");
    }
}
