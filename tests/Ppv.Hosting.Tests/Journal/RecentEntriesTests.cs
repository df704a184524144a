using CsCheck;
using Ppv.Protocol.Orders;

namespace Ppv.Hosting.Tests;

public sealed class RecentEntriesTests
{
    private static readonly IdGap Everything = new("", null);

    [Fact]
    public void Nothing_is_new_before_the_file_was_opened()
    {
        var recent = new RecentEntries(capacity: 2);
        recent.IsNew("a").ShouldBeFalse();
        recent.Found(Everything);
        recent.IsNew("a").ShouldBeTrue();
    }

    [Fact]
    public void What_was_announced_is_not_new_whatever_became_of_it()
    {
        var recent = new RecentEntries(capacity: 2);
        recent.Found(Everything);
        recent.Announce("a");
        recent.IsNew("a").ShouldBeFalse();
        recent.Find("a").ShouldBeNull("nothing was recorded");
        recent.Add(Entries.Event("a").Said("OK"));
        recent.Announce("a");
        recent.Find("a")!.Code.ShouldBe("OK");
    }

    [Fact]
    public void Ids_in_the_order_of_time_stay_new_after_more_of_them_than_are_remembered()
    {
        var recent = new RecentEntries(capacity: 2);
        recent.Found(new IdGap("018", "f"));
        foreach (var id in new[] { "0191", "0192", "0193", "0194" }) recent.Announce(id);
        recent.IsNew("0191").ShouldBeFalse("it is forgotten, but known to have been there");
        recent.IsNew("0195").ShouldBeTrue();
        recent.IsNew("017").ShouldBeFalse("the file may have it");
        recent.IsNew("g").ShouldBeFalse("the file may have it");
    }

    [Fact]
    public void An_id_that_is_not_in_the_order_of_time_hides_none_that_is()
    {
        var recent = new RecentEntries(capacity: 2);
        recent.Found(Everything);
        foreach (var id in new[] { "caller-1", "0192", "0193", "0194" }) recent.Announce(id);
        recent.IsNew("0195").ShouldBeTrue();
        recent.IsNew("caller-1").ShouldBeFalse();
    }

    /// <summary>What the file got meanwhile is not in what it did not have when it was opened.</summary>
    [Fact]
    public void Nothing_is_new_when_some_were_forgotten_before_the_file_was_opened()
    {
        var recent = new RecentEntries(capacity: 2);
        foreach (var id in new[] { "1", "2", "3" }) recent.Announce(id);
        recent.Found(Everything);
        recent.IsNew("1").ShouldBeFalse();
    }

    /// <summary>Each stands in the file behind the first id after the gap, which begins with it.</summary>
    [Theory]
    [InlineData("order-1")]
    [InlineData("order-10")]
    [InlineData("order")]
    public void An_id_that_the_file_may_have_with_an_owner_is_not_new(string bare)
    {
        var recent = new RecentEntries(capacity: 2);
        recent.Found(new IdGap("018", "order-10~b")); // Behind it: order-1~b, order~b.
        recent.IsNew(bare).ShouldBeFalse();
        recent.IsNew("019").ShouldBeTrue();
        foreach (var id in new[] { bare, "order-10!", "order-10#" }) recent.Announce(id);
        recent.IsNew(bare).ShouldBeFalse("it is forgotten, and still an id that the file may have");
    }

    [Fact]
    public void Whatever_comes_in_whatever_order_nothing_is_new_that_was_there() =>
        Gen.Select(Ids.Array[0, 20], Ids.Array[0, 40], Ids, Gen.Int[1, 8]).Sample(
            (file, announced, next, capacity) =>
            {
                var recent = new RecentEntries(capacity);
                var before = file.Where(id => string.CompareOrdinal(id, next) <= 0).Order(StringComparer.Ordinal).LastOrDefault() ?? "";
                var after = file.Where(id => string.CompareOrdinal(id, next) > 0).Order(StringComparer.Ordinal).FirstOrDefault();
                recent.Found(new IdGap(before, after));
                foreach (var id in announced) recent.Announce(id);
                foreach (var id in file.Concat(announced))
                {
                    recent.IsNew(id).ShouldBeFalse(id);
                    if (Owned.Before(id) is { } bare) recent.IsNew(bare).ShouldBeFalse(id);
                }
            }, iter: 20_000);

    /// <summary>Short ones, so that one begins with another, with and without an owner.</summary>
    private static Gen<string> Ids => Gen.Select(
        Gen.Char["01!"].Array[1, 3], Gen.Bool, (text, isOwned) => new string(text) + (isOwned ? "~b" : ""));
}
