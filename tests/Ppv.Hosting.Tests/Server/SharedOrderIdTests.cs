using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>Two orders under one id: which of them are the same, and what the other one is told.</summary>
public sealed class SharedOrderIdTests : IDisposable
{
    private readonly LeasedWorker _worker = new();

    public void Dispose() => _worker.Dispose();

    [Fact]
    public async Task An_id_stays_with_its_subject_and_the_same_order_of_another_call_is_the_same()
    {
        (await _worker.SendAsync(Call, "EV", "1", "e1", subject: "a")).ShouldSay("OK\r");
        (await _worker.SendAsync(Call, "EV", "1", "e1", subject: "b")).ShouldSay("ER998", RpcOutcome.NotExecuted);
        (await _worker.SendAsync(OtherCall, "EV", "1", "e1", subject: "a")).ShouldSay("OK\r");
        _worker.Wizard.Requests.Count.ShouldBe(1);
    }

    /// <summary>Each that waits takes a place from other calls.</summary>
    [Fact]
    public async Task Of_one_order_that_runs_only_a_few_wait_for_its_end()
    {
        await _worker.PrepareAsync();
        var answer = _worker.HoldConfirms();
        var first = _worker.ConfirmAsync(id: "up");
        var joined = Enumerable.Range(0, RunningOrders.MaxJoined).Select(_ => _worker.ConfirmAsync(id: "up")).ToList();

        (await _worker.ConfirmAsync(id: "up")).ShouldSay("ER444", RpcOutcome.Unknown);

        joined.ShouldAllBe(reply => !reply.IsCompleted);
        answer.SetResult("OK");
        foreach (var reply in joined.Append(first)) (await reply).ShouldSay("OK\r");
        _worker.UpsSent.ShouldBe(1);
    }

    /// <summary>An old gateway passes no subject on. Which purchase a confirm is of is not known then.</summary>
    [Theory]
    [InlineData(null, "a")]
    [InlineData("a", null)]
    public async Task An_order_that_came_through_an_old_gateway_once_is_the_same_unless_it_is_a_confirm(string? first, string? then)
    {
        foreach (var (command, value) in new[] { ("EV", "1"), ("EN", "2") })
        {
            (await _worker.SendAsync(Call, command, value, command, subject: first)).ShouldSay("OK\r");
            (await _worker.SendAsync(Call, command, value, command, subject: then)).ShouldSay("OK\r");
            (await _worker.SendAsync(Call, command, "3", command, subject: then)).ShouldSay("ER998", RpcOutcome.NotExecuted);
            (await _worker.SendAsync(OtherCall, command, value, command, subject: then)).ShouldSay("ER998", RpcOutcome.NotExecuted);
        }

        await _worker.PrepareAsync(subject: first);
        (await _worker.ConfirmAsync(id: "up", subject: first)).ShouldSay("OK\r");
        (await _worker.ConfirmAsync(id: "up", subject: then)).ShouldSay("ER998", RpcOutcome.Unknown);
        _worker.UpsSent.ShouldBe(1);
    }

    /// <summary>The worker before, which is dead, may have had this very order under its id.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task That_another_order_has_the_id_proves_nothing_where_an_earlier_worker_may_have_had_it(bool isRunning)
    {
        var answer = new TaskCompletionSource();
        _worker.Wizard.Answer = async (request, _) =>
        {
            if (request.Command.Kind == PpvCommandKind.Event) await answer.Task;
            return new WizardReply(request.Line, "OK");
        };
        var other = _worker.SendAsync(OtherCall, "EV", "1", "id", history: IdHistory.PossibleSince(Entries.Noon));
        if (!isRunning)
        {
            answer.SetResult();
            await other;
        }

        var known = await _worker.SendAsync(Call, "CONFIRM", "UP", "id", history: IdHistory.New);
        var unsure = await _worker.SendAsync(Call, "CONFIRM", "UP", "id", possibleDuplicate: true);

        known.ShouldSay("ER998", RpcOutcome.NotExecuted);
        unsure.ShouldSay("ER998", RpcOutcome.Unknown);
        answer.TrySetResult();
        (await other).ShouldSay("OK\r");
    }
}
