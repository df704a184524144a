using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>What lines and calls a worker finds after its process has ended in the middle of something.</summary>
public sealed class CrashedWorkerTests : IDisposable
{
    private readonly LeasedWorker _worker = new();

    public void Dispose() => _worker.Dispose();

    /// <summary>It may have been sent until the very end, though it was taken long before.</summary>
    [Fact]
    public async Task After_a_crash_the_line_of_a_command_that_was_under_way_rests_from_the_start_on()
    {
        var held = new TaskCompletionSource<WizardReply>();
        _worker.Wizard.Answer = (request, _) => request.Command.Value == "262193"
            ? held.Task
            : Task.FromResult(new WizardReply(request.Line, "OK"));
        _ = _worker.EventAsync("0127032d64a94733", "262193");
        var line = _worker.Wizard.Requests[^1].Line;
        _worker.Clock.Advance(TimeSpan.FromSeconds(50));
        await _worker.PrepareAsync();
        await _worker.RestartAsync();
        await _worker.RestartAsync(); // What the first start has recorded changes nothing.

        _worker.Clock.Advance(TimeSpan.FromSeconds(59.9));
        await _worker.EventAsync("0127032d64a94733");
        _worker.Wizard.Requests[^1].Line.ShouldNotBe(line);
        _worker.Clock.Advance(TimeSpan.FromSeconds(0.1));
        await _worker.EventAsync("0127032d64a94750"); // The formula gives it the same line.
        _worker.Wizard.Requests[^1].Line.ShouldBe(line);
    }

    [Fact]
    public async Task An_order_that_comes_again_after_a_crash_leaves_the_line_of_its_first_attempt_at_rest_over_another_crash()
    {
        var held = new TaskCompletionSource<WizardReply>();
        _worker.Wizard.Answer = (_, _) => held.Task;
        _ = _worker.SendAsync(Call, "EV", "262193", id: "x");
        var first = _worker.Wizard.Requests[^1].Line;
        _worker.Clock.Advance(TimeSpan.FromSeconds(1));
        await _worker.RestartAsync();
        _ = _worker.SendAsync(Call, "EV", "262193", id: "x", possibleDuplicate: true);
        var second = _worker.Wizard.Requests[^1].Line;
        second.ShouldNotBe(first);
        _worker.Clock.Advance(TimeSpan.FromSeconds(1));
        await _worker.RestartAsync();
        _worker.Wizard.Answer = (request, _) => Task.FromResult(new WizardReply(request.Line, "OK"));
        (await _worker.SendAsync(Call, "EV", "262193", id: "x", possibleDuplicate: true)).ShouldSay("OK\r");
        _worker.Clock.Advance(TimeSpan.FromSeconds(20));

        await _worker.RestartAsync();

        _worker.Lines.Lines.Where(line => line.RestsUntil is not null).Select(line => line.Line)
            .ShouldBe([first, second], ignoreOrder: true);
        (await _worker.SubscriberAsync()).ShouldSay("OK\r");
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
    }

    /// <summary>The first attempt may have reached Wizard, and its line must rest over another crash.</summary>
    [Fact]
    public async Task An_order_that_comes_again_too_late_after_a_crash_is_unknown_and_leaves_the_line_of_its_first_attempt_at_rest()
    {
        var held = new TaskCompletionSource<WizardReply>();
        _worker.Wizard.Answer = (_, _) => held.Task;
        _ = _worker.SendAsync(Call, "EV", "262193", id: "x");
        var line = _worker.Wizard.Requests[^1].Line;
        _worker.Clock.Advance(TimeSpan.FromSeconds(1));
        await _worker.RestartAsync();
        var again = await _worker.SendAsync(Call, "EV", "262193", id: "x", history: IdHistory.New, seconds: -1);
        again.Outcome.ShouldBe(RpcOutcome.Unknown);

        await _worker.RestartAsync();

        _worker.Lines.Lines.Where(status => status.RestsUntil is not null).Select(status => status.Line).ShouldBe([line]);
    }

    [Fact]
    public async Task An_order_that_was_given_back_unsent_takes_its_call_no_line_after_a_restart()
    {
        await _worker.EventAsync();
        var answer = _worker.Wizard.Answer;
        string? lost = null;
        _worker.LostFence = () => lost;
        _worker.Wizard.Answer = (_, _) => throw new WizardException(WizardFailure.NotSent, lost = "The leadership is lost.");
        await Should.ThrowAsync<OperationCanceledException>(_worker.SendAsync(Call, "EN", "85165320", id: "x"));
        (_worker.Wizard.Answer, _worker.LostFence) = (answer, () => null);

        await _worker.RestartAsync();

        (await _worker.SendAsync(Call, "EN", "85165320", id: "x", possibleDuplicate: true)).ShouldSay("OK\r");
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
    }

    [Fact]
    public async Task An_order_that_comes_again_when_the_rest_of_its_first_line_is_over_takes_that_line_from_nobody()
    {
        var held = new TaskCompletionSource<WizardReply>();
        _worker.Wizard.Answer = (_, _) => held.Task;
        _ = _worker.SendAsync(Call, "EV", "262193", id: "x");
        var line = _worker.Wizard.Requests[^1].Line;
        _worker.Clock.Advance(TimeSpan.FromSeconds(1));
        await _worker.RestartAsync();
        _worker.Clock.Advance(TimeSpan.FromMinutes(1));
        _worker.Wizard.Answer = (request, _) => Task.FromResult(new WizardReply(request.Line, "OK"));
        await _worker.PrepareAsync("0127032d64a9474f"); // The formula gives it the same line.
        _worker.Wizard.Requests[^1].Line.ShouldBe(line);
        (await _worker.SendAsync(Call, "EV", "262193", id: "x", possibleDuplicate: true)).ShouldSay("OK\r");

        await _worker.RestartAsync();

        (await _worker.ConfirmAsync("0127032d64a9474f")).ShouldSay("OK\r");
    }

    [Fact]
    public async Task After_a_restart_a_line_whose_rest_was_over_belongs_to_whoever_has_it_by_then()
    {
        var answer = _worker.Wizard.Answer;
        _worker.Mute(PpvCommandKind.Event);
        await _worker.EventAsync();
        var line = _worker.Wizard.Requests[^1].Line;
        _worker.Wizard.Answer = answer;
        await _worker.PrepareAsync();
        _worker.Clock.Advance(TimeSpan.FromMinutes(2));
        await _worker.PrepareAsync("0127032d64a9474f");
        _worker.Wizard.Requests[^1].Line.ShouldBe(line);

        await _worker.RestartAsync();

        (await _worker.ConfirmAsync("0127032d64a9474f")).ShouldSay("OK\r");
    }

    [Fact]
    public async Task After_a_restart_a_call_has_the_line_that_it_took_last_though_somebody_has_settled_its_confirm_on_the_one_before()
    {
        var answer = _worker.Wizard.Answer;
        await _worker.PrepareAsync();
        _worker.Mute(PpvCommandKind.Confirm);
        (await _worker.ConfirmAsync(id: "lost")).Outcome.ShouldBe(RpcOutcome.Unknown);
        _worker.Wizard.Answer = answer;
        await _worker.PrepareAsync();
        _worker.Clock.Advance(TimeSpan.FromSeconds(1));
        await _worker.Journal.SettleAsync("lost", bought: false, "");

        await _worker.RestartAsync();

        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
    }

    [Fact]
    public async Task After_a_restart_the_line_rests_on_which_a_call_was_not_answered_though_it_has_begun_anew_on_another_one()
    {
        var answer = _worker.Wizard.Answer;
        _worker.Mute(PpvCommandKind.Event);
        (await _worker.EventAsync()).Outcome.ShouldBe(RpcOutcome.Unknown);
        var line = _worker.Wizard.Requests[^1].Line;
        _worker.Wizard.Answer = answer;
        await _worker.PrepareAsync();
        _worker.Wizard.Requests[^1].Line.ShouldNotBe(line);
        await _worker.RestartAsync();

        await _worker.EventAsync("0127032d64a9474f"); // The formula gives it the same line.

        _worker.Wizard.Requests[^1].Line.ShouldNotBe(line);
    }

    /// <summary>It was never sent on the lease's line, so what becomes of it is not what became of the lease's confirm.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_confirm_in_doubt_is_not_the_one_that_a_lease_has_ended_with(bool restarts)
    {
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync(id: "first")).ShouldSay("OK\r");
        (await _worker.SendAsync(Call, "CONFIRM", "UP", id: "doubtful", possibleDuplicate: true)).Outcome.ShouldBe(RpcOutcome.Unknown);
        if (restarts) await _worker.RestartAsync();

        (await _worker.ConfirmAsync(id: "again")).ShouldSay("OK\r");

        (await _worker.StatusAsync("again")).ShouldBe((PpvOrderState.Completed, "OK"));
        (await _worker.StatusAsync("doubtful")).State.ShouldBe(PpvOrderState.Unknown);
    }
}
