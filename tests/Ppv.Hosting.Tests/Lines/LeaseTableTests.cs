using static Ppv.Hosting.Tests.LeaseTableDriver;
using static Ppv.Protocol.PpvCommandKind;

namespace Ppv.Hosting.Tests;

/// <summary>
/// Who gets which line, for how long, and who comes next. With two lines the formula puts calls "2" and "4" on line 1, call "3" on line 2.
/// </summary>
public class LeaseTableTests
{
    private readonly LeaseTableDriver _lines = new();

    [Fact]
    public void A_call_gets_the_formulas_line_and_keeps_it_against_one_that_collides()
    {
        _lines.Run("2", Event).Line.Value.ShouldBe(1);
        _lines.Run("4", Event).Line.Value.ShouldBe(2);
        _lines.Run("2", Subscriber).Line.Value.ShouldBe(1);
    }

    [Fact]
    public void A_call_that_finds_its_line_taken_gets_the_one_that_was_not_used_for_longest()
    {
        var lines = new LeaseTableDriver(lines: 4);
        foreach (var call in (string[])["1", "2", "3"]) // On 2, 3 and 4.
        {
            lines.Prepare(call);
            lines.Run(call, Confirm);
        }

        lines.Run("0", Event).Line.Value.ShouldBe(1);
        lines.Run("4", Event).Line.Value.ShouldBe(2);
    }

    [Fact]
    public void The_commands_of_a_call_run_one_after_the_other_and_another_line_does_not_wait()
    {
        var first = _lines.Enter("2", Event);
        var second = _lines.Enter("2", Subscriber);
        VerdictOf(second).ShouldBeNull();
        VerdictOf(_lines.Enter("3", Event)).ShouldBe(LineVerdict.Granted);
        _lines.Complete(first);
        LineOf(second).ShouldBe(1);
    }

    [Fact]
    public void Without_a_free_line_calls_wait_in_the_order_of_arrival_until_a_confirm_was_answered()
    {
        _lines.Prepare("2");
        _lines.Prepare("3");
        var first = _lines.Enter("5", Event);
        var second = _lines.Enter("4", Event);
        _lines.Table.Count(_lines.Now).ShouldBe(new LeaseCounts(Busy: 0, Leased: 2, Resting: 0, Waiting: 2));
        _lines.Run("2", Confirm); // Line 1, which the second of those who wait would prefer.
        LineOf(first).ShouldBe(1);
        VerdictOf(second).ShouldBeNull();
        _lines.Run("3", Confirm, "ER7");
        LineOf(second).ShouldBe(2);
    }

    [Fact]
    public void Who_gives_up_does_not_hold_up_the_next()
    {
        var holders = new[] { _lines.Enter("2", Event), _lines.Enter("3", Event) };
        var hasty = _lines.Enter("4", Event);
        var patient = _lines.Enter("5", Event);
        _lines.Table.Leave(hasty, _lines.Now);
        VerdictOf(hasty).ShouldBe(LineVerdict.TooLate);
        _lines.Complete(holders[0], answer: null);
        _lines.Pass(60);
        LineOf(patient).ShouldBe(1);
        _lines.Table.Leave(patient, _lines.Now);
        _lines.Complete(patient);
    }

    [Fact]
    public void A_lease_idle_for_30_s_is_reclaimed_when_somebody_waits_the_longest_idle_first()
    {
        _lines.Prepare("3");
        _lines.Pass(1);
        _lines.Prepare("2");
        _lines.Pass(28.9);
        var waiting = _lines.Enter("4", Event);
        VerdictOf(waiting).ShouldBeNull();
        _lines.Table.NextChange(_lines.Now).ShouldBe(_lines.Now + TimeSpan.FromSeconds(0.1));
        _lines.Pass(0.1);
        LineOf(waiting).ShouldBe(2);
        _lines.Run("2", Confirm);
        VerdictOf(_lines.Enter("3", Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
    }

    [Fact]
    public void A_lease_is_not_reclaimed_while_a_line_is_free_or_a_command_runs()
    {
        _lines.Run("2", Event);
        _lines.Pass(30);
        var running = _lines.Enter("4", Event);
        LineOf(running).ShouldBe(2);
        var other = _lines.Enter("2", Subscriber);
        _lines.Pass(299);
        var waiting = _lines.Enter("6", Event);
        _lines.Pass(30);
        VerdictOf(waiting).ShouldBeNull();
        _lines.Complete(other);
        _lines.Pass(29.9);
        VerdictOf(waiting).ShouldBeNull();
    }

    [Fact]
    public void A_lease_idle_for_5_minutes_ends_by_itself_and_its_confirm_is_refused()
    {
        _lines.Prepare("2");
        _lines.Table.NextChange(_lines.Now).ShouldBe(_lines.Now + TimeSpan.FromMinutes(5));
        _lines.Pass(299);
        _lines.Table.Count(_lines.Now).Leased.ShouldBe(1);
        _lines.Pass(1);
        _lines.Table.Count(_lines.Now).Leased.ShouldBe(0);
        VerdictOf(_lines.Enter("2", Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
    }

    [Fact]
    public void A_line_that_did_not_answer_rests_for_60_s_and_the_call_starts_over_on_another()
    {
        var before = _lines.Run("2", Event);
        _lines.Run("2", Subscriber, answer: null).State.ShouldBe(LeaseState.Broken);
        _lines.Table.Count(_lines.Now).Resting.ShouldBe(1);
        var after = _lines.Run("2", Subscriber);
        (after.Line.Value, after.Id != before.Id, after.Named.MetFor(null)).ShouldBe((2, true, ConfirmPrerequisites.Subscriber));

        var waiting = _lines.Enter("4", Event);
        // Call 2 could be reclaimed then; it goes on instead.
        _lines.Table.NextChange(_lines.Now).ShouldBe(_lines.Now + TimeSpan.FromSeconds(30));
        _lines.Pass(29);
        _lines.Run("2", Event);
        _lines.Pass(20);
        _lines.Run("2", Event);
        _lines.Pass(10.9);
        VerdictOf(waiting).ShouldBeNull();
        _lines.Pass(0.1);
        LineOf(waiting).ShouldBe(1);
    }

    [Fact]
    public void Without_connid_there_is_no_line_unless_one_is_named() =>
        VerdictOf(_lines.Enter(null, Event)).ShouldBe(LineVerdict.NoLine);

    [Fact]
    public void Orders_without_connid_share_their_line_one_command_at_a_time_and_it_is_never_leased()
    {
        var lines = new LeaseTableDriver(lines: 1, noConnIdLine: 9);
        lines.Run("2", Event);
        var first = lines.Enter(null, Event);
        var second = lines.Enter(null, Subscriber);
        LineOf(first).ShouldBe(9);
        VerdictOf(second).ShouldBeNull();
        lines.Complete(first);
        lines.Complete(second);
        lines.Pass(29);
        lines.Run("2", Event);
        var waiting = lines.Enter("4", Event);
        lines.Pass(29.9);
        VerdictOf(waiting).ShouldBeNull();
        VerdictOf(lines.Enter(null, Confirm)).ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public void A_confirm_without_connid_needs_EV_and_EN_since_the_last_one_and_repeats_nothing()
    {
        var lines = new LeaseTableDriver(noConnIdLine: 9);
        lines.Prepare(null);
        lines.Run(null, Confirm);
        VerdictOf(lines.Enter(null, Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
        lines.Run(null, Event, answer: null);
        var waiting = lines.Enter(null, Event);
        VerdictOf(waiting).ShouldBeNull();
        lines.Pass(60);
        LineOf(waiting).ShouldBe(9);
    }
}
