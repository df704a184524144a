using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>What an EV or EN takes away is on disk before anything becomes of it: also of one that comes to nobody.</summary>
public sealed class TakenAwayTests : IDisposable
{
    private readonly LeasedWorker _worker = new();

    public void Dispose() => _worker.Dispose();

    /// <summary>It waits behind another command of its call, the worker stops, and its message expires before another is there.</summary>
    [Theory]
    [InlineData("EV", Between.Nothing)]
    [InlineData("EV", Between.Restart)]
    [InlineData("EV", Between.HandOver)]
    [InlineData("EN", Between.Nothing)]
    [InlineData("EN", Between.Restart)]
    [InlineData("EN", Between.HandOver)]
    public async Task A_confirm_does_not_buy_what_was_named_before_one_that_was_given_back(string command, Between between)
    {
        (await _worker.EventAsync()).ShouldSay("OK\r");
        if (command == "EN") (await _worker.SubscriberAsync()).ShouldSay("OK\r");
        var answer = new TaskCompletionSource();
        _worker.Wizard.Answer = async (request, _) =>
        {
            await answer.Task;
            return new WizardReply(request.Line, "OK");
        };
        var running = command == "EN" ? _worker.EventAsync() : _worker.SubscriberAsync();
        using var stopping = new CancellationTokenSource();
        var waiting = _worker.SendAsync(Call, command, "222", stopping: stopping.Token);
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting.WaitAsync(Hang.Limit));
        answer.SetResult();
        (await running.WaitAsync(Hang.Limit)).ShouldSay("OK\r");

        await _worker.GoOnAsync(between);

        (await _worker.ConfirmAsync()).ShouldSay("ER998", RpcOutcome.NotExecuted);
        _worker.UpsSent.ShouldBe(0);
    }

    /// <summary>The worker is killed while Wizard has it.</summary>
    [Theory]
    [InlineData("EV")]
    [InlineData("EN")]
    public async Task Nor_what_was_named_before_one_that_a_crash_cuts_off(string command)
    {
        await _worker.PrepareAsync();
        _worker.Wizard.Answer = (_, _) => new TaskCompletionSource<WizardReply>().Task;
        var lost = _worker.SendAsync(Call, command, "222");

        await _worker.RestartAsync();
        _worker.Wizard.Answer = (request, _) => Task.FromResult(new WizardReply(request.Line, "OK"));

        (await _worker.ConfirmAsync()).ShouldSay("ER998", RpcOutcome.NotExecuted);
        lost.IsCompleted.ShouldBeFalse();
    }

    /// <summary>Its caller was told that the outcome is unknown.</summary>
    [Theory]
    [InlineData("EV", Between.Nothing)]
    [InlineData("EV", Between.Restart)]
    [InlineData("EV", Between.HandOver)]
    [InlineData("EN", Between.Nothing)]
    [InlineData("EN", Between.Restart)]
    [InlineData("EN", Between.HandOver)]
    public async Task Nor_what_wizard_took_when_the_callers_time_was_over(string command, Between between)
    {
        await _worker.PrepareAsync();
        _worker.Wizard.Answer = (request, _) =>
        {
            _worker.Clock.Advance(TimeSpan.FromSeconds(5));
            return Task.FromResult(new WizardReply(request.Line, "OK"));
        };
        (await _worker.SendAsync(Call, command, "222", "late", seconds: 4)).ShouldSay("ER444", RpcOutcome.Unknown);
        _worker.Wizard.Answer = (request, _) => Task.FromResult(new WizardReply(request.Line, "OK"));
        await _worker.GoOnAsync(between);

        (await _worker.ConfirmAsync()).ShouldSay("ER998", RpcOutcome.NotExecuted);
        _worker.UpsSent.ShouldBe(0);
        if (between != Between.HandOver) (await _worker.StatusAsync("late")).ShouldBe((PpvOrderState.Completed, "OK"));
    }

    /// <summary>Its own record is a refusal's, which is forgotten soon; that it took something away is not.</summary>
    [Theory]
    [InlineData("EV", Between.Nothing)]
    [InlineData("EV", Between.Restart)]
    [InlineData("EN", Between.Nothing)]
    [InlineData("EN", Between.Restart)]
    public async Task Nor_what_was_named_before_a_late_one_that_the_journal_has_forgotten(string command, Between between)
    {
        await _worker.PrepareAsync();
        (await _worker.SendAsync(Call, command, "222", "late", seconds: -1)).ShouldSay("ER444", RpcOutcome.NotExecuted);
        for (var minute = 0; minute < 80; minute += 4)
        {
            _worker.Clock.Advance(TimeSpan.FromMinutes(4));
            (await (command == "EV" ? _worker.SubscriberAsync() : _worker.EventAsync())).ShouldSay("OK\r");
        }

        (await _worker.StatusAsync("late")).State.ShouldBe(PpvOrderState.NeverSeen);
        await _worker.GoOnAsync(between);

        (await _worker.ConfirmAsync()).ShouldSay("ER998", RpcOutcome.NotExecuted);
        _worker.UpsSent.ShouldBe(0);
    }

    [Fact]
    public async Task A_call_that_names_each_once_writes_nothing_more_than_its_orders()
    {
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
        (await _worker.Journal.ChangedSinceAsync(default, 100)).Count.ShouldBe(3);
    }
}
