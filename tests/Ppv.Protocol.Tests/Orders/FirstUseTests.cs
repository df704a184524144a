using Ppv.Protocol.Orders;

namespace Ppv.Protocol.Tests.Orders;

/// <summary>Who sends an order first, and that he alone is told that its id is new.</summary>
public class FirstUseTests
{
    private readonly PpvOrder _order = PpvOrder.Event(ConnectionId.Parse("1"), "262193");

    [Fact]
    public void The_first_one_takes_it_and_nobody_after_him()
    {
        _order.FirstUse.TryTake().ShouldBeTrue();
        _order.FirstUse.TryTake().ShouldBeFalse();
        _order.FirstUse.TryTake().ShouldBeFalse();
    }

    [Fact]
    public void Copies_share_it_and_another_id_has_none()
    {
        var copy = _order with { Subject = "s" };
        copy.FirstUse.TryTake().ShouldBeTrue();
        _order.FirstUse.TryTake().ShouldBeFalse();
        (_order with { Id = "mine" }).FirstUse.TryTake().ShouldBeFalse();
        (_order with { Id = _order.Id }).FirstUse.TryTake().ShouldBeFalse("who sets an id may have used it");
        PpvOrder.Event(ConnectionId.Parse("1"), "262193").FirstUse.TryTake().ShouldBeTrue();
    }

    [Fact]
    public void Who_proves_that_he_has_sent_nothing_gives_it_back()
    {
        _order.FirstUse.TryTake();
        _order.FirstUse.TryGiveBack().ShouldBeTrue();
        _order.FirstUse.TryTake().ShouldBeTrue();
    }

    [Fact]
    public void It_does_not_come_back_once_somebody_else_has_sent_the_order_too()
    {
        _order.FirstUse.TryTake();
        _order.FirstUse.TryTake().ShouldBeFalse();
        _order.FirstUse.TryGiveBack().ShouldBeFalse();
        _order.FirstUse.TryTake().ShouldBeFalse();
        _order.FirstUse.TryGiveBack().ShouldBeFalse();
        _order.FirstUse.TryTake().ShouldBeFalse();
    }

    [Fact]
    public void An_id_that_somebody_else_made_never_becomes_new()
    {
        FirstUse.NotKnown.TryGiveBack().ShouldBeFalse();
        FirstUse.NotKnown.TryTake().ShouldBeFalse();
        FirstUse.NotKnown.TryGiveBack().ShouldBeFalse();
        FirstUse.NotKnown.TryTake().ShouldBeFalse();
    }

    [Fact]
    public async Task Of_many_who_send_it_at_once_one_is_the_first()
    {
        for (var round = 0; round < 50; round++)
        {
            var use = new FirstUse();
            using var start = new Barrier(4);
            var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                start.SignalAndWait();
                return use.TryTake();
            })));
            taken.Count(isFirst => isFirst).ShouldBe(1);
        }
    }

    [Fact]
    public void Orders_that_are_the_same_are_equal_whoever_has_sent_them()
    {
        var copy = _order with { };
        _order.FirstUse.TryTake();
        copy.ShouldBe(_order);
        copy.GetHashCode().ShouldBe(_order.GetHashCode());
        var (mine, yours) = (_order with { Id = "x" }, _order with { Id = "x" });
        mine.ShouldBe(yours);
        (mine with { Subject = "s" }).ShouldNotBe(yours);
        _order.ToString().ShouldNotContain("FirstUse");
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("bell\a")]
    [InlineData("ä")]
    public void What_is_no_subject_is_refused(string subject)
    {
        Should.Throw<ArgumentException>(() => _order with { Subject = subject }).Message.ShouldContain("1 to 128 printable ASCII");
        Should.Throw<ArgumentException>(() => _order with { Subject = new string('s', 129) });
        (_order with { Subject = new string('s', 128) }).Subject!.Length.ShouldBe(128);
        (_order with { Subject = null }).Subject.ShouldBeNull();
    }
}
