using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>
/// What a call gets that goes its way over a leased line: step by step, after silence, after a restart, and without a journal.
/// </summary>
public sealed class LeasedOrdersTests : IDisposable
{
    private static readonly TimeSpan Bound = Hang.Limit;
    private readonly LeasedWorker _worker;
    private readonly FullDiskJournal _journal;

    public LeasedOrdersTests()
    {
        FullDiskJournal? journal = null;
        _worker = new LeasedWorker(journal: memory => journal = new FullDiskJournal(memory));
        _journal = journal!;
    }

    public void Dispose() => _worker.Dispose();

    [Fact]
    public async Task The_steps_of_a_call_go_to_one_line()
    {
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
        _worker.Sent.ShouldBe(["020 EV=1569885", "020 EN=85165320", "020 CONFIRM=UP"]);
    }

    [Theory]
    [InlineData(false, false, "the EV and the EN")]
    [InlineData(true, false, "the EN")]
    [InlineData(false, true, "the EV")]
    public async Task A_confirm_without_EV_and_EN_is_refused_and_Wizard_is_not_asked(bool withEvent, bool withSubscriber, string missing)
    {
        if (withEvent) await _worker.EventAsync();
        if (withSubscriber) await _worker.SubscriberAsync();

        var reply = await _worker.ConfirmAsync();

        reply.ShouldSay("ER998", RpcOutcome.NotExecuted);
        reply.Reason.ShouldBe($"Wizard has not said OK to {missing} of this call on its line; start the call over.");
        _worker.UpsSent.ShouldBe(0);
    }

    [Fact]
    public async Task An_EV_that_Wizard_refused_counts_for_nothing()
    {
        _worker.Wizard.Answer = (request, _) =>
            Task.FromResult(new WizardReply(request.Line, request.Command.Kind == PpvCommandKind.Event ? "ER012" : "OK"));
        (await _worker.EventAsync()).ShouldSay("ER012\r");
        await _worker.SubscriberAsync();
        (await _worker.ConfirmAsync()).ShouldSay("ER998", RpcOutcome.NotExecuted);
        _worker.UpsSent.ShouldBe(0);
    }

    [Fact]
    public async Task After_an_answered_confirm_a_new_EV_starts_a_second_purchase()
    {
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
        await _worker.EventAsync(number: "2");
        // Neither the first purchase's EN nor its answer is the second's.
        (await _worker.ConfirmAsync()).ShouldSay("ER998", RpcOutcome.NotExecuted);
        await _worker.SubscriberAsync();

        (await _worker.ConfirmAsync()).ShouldSay("OK\r");

        _worker.UpsSent.ShouldBe(2);
    }

    [Fact]
    public async Task After_an_unanswered_EV_the_line_rests_and_the_call_starts_over_on_another()
    {
        _worker.Mute(PpvCommandKind.Event);
        (await _worker.EventAsync()).ShouldSay("ER444", RpcOutcome.Unknown);
        _worker.Mute(PpvCommandKind.Confirm);
        (await _worker.SubscriberAsync()).ShouldSay("OK\r");
        (await _worker.ConfirmAsync()).ShouldSay("ER998", RpcOutcome.NotExecuted);
        (await _worker.EventAsync()).ShouldSay("OK\r");

        var lines = _worker.Wizard.Requests.Select(request => request.Line.Value).ToList();
        lines[0].ShouldBe(20);
        lines[1].ShouldNotBe(20);
        lines[2].ShouldBe(lines[1]);
        _worker.Lines.Counts.Resting.ShouldBe(1);
        await _worker.EventAsync("0127032d64a9474f"); // The same line by the formula: 29 more.
        _worker.Wizard.Requests[^1].Line.Value.ShouldNotBe(20);
        _worker.Clock.Advance(TimeSpan.FromSeconds(60));
        await _worker.EventAsync("0127032d64a9476c");
        _worker.Wizard.Requests[^1].Line.Value.ShouldBe(20);
    }

    [Theory]
    [InlineData(PpvCommandKind.Event)]
    [InlineData(PpvCommandKind.Subscriber)]
    public async Task An_EV_or_EN_without_an_answer_is_on_disk_before_its_caller_is_told(PpvCommandKind kind)
    {
        await _worker.PrepareAsync();
        var disk = new TaskCompletionSource();
        _journal.Disk = disk.Task;
        _worker.Mute(kind);

        var told = kind == PpvCommandKind.Event ? _worker.EventAsync() : _worker.SubscriberAsync();

        told.IsCompleted.ShouldBeFalse(); // A crash now could revive the lease that this has ended.
        disk.SetResult();
        (await told.WaitAsync(Bound)).ShouldSay("ER444", RpcOutcome.Unknown);
    }

    [Fact]
    public async Task What_cannot_be_recorded_to_follow_a_confirm_is_not_sent()
    {
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
        var disk = new TaskCompletionSource();
        _journal.Disk = disk.Task;

        (await PassAsync(_worker.EventAsync(number: "7"))).ShouldSay("ER444", RpcOutcome.NotExecuted);

        // A crash now would make the next confirm pass for a repeat of the first one: so nothing new was named.
        _worker.Wizard.Requests.Count.ShouldBe(3);
        disk.SetResult();
        (await _worker.EventAsync(number: "7")).ShouldSay("OK\r");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_could_not_be_recorded_in_time_is_not_bought_also_by_who_does_not_wait_for_answers(bool waits)
    {
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
        await _worker.PrepareAsync(number: "1");
        var disk = new TaskCompletionSource();
        _journal.Disk = disk.Task;
        var told = _worker.EventAsync(number: "2");
        var confirming = waits ? null : _worker.ConfirmAsync();
        (await PassAsync(told)).ShouldSay("ER444", RpcOutcome.NotExecuted);
        disk.SetResult();

        var confirmed = await (confirming ?? _worker.ConfirmAsync()).WaitAsync(Bound);

        confirmed.ShouldSay("ER998", RpcOutcome.NotExecuted);
        _worker.UpsSent.ShouldBe(1);
    }

    /// <summary>As long as the disk hangs: 2 s.</summary>
    private async Task<RpcReply> PassAsync(Task<RpcReply> running)
    {
        for (var step = 0; step < 50 && !running.IsCompleted; step++)
        {
            _worker.Clock.Advance(TimeSpan.FromMilliseconds(100));
            for (var pause = 0; pause < 10 && !running.IsCompleted; pause++)
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        return await running.WaitAsync(Bound);
    }

    [Fact]
    public async Task After_a_restart_an_EN_goes_to_the_line_of_its_EV()
    {
        // Another call has the line of the formula, so that only the journal can tell.
        await _worker.EventAsync("0127032d64a9474f");
        await _worker.EventAsync();
        var line = _worker.Wizard.Requests[^1].Line;
        line.Value.ShouldNotBe(20);
        await _worker.RestartAsync();

        (await _worker.SubscriberAsync()).ShouldSay("OK\r");
        _worker.Wizard.Requests[^1].Line.ShouldBe(line);
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
        _worker.Wizard.Requests[^1].Line.ShouldBe(line);
    }

    [Theory]
    [InlineData(null, null, "An id that begins with the time would show that it is younger.")]
    [InlineData(0, null, "Its id is from before that.")]
    [InlineData(0, "The gateway's clock is 60 min behind.", "The gateway's clock is 60 min behind.")]
    public async Task A_confirm_in_doubt_says_what_would_have_proven_it(int? dated, string? clocks, string reason)
    {
        var history = dated is null ? IdHistory.Repeat : IdHistory.PossibleSince(_worker.Clock.GetUtcNow());
        var reply = await _worker.SendAsync(Call, "CONFIRM", "UP", history: history, clockTrouble: clocks);
        reply.Outcome.ShouldBe(RpcOutcome.Unknown);
        reply.Reason.ShouldNotBeNull().ShouldEndWith($"it is not sent to Wizard. {reason}");
    }

    [Fact]
    public async Task While_the_journal_cannot_write_confirms_are_refused_and_the_rest_goes_on()
    {
        _journal.CannotWrite = true;
        await _worker.PrepareAsync();

        var refused = await _worker.ConfirmAsync();

        refused.ShouldSay("ER444", RpcOutcome.NotExecuted);
        refused.Reason.ShouldBe("The worker's order journal can't be used now; the worker's log says why.");
        _worker.UpsSent.ShouldBe(0);
        _journal.CannotWrite = false;
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
    }

    [Fact]
    public async Task While_the_journal_cannot_be_read_confirms_are_unknown_and_not_sent_and_the_rest_goes_on()
    {
        _journal.CannotRead = true;
        await _worker.PrepareAsync();
        var unknown = await _worker.ConfirmAsync(id: "first");
        unknown.ShouldSay("ER444", RpcOutcome.Unknown);
        unknown.Reason.ShouldBe("The worker's order journal can't be used now; the worker's log says why.");
        _worker.UpsSent.ShouldBe(0);
        _worker.Lines.Counts.Resting.ShouldBe(0, "lines that rest would soon stop EV and EN too");

        _journal.CannotRead = false;
        (await _worker.StatusAsync("first")).State.ShouldBe(PpvOrderState.Unknown);
        (await _worker.ConfirmAsync(id: "first")).ShouldSay("ER444", RpcOutcome.Unknown);
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
        _worker.UpsSent.ShouldBe(1);
    }

    [Fact]
    public async Task While_the_journal_cannot_be_read_a_confirm_that_another_worker_may_have_had_ends_its_lease()
    {
        _journal.CannotRead = true;
        await _worker.PrepareAsync();
        (await _worker.SendAsync(Call, "CONFIRM", "UP", possibleDuplicate: true)).ShouldSay("ER444", RpcOutcome.Unknown);
        _journal.CannotRead = false;
        (await _worker.ConfirmAsync()).ShouldSay("ER444", RpcOutcome.Unknown);
        _worker.UpsSent.ShouldBe(0);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(0)]
    public async Task A_confirm_behind_one_that_is_not_yet_on_disk_does_not_get_the_answer_of_the_calls_earlier_purchase(int seconds)
    {
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
        await _worker.PrepareAsync(number: "2");
        var disk = new TaskCompletionSource();
        _journal.Disk = disk.Task;
        var running = _worker.ConfirmAsync();
        var behind = _worker.SendAsync(Call, "CONFIRM", "UP", seconds: seconds);

        _worker.Clock.Advance(TimeSpan.FromSeconds(seconds));

        (await behind.WaitAsync(Bound)).ShouldSay("ER444", RpcOutcome.Unknown);
        disk.SetResult();
        (await running.WaitAsync(Bound)).ShouldSay("OK\r");
    }

    [Fact]
    public async Task A_worker_that_stops_keeps_no_EV_waiting_for_the_line_of_a_call_that_cannot_go_on()
    {
        using var small = new LeasedWorker(server => (server.FirstLine, server.LastLine) = (1, 1));
        using var stop = new CancellationTokenSource();
        await small.PrepareAsync();
        var waiting = small.SendAsync(OtherCall, "EV", "2", stopping: stop.Token);
        waiting.IsCompleted.ShouldBeFalse();

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting.WaitAsync(Bound));
        small.Wizard.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_worker_that_stops_executes_the_confirms_it_has()
    {
        await _worker.PrepareAsync();
        (await _worker.SendAsync(Call, "CONFIRM", "UP", stopping: new CancellationToken(canceled: true))).ShouldSay("OK\r");
    }
}
