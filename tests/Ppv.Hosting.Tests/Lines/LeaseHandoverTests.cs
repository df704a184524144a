using Ppv.Protocol;
using static Ppv.Hosting.Tests.LeaseTableDriver;
using static Ppv.Protocol.PpvCommandKind;

namespace Ppv.Hosting.Tests;

/// <summary>What a worker that takes over knows of the calls: everything after a good word, nothing without one.</summary>
public class LeaseHandoverTests
{
    private readonly LeaseTableDriver _lines = new(lines: 3);

    [Fact]
    public void A_call_goes_on_where_it_was_however_long_it_was_silent()
    {
        _lines.Run("2", Event);
        var lease = _lines.Prepare("5"); // On another line than the formula's.
        _lines.Pass(200);
        HandOver();
        _lines.Table.Count(_lines.Now).Leased.ShouldBe(2);
        var confirm = DecisionOf(_lines.Enter("5", Confirm));
        (confirm.Verdict, confirm.Line, confirm.Lease!.Id).ShouldBe((LineVerdict.Granted, lease.Line, lease.Id));
        VerdictOf(_lines.Enter("2", Confirm)).ShouldBe(LineVerdict.ConfirmRefused); // It never named a subscriber.
    }

    [Fact]
    public void A_repeated_confirm_gets_the_answer_that_the_one_before_had()
    {
        _lines.Prepare("2");
        _lines.Run("2", Confirm, "ER017");
        HandOver();
        var repeat = DecisionOf(_lines.Enter("2", Confirm));
        (repeat.Verdict, repeat.Lease!.Answer).ShouldBe((LineVerdict.ConfirmAnswered, "ER017"));
    }

    [Fact]
    public void A_call_that_wants_something_else_since_its_confirm_does_not_get_the_first_ones_answer()
    {
        _lines.Prepare("2");
        _lines.Run("2", Confirm);
        _lines.Run("2", Event);
        HandOver();
        VerdictOf(_lines.Enter("2", Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
        _lines.Run("2", Subscriber).FollowsAnother.ShouldBeTrue();
        VerdictOf(_lines.Enter("2", Confirm)).ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public void A_line_that_rests_goes_on_resting()
    {
        var line = _lines.Run("2", Event, answer: null).Line;
        HandOver();
        _lines.Table.Count(_lines.Now).Resting.ShouldBe(1);
        _lines.Run("2", Event).Line.ShouldNotBe(line);
        _lines.Pass(60);
        _lines.Table.Count(_lines.Now).Resting.ShouldBe(0);
    }

    [Theory]
    [InlineData(Event, LineVerdict.ConfirmRefused)]
    [InlineData(Confirm, LineVerdict.ConfirmUnknown)]
    public void A_command_that_still_runs_counts_as_one_without_an_answer(PpvCommandKind command, object verdict)
    {
        _lines.Prepare("2");
        _lines.Enter("2", command);
        HandOver();
        VerdictOf(_lines.Enter("2", Confirm)).ShouldBe((LineVerdict)verdict);
        _lines.Table.Count(_lines.Now).ShouldBe(new LeaseCounts(0, 0, 1, 0));
    }

    [Fact]
    public void A_call_whose_next_command_still_runs_follows_its_confirm_all_the_same()
    {
        _lines.Prepare("2");
        _lines.Run("2", Confirm);
        _lines.Enter("2", Event);
        HandOver();
        _lines.Run("2", Subscriber).FollowsAnother.ShouldBeTrue();
    }

    [Fact]
    public void What_is_handed_over_takes_the_place_of_everything_that_was_known()
    {
        _lines.Prepare("2");
        _lines.Table.Import(new LeaseSnapshot([], []), _lines.Now);
        VerdictOf(_lines.Enter("2", Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
    }

    [Fact]
    public void What_was_confirmed_first_is_forgotten_first()
    {
        foreach (var call in (string[])["3", "2"])
        {
            _lines.Prepare(call);
            _lines.Run(call, Confirm);
            _lines.Pass(100);
        }

        HandOver();
        _lines.Pass(100);
        (_lines.Knows("3"), _lines.Knows("2")).ShouldBe((false, true));
    }

    [Fact]
    public void A_lease_on_a_line_that_rests_is_not_taken_over()
    {
        var lease = _lines.Prepare("2");
        _lines.Succeed(new LeaseSnapshot([new CallSnapshot(lease, null, false)], [new RestingLine(lease.Line, _lines.Now.AddSeconds(60))]));
        _lines.Knows("2").ShouldBeFalse();
    }

    /// <summary>It would hold two lines, and nobody would ever get the one that it leaves.</summary>
    [Fact]
    public void A_command_that_waits_goes_on_the_line_that_is_handed_over_with_its_call()
    {
        var handedOver = _lines.Prepare("2");
        _lines.Restart();
        foreach (var call in (string[])["3", "4", "5"]) _lines.Run(call, Event);
        var waits = _lines.Enter("2", Event);

        _lines.Table.Import(new LeaseSnapshot([new CallSnapshot(handedOver, null, false)], []), _lines.Now);

        (DecisionOf(waits).Verdict, DecisionOf(waits).Line).ShouldBe((LineVerdict.Granted, handedOver.Line));
        _lines.Complete(waits);
        _lines.Table.Count(_lines.Now).Leased.ShouldBe(1);
        _lines.Pass(3600);
        _lines.Table.Count(_lines.Now).Leased.ShouldBe(0);
    }

    [Fact]
    public void Who_starts_over_believes_no_session_and_no_confirm()
    {
        _lines.Prepare("2");
        _lines.Prepare("3");
        _lines.Run("3", Confirm);
        _lines.Table.StartOver(_lines.Now);
        VerdictOf(_lines.Enter("2", Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
        VerdictOf(_lines.Enter("3", Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
        _lines.Table.Count(_lines.Now).Leased.ShouldBe(0);
    }

    [Fact]
    public void A_command_that_runs_while_its_worker_starts_over_keeps_its_line_and_counts_for_nothing()
    {
        _lines.Run("2", Event);
        var running = _lines.Enter("2", Subscriber);
        _lines.Table.StartOver(_lines.Now);
        _lines.Table.Count(_lines.Now).Busy.ShouldBe(1);
        _lines.Complete(running);
        _lines.Table.Count(_lines.Now).Leased.ShouldBe(0);
        _lines.Run("2", Event);
        VerdictOf(_lines.Enter("2", Confirm)).ShouldBe(LineVerdict.ConfirmRefused); // The EN was of before.
    }

    [Fact]
    public void A_confirm_that_runs_while_its_worker_starts_over_is_nobodys_answer_afterwards()
    {
        _lines.Prepare("2");
        var running = _lines.Enter("2", Confirm);
        _lines.Table.StartOver(_lines.Now);
        _lines.Complete(running);
        VerdictOf(_lines.Enter("2", Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
    }

    [Fact]
    public void After_a_start_in_which_nothing_is_believed_lines_without_an_answer_rest_all_the_same()
    {
        var broken = _lines.Run("2", Event, answer: null);
        var open = _lines.Prepare("3");
        var fresh = new LeaseTableDriver(lines: 3);
        fresh.Table.RestoreRests([broken, open], fresh.Now);
        fresh.Table.Count(fresh.Now).ShouldBe(new LeaseCounts(0, 0, 1, 0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"calls":[],"rests":[{"line":0,"until":"2026-01-01T00:00:00+00:00"}]}""")]
    [InlineData("""{"calls":[{"session":{"id":"a","call":"no call","line":1}}],"rests":[]}""")]
    [InlineData("""{"calls":[null],"rests":[]}""")]
    [InlineData("""{"calls":[],"rests":[null]}""")]
    [InlineData("""{"calls":[{"session":{"call":"4","line":1}}],"rests":[]}""")]
    [InlineData("""{"calls":[{"session":{"id":"a","call":"4","line":1,"state":77}}],"rests":[]}""")]
    public void What_is_no_handover_is_refused_as_a_whole(string text) =>
        Should.Throw<FormatException>(() => LeaseSnapshotJson.Read(System.Text.Encoding.UTF8.GetBytes(text)));

    private void HandOver() => _lines.Succeed(LeaseSnapshotJson.Read(LeaseSnapshotJson.ToBytes(_lines.Table.Export(_lines.Now))));
}
