using Ppv.Protocol;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Orders;

namespace Ppv.Rpc.Tests.Orders;

/// <summary>What a client remembers of its keys, and for how long.</summary>
public class KnownKeysTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly KnownKeys _keys = new(limit: 3);
    private readonly SteppedClock _clock = new(Now);

    [Fact]
    public void A_key_stays_with_its_first_subject_and_with_what_was_sent_under_it()
    {
        var known = Take("k");
        known.Sending(PpvPurchaseStep.Event, _clock).ShouldBe(IdHistory.New);
        _keys.Take(PurchaseOf("k", "999"), ClockReading.Now(_clock)).ShouldBeSameAs(known);
        known.Subject.ShouldBe(PurchaseOf("k").Subject);
        known.Sending(PpvPurchaseStep.Event, _clock).ShouldBe(IdHistory.RepeatSince(Now));
    }

    [Fact]
    public void Each_step_is_new_once_and_only_the_confirm_can_have_bought()
    {
        var known = Take("k");
        foreach (var step in Enum.GetValues<PpvPurchaseStep>())
        {
            known.WasSent(step).ShouldBeFalse();
            known.MayBeBought.ShouldBeFalse();
            known.Sending(step, _clock).ShouldBe(IdHistory.New);
            known.WasSent(step).ShouldBeTrue();
            known.Sending(step, _clock).ShouldBe(IdHistory.RepeatSince(Now));
        }

        known.MayBeBought.ShouldBeTrue();
        known.Sending(PpvPurchaseStep.Event, _clock).ShouldBe(IdHistory.RepeatSince(Now));
        known.WasSent(PpvPurchaseStep.Confirm).ShouldBeTrue("an earlier step takes nothing back");
    }

    [Fact]
    public void What_somebody_else_may_have_used_is_a_repeat_since_its_date_or_for_ever()
    {
        var (undated, dated) = (Take("k"), Take("1796126395000-k"));
        undated.UsedElsewhere("k", Now);
        dated.UsedElsewhere("1796126395000-k", Now);
        (undated.MayBeBought, undated.IsUsedElsewhere, undated.WasSent(PpvPurchaseStep.Event)).ShouldBe((true, true, false));
        undated.Sending(PpvPurchaseStep.Confirm, _clock).ShouldBe(IdHistory.Repeat);
        dated.Sending(PpvPurchaseStep.Confirm, _clock).ShouldBe(
            IdHistory.RepeatSince(DateTimeOffset.FromUnixTimeMilliseconds(1_796_126_395_000)));
        dated.UsedElsewhere("1796126395000-k", Now.AddYears(9));
        dated.Sending(PpvPurchaseStep.Confirm, _clock).Since.ShouldNotBeNull("what was known stays known");
    }

    [Fact]
    public void The_latest_keys_are_known_and_those_whose_end_nobody_knows_beyond_them()
    {
        foreach (var key in (string[])["open1", "done", "open2"])
        {
            var known = Take(key);
            known.Sending(PpvPurchaseStep.Confirm, _clock);
            known.Ended(key == "done" ? RpcOutcome.Completed : RpcOutcome.Unknown);
        }

        for (var i = 0; i < 100; i++) Take($"later{i}").Ended(RpcOutcome.NotExecuted);

        IsKnown("done").ShouldBeFalse();
        IsKnown("open1").ShouldBeTrue();
        IsKnown("open2").ShouldBeTrue();
    }

    [Fact]
    public void Even_those_are_bounded_and_one_that_is_over_goes_first()
    {
        for (var i = 0; i < 10; i++)
        {
            var known = Take($"open{i}");
            known.Sending(PpvPurchaseStep.Confirm, _clock);
            known.Ended(RpcOutcome.Unknown);
        }

        IsKnown("open3").ShouldBeFalse(); // Three latest, and three that are open; asking makes room for one more.
        IsKnown("open5").ShouldBeTrue();
        IsKnown("open9").ShouldBeTrue();
    }

    [Fact]
    public void A_key_that_is_used_again_is_open_until_that_has_ended()
    {
        var known = Take("k");
        known.IsOpen.ShouldBeTrue();
        known.Ended(RpcOutcome.Completed);
        known.IsOpen.ShouldBeFalse();
        known.Sending(PpvPurchaseStep.Confirm, _clock);
        known.IsOpen.ShouldBeTrue();
        known.Ended(RpcOutcome.Unknown);
        known.IsOpen.ShouldBeTrue();
    }

    [Theory]
    [InlineData(-600)] // Set back: what it showed then lies too late by as much.
    [InlineData(600)] // Set ahead: it was no later than it said.
    [InlineData(0)]
    public void A_key_is_no_younger_because_the_clock_was_set(int step)
    {
        var known = Take("k");
        known.Sending(PpvPurchaseStep.Confirm, _clock);
        _clock.Advance(TimeSpan.FromSeconds(60));
        _clock.Step(TimeSpan.FromSeconds(step));
        var history = known.Sending(PpvPurchaseStep.Confirm, _clock);
        history.ShouldBe(IdHistory.RepeatSince(Now.AddSeconds(step < 0 ? step : 0)));
        history.Since!.Value.ShouldBeLessThanOrEqualTo(_clock.GetUtcNow().AddSeconds(-60));
    }

    private bool IsKnown(string key) => _keys.Take(PurchaseOf(key), ClockReading.Now(_clock)).WasSent(PpvPurchaseStep.Confirm);

    private KnownKey Take(string key) => _keys.Take(PurchaseOf(key), ClockReading.Now(_clock));

    private static Purchase PurchaseOf(string key, string ev = "262193") =>
        Purchase.Of(key, ConnectionId.Parse("1"), PpvCommand.Event(ev), PpvCommand.Subscriber("85165320"), isRepeat: false);
}
