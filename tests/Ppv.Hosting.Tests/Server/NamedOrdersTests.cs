using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>
/// A confirm buys only what its call asked for last, under whatever id, was told OK for, and has named under the confirm's own subject;
/// also after a restart and a hand-over.
/// </summary>
public sealed class NamedOrdersTests : IDisposable
{
    private static readonly TimeSpan Bound = Hang.Limit;
    private readonly LeasedWorker _worker = new();

    public static TheoryData<Between> Betweens { get; } = [Between.Nothing, Between.Restart, Between.HandOver];

    public void Dispose() => _worker.Dispose();

    [Theory]
    [MemberData(nameof(Betweens))]
    public async Task What_was_named_last_and_told_OK_is_bought(Between between)
    {
        await _worker.SendAsync(Call, "EV", "1", "e1");
        await _worker.SendAsync(Call, "EV", "2", "e2");
        await _worker.SubscriberAsync();
        (await _worker.SendAsync(Call, "EV", "2", "e2", possibleDuplicate: true)).ShouldSay("OK\r"); // It is what the line has.
        await _worker.GoOnAsync(between);
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
        _worker.Sent.Last(sent => sent.Contains("EV=", StringComparison.Ordinal)).ShouldEndWith("EV=2");
    }

    [Theory]
    [MemberData(nameof(Betweens))]
    public async Task What_was_asked_for_after_a_confirm_makes_no_repeat_of_the_next_one(Between between)
    {
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync(id: "u1")).ShouldSay("OK\r");
        (await _worker.SendAsync(Call, "EV", "2", seconds: 0)).ShouldSay("ER444", RpcOutcome.NotExecuted);
        await _worker.GoOnAsync(between);

        (await _worker.ConfirmAsync(id: "u2")).Outcome.ShouldNotBe(RpcOutcome.Completed, "only the first event was bought");
        _worker.UpsSent.ShouldBe(1);
    }

    [Fact]
    public async Task A_confirm_that_another_worker_may_have_had_is_not_told_what_the_call_has_bought_since()
    {
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync(id: "u2")).ShouldSay("OK\r");

        var again = await _worker.SendAsync(Call, "CONFIRM", "UP", "u1", possibleDuplicate: true);

        again.Outcome.ShouldBe(RpcOutcome.Unknown);
        _worker.UpsSent.ShouldBe(1);
    }

    [Fact]
    public async Task A_confirm_that_is_not_sent_because_another_worker_may_have_had_it_leaves_its_line_to_others()
    {
        await _worker.PrepareAsync();
        (await _worker.SendAsync(Call, "CONFIRM", "UP", "u1", possibleDuplicate: true)).Outcome.ShouldBe(RpcOutcome.Unknown);

        _worker.Lines.Counts.ShouldBe(new LeaseCounts(0, 0, 0, 0));
        (await _worker.ConfirmAsync(id: "u2")).Outcome.ShouldBe(RpcOutcome.Unknown, "it may repeat the other one");
        _worker.UpsSent.ShouldBe(0);
    }

    [Theory]
    [InlineData("EV", Between.Nothing)]
    [InlineData("EN", Between.Nothing)]
    [InlineData("EV", Between.Restart)]
    [InlineData("EN", Between.Restart)]
    [InlineData("EV", Between.HandOver)]
    public async Task Not_behind_one_that_came_too_late(string command, Between between)
    {
        await _worker.PrepareAsync();
        (await _worker.SendAsync(Call, command, "2", seconds: 0)).ShouldSay("ER444", RpcOutcome.NotExecuted);
        await ShouldBeRefusedAsync(between);
    }

    [Theory]
    [MemberData(nameof(Betweens))]
    public async Task Not_behind_one_that_was_not_sent(Between between)
    {
        await _worker.PrepareAsync();
        var answer = _worker.Wizard.Answer;
        _worker.Wizard.Answer = (_, _) => throw new WizardException(WizardFailure.NotSent, "Wizard is away.");
        (await _worker.EventAsync(number: "2")).ShouldSay("ER444", RpcOutcome.NotExecuted);
        _worker.Wizard.Answer = answer;
        await ShouldBeRefusedAsync(between);
    }

    [Theory]
    [InlineData("EV", Between.Nothing)]
    [InlineData("EV", Between.Restart)]
    [InlineData("EN", Between.Restart)]
    [InlineData("EV", Between.HandOver)]
    public async Task Not_behind_one_that_was_refused_because_another_order_had_its_id(string command, Between between)
    {
        await _worker.SendAsync(Call, "EV", "1", "e1");
        await _worker.SubscriberAsync();
        (await _worker.SendAsync(Call, command, "2", "e1")).ShouldSay("ER998", RpcOutcome.NotExecuted);
        await ShouldBeRefusedAsync(between);
    }

    [Theory]
    [MemberData(nameof(Betweens))]
    public async Task Not_behind_one_that_was_refused_because_another_order_has_its_id_and_runs(Between between)
    {
        await _worker.PrepareAsync();
        var held = new TaskCompletionSource();
        Hold(PpvCommandKind.Subscriber, held.Task);
        var running = _worker.SendAsync(Call, "EN", "7", "n7");
        (await _worker.SendAsync(Call, "EV", "2", "n7").WaitAsync(Bound)).ShouldSay("ER998", RpcOutcome.NotExecuted);
        held.SetResult();
        (await running.WaitAsync(Bound)).ShouldSay("OK\r");
        await ShouldBeRefusedAsync(between);
    }

    [Theory]
    [MemberData(nameof(Betweens))]
    public async Task Not_behind_one_that_was_answered_from_the_journal_when_the_line_had_another(Between between)
    {
        await _worker.SendAsync(Call, "EV", "1", "e1");
        await _worker.SendAsync(Call, "EV", "2", "e2");
        await _worker.SubscriberAsync();
        (await _worker.SendAsync(Call, "EV", "1", "e1", possibleDuplicate: true)).ShouldSay("OK\r");
        await ShouldBeRefusedAsync(between);
    }

    public static TheoryData<string, Between> WhileOneRuns
    {
        get
        {
            var data = new TheoryData<string, Between>();
            foreach (var what in (string[])["waits too long", "comes too late", "is answered from the journal", "has another one's id"])
                foreach (var between in (Between[])[Between.Nothing, Between.Restart, Between.HandOver]) data.Add(what, between);
            return data;
        }
    }

    /// <summary>The one that runs is answered OK afterwards, and is not what its caller asked for last.</summary>
    [Theory]
    [MemberData(nameof(WhileOneRuns))]
    public async Task Not_what_ran_while_the_call_asked_for_something_else(string what, Between between)
    {
        await _worker.SendAsync(Call, "EV", "1", "e1");
        await _worker.SubscriberAsync();
        var held = new TaskCompletionSource();
        Hold(PpvCommandKind.Event, held.Task);
        var running = _worker.SendAsync(Call, "EV", "2", "e2");
        _worker.Clock.Advance(TimeSpan.FromMilliseconds(1)); // No two messages come at the very same moment.

        var other = what switch
        {
            "waits too long" => _worker.SendAsync(Call, "EV", "3", "e3", seconds: 5),
            "comes too late" => _worker.SendAsync(Call, "EV", "3", "e3", seconds: 0),
            "is answered from the journal" => _worker.SendAsync(Call, "EV", "1", "e1", possibleDuplicate: true),
            _ => _worker.SendAsync(Call, "EV", "3", "e1"),
        };
        _worker.Clock.Advance(TimeSpan.FromSeconds(5));
        var told = await other.WaitAsync(Bound);
        if (what == "is answered from the journal") told.ShouldSay("OK\r");
        else told.Outcome.ShouldBe(RpcOutcome.NotExecuted);
        held.SetResult();
        (await running.WaitAsync(Bound)).ShouldSay("OK\r");

        await ShouldBeRefusedAsync(between);
    }

    /// <summary>It waits for the answer of its first time, behind which the call has asked for something else.</summary>
    [Theory]
    [MemberData(nameof(Betweens))]
    public async Task Not_behind_one_that_was_asked_for_again_while_it_still_ran(Between between)
    {
        await _worker.SubscriberAsync();
        var held = new TaskCompletionSource();
        Hold(PpvCommandKind.Event, held.Task);
        var first = _worker.SendAsync(Call, "EV", "1", "e1");
        _worker.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var second = _worker.SendAsync(Call, "EV", "2", "e2");
        _worker.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var again = _worker.SendAsync(Call, "EV", "1", "e1", possibleDuplicate: true);
        held.SetResult();
        foreach (var reply in await Task.WhenAll(first, second, again).WaitAsync(Bound)) reply.ShouldSay("OK\r");
        await ShouldBeRefusedAsync(between);
    }

    /// <summary>What is answered from the journal is what the one that runs has begun: nothing else was asked for.</summary>
    [Fact]
    public async Task What_the_line_has_is_bought_although_it_was_asked_for_again_while_another_command_ran()
    {
        await _worker.SendAsync(Call, "EV", "1", "e1");
        var held = new TaskCompletionSource();
        Hold(PpvCommandKind.Subscriber, held.Task);
        var running = _worker.SubscriberAsync();
        (await _worker.SendAsync(Call, "EV", "1", "e1", possibleDuplicate: true).WaitAsync(Bound)).ShouldSay("OK\r");
        held.SetResult();
        (await running.WaitAsync(Bound)).ShouldSay("OK\r");
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
    }

    [Theory]
    [InlineData("a", null, Between.Nothing)]
    [InlineData(null, "a", Between.Nothing)]
    [InlineData("a", "b", Between.Nothing)]
    [InlineData("a", null, Between.Restart)]
    [InlineData(null, "a", Between.Restart)]
    [InlineData("a", "b", Between.Restart)]
    [InlineData("a", null, Between.HandOver)]
    [InlineData(null, "a", Between.HandOver)]
    [InlineData("a", "b", Between.HandOver)]
    public async Task Not_what_was_named_under_another_subject(string? named, string? confirmed, Between between)
    {
        await _worker.PrepareAsync(subject: named);
        await ShouldBeRefusedAsync(between, confirmed, "Another purchase on this call");
        (await _worker.ConfirmAsync(subject: named)).ShouldSay("OK\r");
    }

    [Fact]
    public async Task Not_when_one_of_both_is_of_another_subject()
    {
        await _worker.PrepareAsync(subject: "a");
        (await _worker.SubscriberAsync(subject: "b")).ShouldSay("OK\r");
        foreach (var subject in (string?[])["a", "b", null])
            (await _worker.ConfirmAsync(subject: subject)).ShouldSay("ER998", RpcOutcome.NotExecuted);
        _worker.UpsSent.ShouldBe(0);
    }

    [Fact]
    public async Task With_nothing_required_a_confirm_buys_nothing_of_another_subject_either()
    {
        using var worker = new LeasedWorker(server => server.RequiredBeforeConfirm = ConfirmPrerequisites.None);
        await worker.PrepareAsync(subject: "a");
        (await worker.ConfirmAsync()).ShouldSay("ER998", RpcOutcome.NotExecuted);
        worker.UpsSent.ShouldBe(0);
    }

    [Theory]
    [InlineData("a", RpcOutcome.Unknown)]
    [InlineData("b", RpcOutcome.NotExecuted)]
    [InlineData(null, RpcOutcome.NotExecuted)]
    public async Task A_confirm_that_waits_too_long_behind_another_one_repeats_that_only_under_its_subject(string? subject,
        RpcOutcome outcome)
    {
        await _worker.PrepareAsync(subject: "a");
        var answer = _worker.HoldConfirms();
        var running = _worker.ConfirmAsync(subject: "a");
        var behind = _worker.SendAsync(Call, "CONFIRM", "UP", seconds: 5, subject: subject);
        _worker.Clock.Advance(TimeSpan.FromSeconds(5));
        (await behind.WaitAsync(Bound)).Outcome.ShouldBe(outcome);
        answer.SetResult("OK");
        (await running.WaitAsync(Bound)).ShouldSay("OK\r");
        _worker.UpsSent.ShouldBe(1);
    }

    [Theory]
    [InlineData(Between.Nothing, true)]
    [InlineData(Between.Restart, true)]
    [InlineData(Between.HandOver, true)]
    [InlineData(Between.Nothing, false)]
    [InlineData(Between.Restart, false)]
    [InlineData(Between.HandOver, false)]
    public async Task A_confirm_under_an_id_of_its_own_repeats_the_calls_last_one_only_under_its_subject(Between between, bool isAnswered)
    {
        await _worker.PrepareAsync(subject: "a");
        if (!isAnswered) _worker.Mute(PpvCommandKind.Confirm);
        var first = await _worker.ConfirmAsync(id: "first", subject: "a");
        await _worker.GoOnAsync(between);

        (await _worker.ConfirmAsync(id: "second", subject: "a")).Outcome.ShouldBe(first.Outcome);
        foreach (var subject in (string?[])["b", null])
            (await _worker.ConfirmAsync(subject: subject)).ShouldSay("ER998", RpcOutcome.NotExecuted);
        _worker.UpsSent.ShouldBe(1);
    }

    /// <summary>Also when the lines remember it no more, so that the journal is asked for the call's last confirm.</summary>
    [Fact]
    public async Task A_confirm_long_after_the_last_one_repeats_it_only_under_its_subject()
    {
        await _worker.PrepareAsync(subject: "a");
        (await _worker.ConfirmAsync(subject: "a")).ShouldSay("OK\r");
        _worker.Clock.Advance(TimeSpan.FromMinutes(6));
        (await _worker.ConfirmAsync(subject: "b")).ShouldSay("ER998", RpcOutcome.NotExecuted);
        (await _worker.ConfirmAsync(subject: "a")).ShouldSay("ER444", RpcOutcome.Unknown);
        _worker.UpsSent.ShouldBe(1);
    }

    /// <summary>The other purchase on the call says nothing of what the call itself wants: its own confirm may still be repeated.</summary>
    [Theory]
    [InlineData(false, Between.Nothing)]
    [InlineData(true, Between.Nothing)]
    [InlineData(false, Between.Restart)]
    [InlineData(true, Between.Restart)]
    public async Task A_repeated_confirm_behind_another_purchase_on_its_call_is_not_called_unexecuted(bool isBought, Between between)
    {
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
        _worker.Clock.Advance(TimeSpan.FromMilliseconds(1)); // No two messages come at the very same moment.
        await _worker.PrepareAsync(subject: "a");
        if (isBought) (await _worker.ConfirmAsync(subject: "a")).ShouldSay("OK\r");
        await _worker.GoOnAsync(between);

        (await _worker.ConfirmAsync()).ShouldSay("ER444", RpcOutcome.Unknown);

        _worker.UpsSent.ShouldBe(isBought ? 2 : 1);
    }

    private async Task ShouldBeRefusedAsync(Between between, string? subject = null, string? reason = null)
    {
        await _worker.GoOnAsync(between);
        var reply = await _worker.ConfirmAsync(subject: subject);
        reply.ShouldSay("ER998", RpcOutcome.NotExecuted);
        if (reason is not null) reply.Reason!.ShouldStartWith(reason);
        _worker.UpsSent.ShouldBe(0);
    }

    private void Hold(PpvCommandKind kind, Task end) => _worker.Wizard.Answer = async (request, _) =>
    {
        if (request.Command.Kind == kind) await end;
        return new WizardReply(request.Line, "OK");
    };
}
