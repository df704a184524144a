using Ppv.Protocol;
using static Ppv.Hosting.Tests.LeaseTableDriver;

namespace Ppv.Hosting.Tests;

/// <summary>Nobody keeps the lines, or the room to wait for one, from everybody else; and calls in progress come first.</summary>
public class LineSharesTests
{
    [Fact]
    public void A_call_that_sends_for_ever_gives_its_line_to_whoever_waits_when_its_time_is_over()
    {
        var lines = new LeaseTableDriver(lines: 1);
        for (var second = 0; second < 600; second += 25)
        {
            lines.Run("1", PpvCommandKind.Event);
            lines.Pass(25);
        }

        lines.Run("1", PpvCommandKind.Event);
        var other = lines.Enter("2", PpvCommandKind.Event);

        LineOf(other).ShouldBe(1);
        DecisionOf(other).Lease!.MustBeRecorded.ShouldBeTrue("a crash would give the line back to the first one");
    }

    [Fact]
    public void While_nobody_waits_a_call_keeps_its_line_for_as_long_as_it_sends()
    {
        var lines = new LeaseTableDriver(lines: 1);
        for (var minute = 0; minute < 30; minute++)
        {
            lines.Prepare("1");
            lines.Pass(60);
        }

        VerdictOf(lines.Enter("1", PpvCommandKind.Confirm)).ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public void A_call_that_never_pauses_gives_its_line_away_too()
    {
        var lines = new LeaseTableDriver(lines: 1);
        var under = lines.Enter("1", PpvCommandKind.Event);
        lines.PassUnseen(601);
        var other = lines.Enter("2", PpvCommandKind.Event);
        var next = lines.Enter("1", PpvCommandKind.Event);

        lines.Complete(under);

        LineOf(other).ShouldBe(1);
        DecisionOf(other).Lease!.MustBeRecorded.ShouldBeTrue("a crash would give the line back to the first one");
        next.IsDecided.ShouldBeFalse("it waits as all others do");
    }

    /// <summary>Who always has commands queued would get the same line back, and for all its time.</summary>
    [Fact]
    public void Nor_do_commands_that_it_sent_before_the_others_came_keep_its_line()
    {
        var lines = new LeaseTableDriver(lines: 1);
        var under = lines.Enter("1", PpvCommandKind.Event);
        LineRequest[] queued = [lines.Enter("1", PpvCommandKind.Event), lines.Enter("1", PpvCommandKind.Subscriber)];
        lines.PassUnseen(601);
        var other = lines.Enter("2", PpvCommandKind.Event);

        lines.Complete(under);
        lines.Table.Leave(queued[0], lines.Now);

        LineOf(other).ShouldBe(1);
        queued[1].IsDecided.ShouldBeFalse();
    }

    [Fact]
    public void The_confirm_of_a_call_whose_time_is_over_is_sent_all_the_same()
    {
        var lines = new LeaseTableDriver(lines: 1);
        lines.Prepare("1");
        var under = lines.Enter("1", PpvCommandKind.Subscriber);
        var confirm = lines.Enter("1", PpvCommandKind.Confirm);
        lines.PassUnseen(601);
        lines.Enter("2", PpvCommandKind.Event);

        lines.Complete(under);

        VerdictOf(confirm).ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public void A_client_that_is_alone_may_take_all_lines()
    {
        var lines = new LeaseTableDriver(lines: 8);
        for (var call = 1; call <= 8; call++) lines.Run($"{call}~a", PpvCommandKind.Event);
    }

    [Fact]
    public void A_client_among_others_leaves_a_quarter_of_the_lines_to_them()
    {
        var lines = new LeaseTableDriver(lines: 8);
        lines.Run("1~b", PpvCommandKind.Event);
        for (var call = 1; call <= 6; call++) lines.Run($"{call}~a", PpvCommandKind.Event);

        lines.Enter("7~a", PpvCommandKind.Event).IsDecided.ShouldBeFalse();
        VerdictOf(lines.Enter("2~b", PpvCommandKind.Event)).ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public void Who_took_all_lines_while_it_was_alone_gives_those_beyond_its_share_to_the_next_client()
    {
        var lines = new LeaseTableDriver(lines: 8);
        for (var call = 1; call <= 8; call++)
        {
            lines.Prepare($"{call}~a");
            lines.Pass(1);
        }

        for (var call = 1; call <= 2; call++) VerdictOf(lines.Enter($"{call}~b", PpvCommandKind.Event)).ShouldBe(LineVerdict.Granted);
        lines.Enter("3~b", PpvCommandKind.Event).IsDecided.ShouldBeFalse("the others are the first one's share");
        VerdictOf(lines.Enter("8~a", PpvCommandKind.Confirm)).ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public void A_line_that_comes_free_goes_to_the_first_one_who_waits_and_has_not_reached_its_share()
    {
        var lines = new LeaseTableDriver(lines: 4);
        lines.Prepare("1~b");
        for (var call = 1; call <= 3; call++) lines.Run($"{call}~a", PpvCommandKind.Event);
        var (beyond, other) = (lines.Enter("4~a", PpvCommandKind.Event), lines.Enter("2~b", PpvCommandKind.Event));

        lines.Run("1~b", PpvCommandKind.Confirm);

        LineOf(other).ShouldNotBeNull();
        beyond.IsDecided.ShouldBeFalse();
    }

    [Fact]
    public void A_client_that_has_its_share_gives_a_line_that_its_call_does_not_use_to_its_next_one()
    {
        var lines = new LeaseTableDriver(lines: 4);
        lines.Run("1~b", PpvCommandKind.Event);
        for (var call = 1; call <= 3; call++) lines.Run($"{call}~a", PpvCommandKind.Event);
        var next = lines.Enter("4~a", PpvCommandKind.Event);

        lines.Pass(29);
        next.IsDecided.ShouldBeFalse();
        lines.Pass(1);
        VerdictOf(next).ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public void A_client_that_was_not_heard_of_for_five_minutes_takes_no_line_from_who_is_left()
    {
        var lines = new LeaseTableDriver(lines: 4);
        lines.Run("1~b", PpvCommandKind.Event);
        lines.Pass(301);
        for (var call = 1; call <= 4; call++) lines.Run($"{call}~a", PpvCommandKind.Event);
    }

    /// <summary>Each of them would be a record on disk.</summary>
    [Fact]
    public void A_flood_of_commands_that_are_not_sent_takes_away_once()
    {
        var lines = new LeaseTableDriver(lines: 1);
        lines.Prepare("1");
        var under = lines.Enter("1", PpvCommandKind.Subscriber);

        lines.Told("1", PpvCommandKind.Event).ShouldBeTrue();
        for (var i = 0; i < 3; i++) lines.Told("1", PpvCommandKind.Event).ShouldBeFalse();
        lines.Complete(under);
        VerdictOf(lines.Enter("1", PpvCommandKind.Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
    }

    /// <summary>The confirm between them may buy, and the call wants something else than that afterwards.</summary>
    [Fact]
    public void What_takes_away_behind_a_confirm_counts_though_the_same_was_said_before_it()
    {
        var lines = new LeaseTableDriver(lines: 1);
        lines.Options.RequiredBeforeConfirm = ConfirmPrerequisites.Subscriber;
        lines.Prepare("1");
        var under = lines.Enter("1", PpvCommandKind.Subscriber);
        lines.Told("1", PpvCommandKind.Event).ShouldBeTrue();
        var confirm = lines.Enter("1", PpvCommandKind.Confirm);
        lines.Told("1", PpvCommandKind.Event).ShouldBeTrue();

        lines.Complete(under);
        VerdictOf(confirm).ShouldBe(LineVerdict.Granted);
        lines.Complete(confirm);

        VerdictOf(lines.Enter("1", PpvCommandKind.Confirm)).ShouldBe(LineVerdict.ConfirmRefused, "it repeats nothing");
    }

    /// <summary>At most one of the two can be what the line has; and what only waits to be counted takes nobody's room.</summary>
    [Fact]
    public void Two_orders_that_are_told_OK_again_in_turn_take_away_and_take_no_room()
    {
        var lines = new LeaseTableDriver(lines: 1, room: 3);
        lines.Prepare("1");
        lines.Enter("2", PpvCommandKind.Event).IsDecided.ShouldBeFalse();
        var (a, b) = (TestOrders.Of("2", PpvCommandKind.Subscriber), TestOrders.Of("2", PpvCommandKind.Subscriber));
        for (var i = 0; i < 5; i++)
        {
            lines.Table.Told(a, isOk: true, lines.Now).ShouldBe(i == 0);
            lines.Table.Told(b, isOk: true, lines.Now).ShouldBe(i == 0);
        }

        lines.Enter("3", PpvCommandKind.Event).IsDecided.ShouldBeFalse("there is room");
    }

    [Fact]
    public void A_call_is_not_ended_for_who_can_not_have_its_line()
    {
        var lines = new LeaseTableDriver(lines: 4);
        lines.Run("1~b", PpvCommandKind.Event);
        for (var call = 1; call <= 3; call++) lines.Run($"{call}~a", PpvCommandKind.Event);
        for (var second = 0; second < 600; second += 25)
        {
            lines.Pass(25);
            lines.Run("1~b", PpvCommandKind.Event);
            for (var call = 1; call <= 3; call++) lines.Run($"{call}~a", PpvCommandKind.Event);
        }

        var under = Enumerable.Range(1, 3).Select(call => lines.Enter($"{call}~a", PpvCommandKind.Event)).ToList();
        lines.Enter("4~a", PpvCommandKind.Event).IsDecided.ShouldBeFalse();
        VerdictOf(lines.Enter("1~b", PpvCommandKind.Subscriber)).ShouldBe(LineVerdict.Granted, "whoever waits has its share");
        under.ShouldAllBe(request => request.IsGranted);
    }

    [Fact]
    public void When_the_other_clients_are_gone_whoever_waits_at_its_share_gets_a_line()
    {
        var lines = new LeaseTableDriver(lines: 4);
        lines.Run("1~b", PpvCommandKind.Event);
        lines.Pass(280);
        for (var call = 1; call <= 3; call++) lines.Run($"{call}~a", PpvCommandKind.Event);
        var next = lines.Enter("4~a", PpvCommandKind.Event);
        next.IsDecided.ShouldBeFalse();

        var change = lines.Table.NextChange(lines.Now).ShouldNotBeNull();
        lines.Pass((change - lines.Now).TotalSeconds);

        VerdictOf(next).ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public void The_commands_of_calls_that_wait_are_counted_and_not_the_calls()
    {
        var lines = new LeaseTableDriver(lines: 1, room: 4);
        lines.Prepare("1");
        for (var i = 0; i < 4; i++) lines.Enter("2", PpvCommandKind.Event).IsDecided.ShouldBeFalse();
        VerdictOf(lines.Enter("3", PpvCommandKind.Event)).ShouldBe(LineVerdict.NoRoom);
    }

    [Fact]
    public void When_as_many_wait_as_may_a_new_call_is_turned_away_and_a_call_with_a_line_goes_on()
    {
        var lines = new LeaseTableDriver(lines: 1, room: 3);
        lines.Prepare("1");
        for (var call = 2; call <= 4; call++) lines.Enter($"{call}", PpvCommandKind.Event).IsDecided.ShouldBeFalse();

        VerdictOf(lines.Enter("5", PpvCommandKind.Event)).ShouldBe(LineVerdict.NoRoom);
        lines.Knows("5").ShouldBeFalse();
        lines.Run("1", PpvCommandKind.Subscriber);
        lines.Run("1", PpvCommandKind.Confirm);
    }

    [Fact]
    public void One_client_leaves_room_to_wait_for_others()
    {
        var lines = new LeaseTableDriver(lines: 1, room: 4);
        lines.Prepare("1~b");
        for (var call = 2; call <= 4; call++) lines.Enter($"{call}~a", PpvCommandKind.Event).IsDecided.ShouldBeFalse();

        VerdictOf(lines.Enter("5~a", PpvCommandKind.Event)).ShouldBe(LineVerdict.NoRoom);
        lines.Enter("2~b", PpvCommandKind.Event).IsDecided.ShouldBeFalse();
    }

    [Fact]
    public void A_call_that_sends_without_waiting_for_answers_is_turned_away_and_loses_what_it_had_named()
    {
        var lines = new LeaseTableDriver(lines: 1);
        lines.Prepare("1");
        var under = Enumerable.Range(0, 8).Select(_ => lines.Enter("1", PpvCommandKind.Subscriber)).ToList();

        VerdictOf(lines.Enter("1", PpvCommandKind.Event)).ShouldBe(LineVerdict.NoRoom);
        foreach (var request in under) lines.Complete(request);

        VerdictOf(lines.Enter("1", PpvCommandKind.Confirm)).ShouldBe(LineVerdict.ConfirmRefused);
    }
}
