using static Ppv.Hosting.Tests.LeaseTableDriver;
using static Ppv.Protocol.PpvCommandKind;

namespace Ppv.Hosting.Tests;

/// <summary>What a worker knows of its calls after a restart.</summary>
public class LeaseRestoreTests
{
    private readonly LeaseTableDriver _lines = new();

    [Fact]
    public void A_call_finds_its_line_and_what_was_answered_there()
    {
        _lines.Run("2", Event);
        var lease = _lines.Run("4", Event); // On line 2, which the formula would not choose.
        _lines.Restart(lease);
        var after = _lines.Run("4", Subscriber);
        (after.Id, after.Line.Value).ShouldBe((lease.Id, 2));
        VerdictOf(_lines.Enter("4", Confirm)).ShouldBe(LineVerdict.Granted);
    }

    [Theory]
    [InlineData(60, 29, true)]
    [InlineData(60, 30, false)] // Given away as idle.
    [InlineData(5, 4, true)]
    [InlineData(5, 5, false)] // Given away after a command without an answer, of which a stalled disk had no record.
    public void A_session_whose_line_another_call_may_have_had_meanwhile_is_over(int lineRest, int seconds, bool isGranted)
    {
        _lines.Options.LineRest = TimeSpan.FromSeconds(lineRest);
        var lease = _lines.Prepare("2");
        _lines.Pass(seconds);
        _lines.Restart(lease);
        VerdictOf(_lines.Enter("2", Confirm)).ShouldBe(isGranted ? LineVerdict.Granted : LineVerdict.ConfirmRefused);
    }

    [Fact]
    public void Of_two_calls_on_a_line_and_two_leases_of_a_call_the_later_one_counts()
    {
        var first = _lines.Prepare("2");
        _lines.Pass(1);
        var second = first with { ConnectionId = Protocol.ConnectionId.Parse("4"), Id = "b", LastActivity = _lines.Now };
        _lines.Restart(second, first);
        VerdictOf(_lines.Enter("2", Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
        VerdictOf(_lines.Enter("4", Confirm)).ShouldBe(LineVerdict.Granted);

        _lines.Restart(first with { State = LeaseState.Answered, Answer = "OK" },
            first with { Id = "b", LastActivity = _lines.Now, Named = first.Named with { Subscriber = null } });
        VerdictOf(_lines.Enter("2", Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
    }

    [Fact]
    public void A_confirm_on_its_way_when_the_worker_died_is_unknown_and_its_line_rests_from_now_on()
    {
        _lines.Prepare("2");
        var lease = DecisionOf(_lines.Enter("2", Confirm)).Lease!;
        lease.State.ShouldBe(LeaseState.Confirming);
        _lines.Pass(100);
        _lines.Restart(lease);
        VerdictOf(_lines.Enter("2", Confirm)).ShouldBe(LineVerdict.ConfirmUnknown);
        _lines.Run("4", Event).Line.Value.ShouldBe(2);
        _lines.Table.Count(_lines.Now).Resting.ShouldBe(1);
    }

    [Fact]
    public void Answers_outcomes_and_rests_are_kept_for_as_long_as_without_a_restart()
    {
        _lines.Prepare("2");
        var answered = _lines.Run("2", Confirm, "ER7");
        _lines.Prepare("3");
        var unknown = _lines.Run("3", Confirm, answer: null);
        var broken = _lines.Run("4", Event, answer: null);
        _lines.Pass(59);
        _lines.Restart(answered, unknown, broken);
        DecisionOf(_lines.Enter("2", Confirm)).Lease!.Answer.ShouldBe("ER7");
        VerdictOf(_lines.Enter("3", Confirm)).ShouldBe(LineVerdict.ConfirmUnknown);
        _lines.Table.Count(_lines.Now).Resting.ShouldBe(2);
        _lines.Pass(1);
        _lines.Table.Count(_lines.Now).Resting.ShouldBe(0);
        _lines.Pass(240);
        VerdictOf(_lines.Enter("2", Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
    }

    [Fact]
    public void What_was_left_by_orders_without_connid_or_on_a_line_that_is_none_any_more_is_not_taken_up()
    {
        var lines = new LeaseTableDriver(noConnIdLine: 9);
        var shared = lines.Prepare(null);
        var elsewhere = lines.Prepare("2") with { Line = new Protocol.LineNumber(5) };
        lines.Restart(shared, elsewhere);
        lines.Table.Count(lines.Now).Leased.ShouldBe(0);
        VerdictOf(lines.Enter(null, Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
        VerdictOf(lines.Enter("2", Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
    }
}
