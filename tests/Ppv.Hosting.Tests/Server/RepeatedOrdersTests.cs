using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>
/// The same question gets the same answer, and Wizard is asked once: by order id, by call, while it runs, afterwards, after a restart, once
/// settled.
/// </summary>
public sealed class RepeatedOrdersTests : IDisposable
{
    private static readonly TimeSpan Bound = Hang.Limit;
    private readonly LeasedWorker _worker = new();

    public void Dispose() => _worker.Dispose();

    [Theory]
    [InlineData("EV", "1569885")]
    [InlineData("EN", "85165320")]
    public async Task A_repeated_order_gets_the_first_answer(string command, string value)
    {
        _worker.Wizard.Answer = (request, _) => Task.FromResult(new WizardReply(request.Line, $"ER0{_worker.Wizard.Requests.Count}"));
        for (var attempt = 0; attempt < 3; attempt++)
            (await _worker.SendAsync(Call, command, value, "the-id", possibleDuplicate: attempt > 0)).ShouldSay("ER01\r");
        _worker.Wizard.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task A_repeated_confirm_gets_the_recorded_answer(bool sameId, bool restart)
    {
        _worker.Wizard.Answer = (request, _) =>
            Task.FromResult(new WizardReply(request.Line, request.Command.Kind == PpvCommandKind.Confirm ? "ER055" : "OK"));
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync(id: "first")).ShouldSay("ER055\r");
        if (restart) await _worker.RestartAsync();

        (await _worker.ConfirmAsync(id: sameId ? "first" : "second")).ShouldSay("ER055\r");

        _worker.UpsSent.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_confirm_that_is_repeated_while_it_runs_waits_for_the_same_answer(bool sameId)
    {
        await _worker.PrepareAsync();
        var answer = _worker.HoldConfirms();
        var first = _worker.ConfirmAsync(id: "first");
        var second = _worker.ConfirmAsync(id: sameId ? "first" : "second");
        second.IsCompleted.ShouldBeFalse();

        answer.SetResult("ER056");

        (await first.WaitAsync(Bound)).ShouldSay("ER056\r");
        (await second.WaitAsync(Bound)).ShouldSay("ER056\r");
        _worker.UpsSent.ShouldBe(1);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task A_confirm_whose_outcome_is_unknown_stays_unknown(bool sameId, bool restart)
    {
        await UnknownAsync();
        if (restart) await _worker.RestartAsync();

        (await _worker.ConfirmAsync(id: sameId ? "first" : "second")).ShouldSay("ER444", RpcOutcome.Unknown);

        _worker.UpsSent.ShouldBe(1);
        (await _worker.Journal.UnknownsAsync()).ShouldHaveSingleItem().Order.Id.ShouldBe("first");
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Once_an_operator_has_settled_it_repeats_get_that_answer(bool bought, bool restart)
    {
        await UnknownAsync();
        await _worker.Journal.SettleAsync("first", bought, "Seen in Wizard's list.");
        if (restart) await _worker.RestartAsync();

        foreach (var id in new[] { "first", "second" })
        {
            var reply = await _worker.ConfirmAsync(id: id);
            if (bought) reply.ShouldSay("OK\r");
            else reply.ShouldSay("ER444", RpcOutcome.NotExecuted);
        }

        _worker.UpsSent.ShouldBe(1);
    }

    [Fact]
    public async Task A_confirm_that_was_delivered_before_and_is_not_in_the_journal_is_never_sent()
    {
        await _worker.PrepareAsync();
        (await _worker.SendAsync(Call, "CONFIRM", "UP", "lost", possibleDuplicate: true)).ShouldSay("ER444", RpcOutcome.Unknown);
        (await _worker.ConfirmAsync(id: "lost")).ShouldSay("ER444", RpcOutcome.Unknown);
        _worker.UpsSent.ShouldBe(0);
    }

    [Theory]
    [InlineData(Call, "EV", "2")]
    [InlineData(Call, "CONFIRM", "UP")]
    [InlineData(OtherCall, "EV", "1569885")]
    public async Task An_id_that_another_order_had_is_refused(string call, string command, string value)
    {
        await _worker.SendAsync(Call, "EV", "1569885", "the-id");
        await _worker.SubscriberAsync();

        var reply = await _worker.SendAsync(call, command, value, "the-id");

        reply.ShouldSay("ER998", RpcOutcome.NotExecuted);
        reply.Reason!.ShouldStartWith("Another order had this id before");
        _worker.Wizard.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(Call, "EV", "2")]
    [InlineData(Call, "CONFIRM", "UP")]
    [InlineData(OtherCall, "CONFIRM", "UP")]
    [InlineData(OtherCall, "EV", "1569885")]
    public async Task An_id_that_another_order_has_that_runs_is_refused(string call, string command, string value)
    {
        await _worker.PrepareAsync(OtherCall);
        var answer = new TaskCompletionSource<WizardReply>();
        _worker.Wizard.Answer = (_, _) => answer.Task;
        var running = _worker.SendAsync(Call, "EV", "1569885", "the-id");

        var refused = _worker.SendAsync(call, command, value, "the-id");

        (await refused.WaitAsync(Bound)).ShouldSay("ER998", RpcOutcome.NotExecuted);
        (await refused).Reason!.ShouldStartWith("Another order had this id before");
        answer.SetResult(new WizardReply(new LineNumber(20), "OK"));
        (await running.WaitAsync(Bound)).ShouldSay("OK\r");
        _worker.Wizard.Requests.Count.ShouldBe(3);
        (await _worker.StatusAsync("the-id")).ShouldBe((PpvOrderState.Completed, "OK"));
    }

    private async Task UnknownAsync()
    {
        await _worker.PrepareAsync();
        _worker.Mute(PpvCommandKind.Confirm);
        (await _worker.ConfirmAsync(id: "first")).ShouldSay("ER444", RpcOutcome.Unknown);
    }

    [Fact]
    public async Task A_confirm_that_only_this_worker_can_have_had_and_that_its_journal_does_not_know_was_never_begun()
    {
        await _worker.PrepareAsync();
        (await _worker.SendAsync(Call, "CONFIRM", "UP", "lost", possibleDuplicate: true, onlyOurs: true)).ShouldSay("OK\r");
        (await _worker.SendAsync(Call, "CONFIRM", "UP", "lost", possibleDuplicate: true, onlyOurs: true)).ShouldSay("OK\r");
        _worker.UpsSent.ShouldBe(1);
    }
}
