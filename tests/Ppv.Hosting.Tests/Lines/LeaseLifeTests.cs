using Ppv.Protocol;
using static Ppv.Hosting.Tests.LeaseTableDriver;
using static Ppv.Protocol.PpvCommandKind;

namespace Ppv.Hosting.Tests;

/// <summary>When a confirm may be sent, and what a repeated one is answered.</summary>
public class LeaseLifeTests
{
    private readonly LeaseTableDriver _lines = new();

    private LineDecision ConfirmDecision(string call = "2") => DecisionOf(_lines.Enter(call, Confirm));

    [Fact]
    public void A_confirm_needs_this_calls_EV_and_EN_and_says_which_is_missing()
    {
        ConfirmDecision().Missing.ShouldBe(ConfirmPrerequisites.Both);
        _lines.Run("2", Event);
        ConfirmDecision().Missing.ShouldBe(ConfirmPrerequisites.Subscriber);
        _lines.Run("2", Subscriber, "ER1");
        ConfirmDecision().Missing.ShouldBe(ConfirmPrerequisites.Subscriber);
        _lines.Run("2", Subscriber);
        ConfirmDecision().Verdict.ShouldBe(LineVerdict.Granted);
    }

    [Theory]
    [InlineData("ER1")]
    [InlineData("")]
    [InlineData("ok")]
    public void A_command_that_is_not_answered_OK_takes_back_the_one_before(string answer)
    {
        _lines.Prepare("2");
        _lines.Run("2", Event, answer);
        ConfirmDecision().Missing.ShouldBe(ConfirmPrerequisites.Event);
    }

    [Fact]
    public void So_does_one_that_was_not_sent_or_given_up()
    {
        _lines.Prepare("2");
        _lines.Table.Complete(_lines.Enter("2", Event), CommandEnd.NotSent, null, _lines.Now).Named.MetFor(null).ShouldBe(
            ConfirmPrerequisites.Subscriber);
        var running = _lines.Enter("2", Event);
        _lines.Table.Leave(_lines.Enter("2", Event), _lines.Now);
        var confirm = _lines.Enter("2", Confirm);
        _lines.Complete(running);
        DecisionOf(confirm).Missing.ShouldBe(ConfirmPrerequisites.Event);
    }

    [Theory]
    [InlineData(ConfirmPrerequisites.Event, Event)]
    [InlineData(ConfirmPrerequisites.Subscriber, Subscriber)]
    public void What_is_required_is_an_option(ConfirmPrerequisites required, PpvCommandKind command)
    {
        _lines.Options.RequiredBeforeConfirm = required;
        ConfirmDecision().Missing.ShouldBe(required);
        _lines.Run("2", command);
        ConfirmDecision().Verdict.ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public void With_nothing_required_a_confirm_takes_a_line_of_its_own()
    {
        _lines.Options.RequiredBeforeConfirm = ConfirmPrerequisites.None;
        ConfirmDecision().Line.ShouldBe(new LineNumber(1));
    }

    [Theory]
    [InlineData("OK")]
    [InlineData("ER7")]
    public void A_repeated_confirm_waits_for_the_first_and_gets_its_answer_for_5_minutes(string answer)
    {
        _lines.Prepare("2");
        var first = _lines.Enter("2", Confirm);
        var second = _lines.Enter("2", Confirm);
        VerdictOf(second).ShouldBeNull();
        _lines.Complete(first, answer);
        (DecisionOf(second).Verdict, DecisionOf(second).Lease!.Answer).ShouldBe((LineVerdict.ConfirmAnswered, answer));
        _lines.Pass(299);
        ConfirmDecision().Lease!.Answer.ShouldBe(answer);
        _lines.Pass(1);
        ConfirmDecision().Verdict.ShouldBe(LineVerdict.ConfirmRefused);
    }

    [Fact]
    public void A_confirm_past_its_deadline_is_told_what_is_known_of_the_calls_confirm_and_changes_nothing()
    {
        LineVerdict Late() => _lines.EnterLate("2", Confirm);

        Late().ShouldBe(LineVerdict.ConfirmRefused);
        _lines.Prepare("2");
        Late().ShouldBe(LineVerdict.TooLate);
        var first = _lines.Enter("2", Confirm);
        VerdictOf(first).ShouldBe(LineVerdict.Granted);
        Late().ShouldBe(LineVerdict.ConfirmPending);
        _lines.Complete(first, "OK");
        Late().ShouldBe(LineVerdict.ConfirmAnswered);
        _lines.Prepare("2");
        Late().ShouldBe(LineVerdict.TooLate);
        _lines.Complete(_lines.Enter("2", Confirm), answer: null);
        Late().ShouldBe(LineVerdict.ConfirmUnknown);
    }

    [Fact]
    public void A_repeated_confirm_that_gives_up_waiting_for_the_first_is_not_called_unexecuted()
    {
        _lines.Prepare("2");
        _lines.Enter("2", Confirm);
        var second = _lines.Enter("2", Confirm);
        var third = _lines.Enter("2", Confirm);
        _lines.Table.Leave(second, _lines.Now);
        _lines.Table.Leave(third, _lines.Now);
        VerdictOf(second).ShouldBe(LineVerdict.ConfirmPending);
        VerdictOf(third).ShouldBe(LineVerdict.ConfirmPending);
        _lines.Enter("2", Event);
        var next = _lines.Enter("2", Confirm);
        _lines.Table.Leave(next, _lines.Now);
        VerdictOf(next).ShouldBe(LineVerdict.TooLate);
    }

    [Fact]
    public void A_confirm_that_was_not_answered_stays_unknown_and_its_line_rests()
    {
        var lease = _lines.Prepare("2");
        _lines.Run("2", Confirm, answer: null).State.ShouldBe(LeaseState.Unknown);
        var repeated = ConfirmDecision();
        (repeated.Verdict, repeated.Lease!.Id).ShouldBe((LineVerdict.ConfirmUnknown, lease.Id));
        _lines.Run("4", Event).Line.Value.ShouldBe(2);
    }

    [Theory]
    [InlineData("OK")]
    [InlineData(null)]
    public void After_the_confirm_another_command_starts_a_new_session_whose_confirm_needs_its_own_EV_and_EN(string? answer)
    {
        var first = _lines.Prepare("2");
        _lines.Run("2", Confirm, answer);
        _lines.Run("2", Event).Id.ShouldNotBe(first.Id);
        ConfirmDecision().Missing.ShouldBe(ConfirmPrerequisites.Subscriber);
        _lines.Run("2", Subscriber);
        ConfirmDecision().Verdict.ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public void The_first_purchases_answer_is_not_given_to_a_call_that_wanted_another_event()
    {
        _lines.Prepare("2");
        var confirm = _lines.Enter("2", Confirm);
        _lines.Table.Leave(_lines.Enter("2", Event), _lines.Now);
        var next = _lines.Enter("2", Confirm);
        _lines.Complete(confirm);
        VerdictOf(next).ShouldBe(LineVerdict.ConfirmRefused);
    }

    [Fact]
    public void A_confirm_that_was_not_sent_may_be_tried_again()
    {
        _lines.Prepare("2");
        _lines.Table.Complete(_lines.Enter("2", Confirm), CommandEnd.NotSent, null, _lines.Now).State.ShouldBe(LeaseState.Open);
        ConfirmDecision().Verdict.ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public void The_memory_of_answered_confirms_is_bounded()
    {
        for (var call = 0; call <= EndedLeases.Max; call++)
        {
            _lines.Prepare($"{call:x8}");
            _lines.Run($"{call:x8}", Confirm);
        }

        _lines.Table.Advance(_lines.Now);
        ConfirmDecision("00000000").Verdict.ShouldBe(LineVerdict.ConfirmRefused);
        ConfirmDecision("00000001").Verdict.ShouldBe(LineVerdict.ConfirmAnswered);
    }

    [Fact]
    public void A_session_is_marked_as_following_a_confirm_even_if_the_call_gave_up_one_command_in_between()
    {
        _lines.Prepare("2");
        _lines.Run("2", Confirm);
        _lines.Prepare("3");
        _lines.Prepare("5");
        _lines.Table.Leave(_lines.Enter("2", Event), _lines.Now);
        _lines.Run("3", Confirm);
        _lines.Run("2", Event).FollowsAnother.ShouldBeTrue();
        _lines.Run("2", Subscriber).FollowsAnother.ShouldBeTrue();

        _lines.Pass(_lines.Options.LeaseIdle.TotalSeconds);
        _lines.Run("2", Event).FollowsAnother.ShouldBeFalse("nobody would take a confirm for a repeat of one that is this old");
    }

    [Fact]
    public void So_is_one_that_follows_a_session_that_ended_without_an_answer()
    {
        _lines.Prepare("2");
        _lines.Run("2", Event, null);
        _lines.Run("2", Event).FollowsAnother.ShouldBeTrue();
        _lines.Run("2", Subscriber).FollowsAnother.ShouldBeTrue();
        ConfirmDecision().Verdict.ShouldBe(LineVerdict.Granted);
    }
}
