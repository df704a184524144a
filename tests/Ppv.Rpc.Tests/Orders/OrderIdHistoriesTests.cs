using Ppv.Protocol;
using Ppv.Rpc.Orders;

namespace Ppv.Rpc.Tests.Orders;

/// <summary>What a client knows of an order's id, of its own sending above all.</summary>
public class OrderIdHistoriesTests
{
    private static readonly ConnectionId Call = ConnectionId.Parse("1");
    private readonly SteppedClock _clock = new(MadeAt(PpvOrder.Confirm(Call)).AddSeconds(10)); // Ids are made by the system's clock.
    private readonly OrderIdHistories _ids;

    public OrderIdHistoriesTests() => _ids = Client();

    private DateTimeOffset Now => _clock.GetUtcNow();

    [Fact]
    public void The_first_client_that_sends_an_order_knows_its_id_as_new_and_others_know_when_it_was_made()
    {
        var order = PpvOrder.Confirm(Call);
        var made = MadeAt(order);
        _ids.Take(order).ShouldBe(IdHistory.New);
        Client().Take(order).ShouldBe(IdHistory.PossibleSince(made));
        _ids.Take(order with { }).ShouldBe(IdHistory.PossibleSince(made));
    }

    [Fact]
    public void An_id_that_does_not_say_when_it_was_made_may_have_been_in_use_for_as_long_as_the_option_says() =>
        _ids.Take(PpvOrder.Confirm(Call) with { Id = "order-7" }).ShouldBe(IdHistory.PossibleSince(Now.AddDays(-1)));

    [Fact]
    public void An_id_with_a_date_has_been_in_use_since_then_at_most() =>
        _ids.Take(PpvOrder.Confirm(Call) with { Id = $"{Now.AddSeconds(-3).ToUnixTimeMilliseconds()}-x" })
            .ShouldBe(IdHistory.PossibleSince(Now.AddSeconds(-3)));

    [Fact]
    public void What_this_client_has_sent_is_a_repeat_from_then_on_whatever_is_said_of_it()
    {
        foreach (var (said, known) in new[]
        {
            (IdHistory.New, IdHistory.RepeatSince(Now)),
            (IdHistory.PossibleSince(Now.AddHours(-1)), IdHistory.RepeatSince(Now.AddHours(-1))),
            (IdHistory.RepeatSince(Now.AddHours(-1)), IdHistory.RepeatSince(Now.AddHours(-1))),
            (IdHistory.Repeat, IdHistory.Repeat),
        })
        {
            var ids = Client();
            ids.Sending("x", said).ShouldBe(said);
            ids.Sending("x", IdHistory.New).ShouldBe(known);
            ids.Sending("x", IdHistory.PossibleSince(Now)).ShouldBe(known);
            ids.Sending("x", IdHistory.PossibleSince(Now.AddDays(-2))).ShouldBe(
                known.Since is null ? IdHistory.Repeat : IdHistory.RepeatSince(Now.AddDays(-2)), "the earlier moment counts");
            ids.Sending("x", IdHistory.Repeat).ShouldBe(IdHistory.Repeat);
            ids.Sending("y", IdHistory.New).ShouldBe(IdHistory.New);
        }
    }

    [Theory]
    [InlineData(-600)]
    [InlineData(600)]
    public void What_it_has_sent_is_no_younger_because_the_clock_was_set(int step)
    {
        var (made, sent) = (Now.AddHours(-1), Now);
        _ids.Sending("new", IdHistory.New);
        _ids.Sending("dated", IdHistory.PossibleSince(made));
        _ids.Sending("unknown", IdHistory.Repeat);
        _clock.Advance(TimeSpan.FromSeconds(60));
        _clock.Step(TimeSpan.FromSeconds(step));
        var back = TimeSpan.FromSeconds(Math.Min(0, step));

        foreach (var _ in Enumerable.Range(0, 2))
        {
            _ids.Sending("new", IdHistory.New).ShouldBe(IdHistory.RepeatSince(sent + back));
            _ids.Sending("dated", IdHistory.PossibleSince(Now)).ShouldBe(IdHistory.RepeatSince(made + back));
            _ids.Sending("unknown", IdHistory.New).ShouldBe(IdHistory.Repeat);
        }
    }

    [Fact]
    public void What_is_proven_unsent_is_new_again()
    {
        _ids.Sending("x", IdHistory.New);
        _ids.NotSent("x");
        _ids.Sending("x", IdHistory.New).ShouldBe(IdHistory.New);
        _ids.NotSent("x");
        _ids.Sending("x", IdHistory.PossibleSince(Now)).ShouldBe(IdHistory.PossibleSince(Now));
        _ids.Sending("x", IdHistory.New).ShouldBe(IdHistory.RepeatSince(Now));
        _ids.NotSent("never seen");
    }

    [Fact]
    public void What_was_sent_a_second_time_meanwhile_is_not_new_again()
    {
        _ids.Sending("x", IdHistory.New);
        _ids.Sending("x", IdHistory.PossibleSince(Now));
        _ids.NotSent("x");
        _ids.Sending("x", IdHistory.New).ShouldBe(IdHistory.RepeatSince(Now));
    }

    [Fact]
    public void The_latest_are_remembered_and_new_ones_do_not_crowd_out_those_of_others()
    {
        var ids = Client(remembered: 3);
        foreach (var id in (string[])["a", "b", "c", "d"]) ids.Sending(id, IdHistory.PossibleSince(Now));
        for (var i = 0; i < 10; i++) ids.Sending($"new{i}", IdHistory.New);
        ids.Sending("d", IdHistory.PossibleSince(Now)).IsRepeat.ShouldBeTrue();
        ids.Sending("b", IdHistory.PossibleSince(Now)).IsRepeat.ShouldBeTrue();
        ids.Sending("new7", IdHistory.New).IsRepeat.ShouldBeTrue();
        ids.Sending("new6", IdHistory.New).IsRepeat.ShouldBeFalse();
        ids.Sending("a", IdHistory.PossibleSince(Now)).IsRepeat.ShouldBeFalse();
    }

    private OrderIdHistories Client(int remembered = 10) => new(TimeSpan.FromDays(1), _clock, remembered);

    private static DateTimeOffset MadeAt(PpvOrder order) => DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(order.Id[..12], 16));
}
