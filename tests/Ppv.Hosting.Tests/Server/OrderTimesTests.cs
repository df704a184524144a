using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>Orders whose deadline comes from another clock, and a worker whose own is set.</summary>
public sealed class OrderTimesTests : IDisposable
{
    private readonly LeasedWorker _worker = new(server => server.LastLine = 1);

    public void Dispose() => _worker.Dispose();

    [Theory]
    [InlineData(50)]
    [InlineData(365 * 56)] // A worker whose clock begins in 1970.
    public async Task A_confirm_whose_deadline_is_beyond_every_timer_is_executed(int days)
    {
        await _worker.PrepareAsync();
        (await _worker.SendAsync(Call, "CONFIRM", "UP", seconds: days * 86_400)).ShouldSay("OK\r");
        _worker.UpsSent.ShouldBe(1);
        (await _worker.Journal.UnknownsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("EV", "1569885", "ER444")]
    [InlineData("EN", "85165320", "ER444")]
    [InlineData("CONFIRM", "UP", "ER998")]
    public async Task An_order_of_a_gateway_whose_clock_is_behind_is_told_that(string command, string value, string code)
    {
        const string trouble = "The clocks of gateway and worker differ by about 60 min.";
        var reply = await _worker.SendAsync(Call, command, value, seconds: -3_570, clockTrouble: trouble);

        reply.ShouldSay(code, RpcOutcome.NotExecuted);
        reply.Reason.ShouldBe(trouble);
        _worker.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_order_that_is_late_is_not_told_that_no_line_was_free()
    {
        (await _worker.SendAsync(Call, "EV", "1", seconds: -1)).Reason.ShouldBe(
            "The caller's time was over, by this worker's clock, when the order came: it has waited in the queue, or the gateway's "
                + "clock is behind.");

        await _worker.EventAsync(OtherCall);
        var waiting = _worker.SendAsync(Call, "EV", "1", seconds: 10, clockTrouble: "Not the reason.");
        _worker.Clock.Advance(TimeSpan.FromSeconds(10));
        (await waiting.WaitAsync(Hang.Limit)).Reason.ShouldBe("The caller's time was over before a line of Wizard was free.");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_call_goes_on_while_the_clock_is_set_and_the_next_one_gets_the_line(int hours)
    {
        await _worker.EventAsync();
        _worker.Clock.Step(TimeSpan.FromHours(hours));
        (await _worker.SubscriberAsync()).ShouldSay("OK\r");
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");

        await _worker.EventAsync();
        _worker.Clock.Step(TimeSpan.FromHours(hours));
        var next = _worker.SendAsync(OtherCall, "EV", "1", seconds: 60);
        _worker.Clock.Advance(TimeSpan.FromSeconds(30)); // LeaseReclaim.
        (await next.WaitAsync(Hang.Limit)).ShouldSay("OK\r");
    }

    [Fact]
    public async Task After_a_restart_a_repeated_confirm_gets_the_answer_of_the_purchase_that_came_last_though_the_clock_was_set_back()
    {
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
        _worker.Clock.Step(TimeSpan.FromMinutes(-2));
        await _worker.PrepareAsync(number: "222");
        _worker.Wizard.Answer = (request, _) => Task.FromResult(new WizardReply(request.Line, "ER7"));
        (await _worker.ConfirmAsync()).ShouldSay("ER7\r");

        await _worker.RestartAsync();

        (await _worker.ConfirmAsync()).ShouldSay("ER7\r");
        _worker.UpsSent.ShouldBe(2);
    }

    [Fact]
    public async Task After_a_restart_a_line_that_did_not_answer_rests_though_the_clock_was_set_ahead_meanwhile()
    {
        _worker.Mute(PpvCommandKind.Event);
        await _worker.EventAsync();
        _worker.Clock.Step(TimeSpan.FromHours(1));
        await _worker.RestartAsync();
        _worker.Lines.Counts.Resting.ShouldBe(1);
        _worker.Clock.Advance(TimeSpan.FromMinutes(1));
        _worker.Lines.Counts.Resting.ShouldBe(0);
    }
}
