using static Ppv.Hosting.Tests.LeaseTableDriver;
using static Ppv.Protocol.PpvCommandKind;

namespace Ppv.Hosting.Tests;

/// <summary>
/// What is over is over at whatever is asked next, also when nobody has told the table that time has passed; and it is forgotten.
/// </summary>
public class LeaseEndTests
{
    private readonly LeaseTableDriver _lines = new();

    [Fact]
    public void A_lease_that_was_idle_too_long_confirms_nothing()
    {
        _lines.Prepare("2");
        _lines.Prepare("3");
        _lines.PassUnseen(300);
        _lines.Knows("3").ShouldBeFalse();
        _lines.Prepare("4");
        _lines.PassUnseen(300);
        VerdictOf(_lines.Enter("4", Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
        _lines.Knows("4").ShouldBeFalse();
    }

    [Fact]
    public void A_lease_that_was_idle_too_long_is_not_handed_over()
    {
        _lines.Prepare("2");
        _lines.Run("3", Event, answer: null); // Its line rests for a minute.
        _lines.PassUnseen(60);
        _lines.Table.Export(_lines.Now).Rests.ShouldBeEmpty();
        _lines.PassUnseen(240);
        _lines.Table.Export(_lines.Now).Calls.ShouldBeEmpty();
    }

    [Fact]
    public void A_lease_that_was_idle_too_long_ends_when_another_calls_command_does()
    {
        _lines.Prepare("2");
        var running = _lines.Enter("3", Event);
        _lines.PassUnseen(300);
        _lines.Complete(running);
        _lines.Table.Count(_lines.Now).Leased.ShouldBe(1);
    }

    [Fact]
    public void Nothing_changes_next_at_a_moment_that_has_come()
    {
        _lines.Prepare("2");
        _lines.PassUnseen(300);
        _lines.Table.NextChange(_lines.Now).ShouldBeNull();
    }

    [Fact]
    public void Where_somebody_waits_the_end_of_a_rest_is_the_next_change()
    {
        var lines = new LeaseTableDriver(lines: 1);
        lines.Run("2", Event, answer: null);
        lines.Enter("4", Event);
        lines.Table.NextChange(lines.Now).ShouldBe(lines.Now.AddSeconds(60));
    }

    [Fact]
    public void Of_two_that_are_idle_long_enough_the_longer_one_makes_room_and_is_forgotten()
    {
        _lines.Prepare("3"); // On line 2.
        _lines.Pass(1);
        _lines.Prepare("2");
        _lines.Pass(40);
        LineOf(_lines.Enter("4", Event)).ShouldBe(2);
        (_lines.Knows("3"), _lines.Knows("2")).ShouldBe((false, true));
    }

    [Fact]
    public void An_ended_call_is_known_for_as_long_as_its_confirm_may_be_repeated()
    {
        _lines.Prepare("2");
        _lines.Run("2", Confirm);
        _lines.Pass(299);
        _lines.Knows("2").ShouldBeTrue();
        _lines.Pass(1);
        _lines.Knows("2").ShouldBeFalse();
    }

    [Fact]
    public void The_end_of_an_earlier_lease_does_not_forget_the_answer_of_a_later_one()
    {
        _lines.Prepare("2");
        _lines.Run("2", Confirm);
        _lines.Pass(100);
        _lines.Prepare("2");
        _lines.Run("2", Confirm, "ER7");
        _lines.Pass(200);
        DecisionOf(_lines.Enter("2", Confirm)).Lease!.Answer.ShouldBe("ER7");
    }

    [Fact]
    public void Nothing_is_kept_of_a_call_that_was_refused()
    {
        VerdictOf(_lines.Enter("7", Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
        _lines.Knows("7").ShouldBeFalse();
    }

    [Fact]
    public void A_late_command_is_told_what_is_known_of_its_calls_confirm_and_nothing_older()
    {
        _lines.Prepare("2");
        _lines.Run("2", Confirm);
        _lines.EnterLate(null, Confirm).ShouldBe(LineVerdict.TooLate);
        _lines.EnterLate("2", Confirm).ShouldBe(LineVerdict.ConfirmAnswered);
        _lines.PassUnseen(300);
        _lines.EnterLate("2", Confirm).ShouldBe(LineVerdict.ConfirmRefused);
    }

    [Fact]
    public void A_late_EV_is_what_the_call_asked_for_last()
    {
        _lines.Prepare("2");
        _lines.Run("2", Confirm);
        _lines.EnterLate("2", Event).ShouldBe(LineVerdict.TooLate);
        _lines.EnterLate("2", Confirm).ShouldBe(LineVerdict.ConfirmRefused);
        _lines.Prepare("3");
        _lines.EnterLate("3", Subscriber).ShouldBe(LineVerdict.TooLate);
        DecisionOf(_lines.Enter("3", Confirm)).Missing.ShouldBe(ConfirmPrerequisites.Subscriber);
        _lines.EnterLate("5", Event).ShouldBe(LineVerdict.TooLate);
        _lines.Knows("5").ShouldBeFalse();
    }

    [Fact]
    public void A_late_confirm_behind_another_command_is_only_late()
    {
        _lines.Enter("2", Event);
        _lines.EnterLate("2", Confirm).ShouldBe(LineVerdict.TooLate);
    }

    [Fact]
    public void A_confirm_that_was_given_up_keeps_the_next_one_from_nothing()
    {
        var lines = new LeaseTableDriver(lines: 1);
        lines.Enter("2", Event);
        lines.Enter("4", Event);
        var (first, second) = (lines.Enter("4", Confirm), lines.Enter("4", Confirm));
        lines.Table.Leave(first, lines.Now);
        lines.Table.Leave(second, lines.Now);
        (VerdictOf(first), VerdictOf(second)).ShouldBe((LineVerdict.TooLate, LineVerdict.TooLate));
    }

    [Fact]
    public void Who_starts_over_keeps_no_call_and_gives_the_lines_to_those_who_wait()
    {
        var lines = new LeaseTableDriver(lines: 1);
        lines.Prepare("2");
        var waiting = lines.Enter("4", Event);
        lines.Table.StartOver(lines.Now);
        LineOf(waiting).ShouldBe(1);
        lines.Knows("2").ShouldBeFalse();
    }

    [Fact]
    public void After_a_restart_a_call_has_one_line_and_what_was_too_old_is_not_kept()
    {
        var first = _lines.Prepare("2");
        var old = _lines.Prepare("3");
        _lines.Pass(1);
        _lines.Restart(first, first with { Id = "b", Line = new Protocol.LineNumber(2), LastActivity = _lines.Now });
        _lines.Table.Count(_lines.Now).Leased.ShouldBe(1);

        _lines.Pass(40);
        _lines.Restart(old);
        _lines.Knows("3").ShouldBeFalse();
    }

    [Fact]
    public void After_a_start_in_which_nothing_is_believed_each_line_rests_from_its_own_moment_on()
    {
        var lines = new LeaseTableDriver(lines: 4);
        var open = lines.Prepare("1");
        var (broken, unknown) = (open with { State = LeaseState.Broken }, open with { State = LeaseState.Unknown });
        lines.Pass(20);
        var fresh = new LeaseTable(lines.Options);
        fresh.RestoreRests(
        [
            open, At(1, broken), At(2, unknown), At(3, open with { State = LeaseState.Confirming }),
            At(4, open with { State = LeaseState.Answered }),
        ], lines.Now);

        fresh.Export(lines.Now).Rests.ShouldBe(
            [Rest(1, 40), Rest(2, 40), Rest(3, 60)]); // A confirm may have been on its way until now.

        static Lease At(int line, Lease lease) => lease with { Line = new Protocol.LineNumber(line) };

        RestingLine Rest(int line, int seconds) => new(new Protocol.LineNumber(line), lines.Now.AddSeconds(seconds));
    }
}
