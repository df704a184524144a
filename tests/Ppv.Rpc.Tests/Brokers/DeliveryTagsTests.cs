using Ppv.Rpc.Brokers.RabbitMq;

namespace Ppv.Rpc.Tests.Brokers;

/// <summary>With how few acknowledgements the broker is told.</summary>
public class DeliveryTagsTests
{
    /// <summary>
    /// Beside a broker: it must never be told of a delivery that is still worked on, nor twice of one, and be told of all that were
    /// settled.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void The_broker_is_told_of_what_was_settled_and_of_nothing_else(int seed)
    {
        var random = new Random(seed);
        var tags = new DeliveryTags();
        var unacknowledged = new SortedSet<ulong>(); // What the broker waits for.
        var working = new List<ulong>();
        ulong last = 0;
        for (var step = 0; step < 5_000; step++)
        {
            if (random.Next(20) == 0)
            {
                Tell(tags, unacknowledged, working);
                unacknowledged.ShouldBe(working.Order());
            }
            else if (working.Count > 0 && (working.Count > 50 || random.Next(2) == 0))
            {
                // Mostly in order, as work ends; at times one takes far longer.
                var settled = working[random.Next(10) == 0 ? random.Next(working.Count) : 0];
                working.Remove(settled);
                if (random.Next(10) > 0)
                {
                    tags.Settle(settled);
                    continue;
                }

                // Given back, which the broker is told at once.
                tags.Return(settled).ShouldBeTrue();
                tags.Return(settled).ShouldBeFalse();
                unacknowledged.Remove(settled);
            }
            else
            {
                tags.Begin(++last);
                working.Add(last);
                unacknowledged.Add(last);
            }
        }
    }

    [Fact]
    public void What_was_settled_in_order_is_told_at_once()
    {
        var tags = Begun(5);
        foreach (var tag in (ulong[])[2, 1, 3]) tags.Settle(tag);

        Taken(tags).ShouldBe([(3, true)]);
        tags.Settle(4);
        Taken(tags).ShouldBe([(4, false)]);
    }

    [Fact]
    public void One_that_takes_long_holds_up_no_other_one()
    {
        var tags = Begun(4);
        foreach (var tag in (ulong[])[2, 4]) tags.Settle(tag);
        Taken(tags).ShouldBe([(4, false), (2, false)], "in any order");

        tags.Settle(1);
        Taken(tags).ShouldBe([(1, false)], "the others were told already");
        tags.Settle(3);
        Taken(tags).ShouldBe([(3, false)]);
    }

    [Fact]
    public void One_that_was_settled_twice_is_told_once()
    {
        var tags = Begun(2);
        tags.Settle(1);
        tags.Settle(1);

        Taken(tags).ShouldBe([(1, false)]);
        tags.Settle(1);
        Taken(tags).ShouldBeEmpty("the broker closes the channel for a tag that it does not know");
    }

    private static DeliveryTags Begun(ulong count)
    {
        var tags = new DeliveryTags();
        for (ulong tag = 1; tag <= count; tag++) tags.Begin(tag);
        return tags;
    }

    private static void Tell(DeliveryTags tags, SortedSet<ulong> unacknowledged, List<ulong> working)
    {
        foreach (var (tag, multiple) in Taken(tags))
        {
            unacknowledged.ShouldContain(tag, "the broker closes the channel for a tag that it does not know");
            var told = unacknowledged.Where(one => one == tag || (multiple && one < tag)).ToList();
            told.ShouldNotContain(one => working.Contains(one));
            unacknowledged.ExceptWith(told);
        }
    }

    private static List<(ulong Tag, bool Multiple)> Taken(DeliveryTags tags)
    {
        List<(ulong, bool)> taken = [];
        while (tags.TryTake(out var tag, out var multiple)) taken.Add((tag, multiple));
        return taken;
    }
}
