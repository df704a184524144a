using System.IO.Compression;
using System.Text;
using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>Orders on record, as they travel from one worker to the next.</summary>
public class OrderPackTests
{
    [Fact]
    public void An_order_comes_back_with_all_that_its_repeat_needs()
    {
        var order = new PpvOrder(ConnectionId.Parse("0127032d64a94732"), PpvCommand.Event("1 2")) { Id = "x", Subject = "cart-7" };
        JournalEntry[] entries =
        [
            Entries.Event("e1").Said("OK") with { Order = order, UpdatedAt = Entries.Noon.AddSeconds(1) },
            Entries.Confirm("u1").Is(JournalState.Unknown, "No answer; caf\u00e9.") with { RepeatOf = "u0", Note = "b" },
            Entries.Confirm("u2", lease: null).Is(JournalState.NotExecuted) with { Line = null },
        ];
        var pack = OrderPack.Pack(entries, 100_000, () => false, out var count);
        count.ShouldBe(3);
        OrderPack.Unpack(pack).ShouldBe(entries.Select(entry => entry with { Deadline = entry.ReceivedAt }));
    }

    [Fact]
    public void A_subscribers_number_is_not_in_it_and_is_recognised_all_the_same()
    {
        var entry = Entries.Subscriber("n1").Said("OK");
        var pack = OrderPack.Pack([entry], 100_000, () => false, out _);
        Text(pack).ShouldNotContain("85165320");

        var unpacked = OrderPack.Unpack(pack).Single();
        JournalRules.IsSameOrder(unpacked.Order, entry.Order).ShouldBeTrue();
        JournalRules.IsSameOrder(entry.Order, unpacked.Order).ShouldBeTrue();
        JournalRules.IsSameOrder(unpacked.Order, Entries.Of("n1", PpvCommand.Subscriber("85165321")).Order).ShouldBeFalse();
        JournalRules.IsSameOrder(unpacked.Order, Entries.Of("n1", PpvCommand.Event("85165320")).Order).ShouldBeFalse();
        OrderPack.Unpack(OrderPack.Pack([unpacked], 100_000, () => false, out _)).Single().Order.ShouldBe(unpacked.Order);
        OrderPack.Pack([Entries.Subscriber("n2")], 100_000, () => false, out _); // Another order: another fingerprint.
        SubscriberFingerprint.Hide(Entries.Subscriber("n2").Order).Command.ShouldNotBe(unpacked.Order.Command);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5_000)]
    [InlineData(20_000)]
    public void It_is_never_longer_than_it_may_be_and_has_the_first_ones(int limit)
    {
        var entries = Enumerable.Range(0, 5_000).Select(_ => Entries.Confirm(Guid.NewGuid().ToString("N")).Said("OK")).ToList();
        var pack = OrderPack.Pack(entries, limit, () => false, out var count);
        pack.Length.ShouldBeLessThanOrEqualTo(Math.Max(limit, 64));
        if (limit > 0) count.ShouldBeInRange(limit / 40, 4_999);
        OrderPack.Unpack(pack).Select(entry => entry.OrderId).ShouldBe(entries.Take(count).Select(entry => entry.OrderId));
    }

    [Fact]
    public void When_the_time_is_up_what_was_packed_by_then_has_to_do()
    {
        var entries = Enumerable.Range(0, 5_000).Select(number => Entries.Confirm($"u{number}").Said("OK")).ToList();
        var pack = OrderPack.Pack(entries, 1_000_000, () => true, out var count);
        count.ShouldBeInRange(1, 4_999);
        OrderPack.Unpack(pack).Count.ShouldBe(count);
    }

    [Theory]
    [InlineData("no json\n")]
    [InlineData("{}\n")]
    [InlineData("null\n")]
    [InlineData("""{"id":"a","kind":"Confirm","state":"Completed","received":1,"changed":1}""")] // No end of the line.
    [InlineData("""{"id":"a b","kind":"Confirm","state":"Completed","received":1,"changed":1}""" + "\n")]
    [InlineData("""{"id":"a","kind":"Event","state":"Completed","received":1,"changed":1}""" + "\n")]
    [InlineData("""{"id":"a","kind":"Confirm","state":"Intent","received":1,"changed":1}""" + "\n")]
    [InlineData("""{"id":"a","kind":"Confirm","state":77,"received":1,"changed":1}""" + "\n")]
    [InlineData("""{"id":"a","kind":"Confirm","state":"Completed","received":9223372036854775807,"changed":1}""" + "\n")]
    [InlineData("""{"id":"a","kind":"Confirm","state":"Completed","received":1,"changed":1,"call":"no call"}""" + "\n")]
    public void What_is_no_order_is_refused(string text) => Should.Throw<FormatException>(() => OrderPack.Unpack(Packed(text)));

    [Fact]
    public void One_id_twice_noise_and_a_flood_are_refused()
    {
        const string order = """{"id":"a","kind":"Confirm","state":"Completed","received":1,"changed":1}""" + "\n";
        OrderPack.Unpack(Packed(order)).Count.ShouldBe(1);
        Should.Throw<FormatException>(() => OrderPack.Unpack(Packed(order + order)));
        Should.Throw<FormatException>(() => OrderPack.Unpack([1, 2, 3, 4, 5, 6, 7, 8]));
        Should.Throw<FormatException>(() => OrderPack.Unpack(Packed(new string(' ', 130 * 1024 * 1024))));
    }

    private static byte[] Packed(string text)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true)) brotli.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    private static string Text(byte[] packed)
    {
        using var text = new StreamReader(new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress));
        return text.ReadToEnd();
    }
}
