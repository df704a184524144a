using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>
/// A worker that has lost the leadership of its queue writes nothing more to Wizard, tells nobody anything, and leaves its orders to the
/// next one.
/// </summary>
public sealed class LostFenceTests : IDisposable
{
    private readonly LeasedWorker _worker = new();
    private string? _lost;

    public void Dispose() => _worker.Dispose();

    [Theory]
    [InlineData("EV", "2")]
    [InlineData("EN", "2")]
    [InlineData("CONFIRM", "UP")]
    public async Task An_order_whose_fence_is_gone_is_dropped_and_nothing_is_recorded(string command, string value)
    {
        await _worker.PrepareAsync();
        var sent = _worker.Wizard.Requests.Count;
        _worker.LostFence = () => "The connection is gone.";

        await Should.ThrowAsync<OperationCanceledException>(_worker.SendAsync(Call, command, value, id: "dropped"));

        _worker.Wizard.Requests.Count.ShouldBe(sent);
        (await _worker.Journal.FindAsync("dropped")).ShouldBeNull();
        (await _worker.StatusAsync("dropped")).State.ShouldBe(PpvOrderState.NeverSeen);
    }

    [Fact]
    public async Task A_confirm_whose_fence_goes_between_intent_and_first_byte_is_not_sent_and_recorded_so()
    {
        await _worker.PrepareAsync();
        LoseRightBeforeTheFirstByte();

        (await _worker.ConfirmAsync(id: "confirm")).ShouldSay("ER444", RpcOutcome.NotExecuted);

        var entry = await _worker.Journal.FindAsync("confirm");
        (entry!.State, entry.Detail).ShouldBe((JournalState.NotExecuted, "The connection is gone. Nothing was sent."));
        _worker.LostFence = () => null;
        _worker.Wizard.Answer = (request, _) => Task.FromResult(new WizardReply(request.Line, "OK"));
        (await _worker.ConfirmAsync()).ShouldSay("OK\r"); // Nothing was bought, so the lease still stands.
    }

    [Fact]
    public async Task An_EV_whose_fence_goes_right_before_its_first_byte_is_left_to_the_next_worker()
    {
        LoseRightBeforeTheFirstByte();
        await Should.ThrowAsync<OperationCanceledException>(_worker.EventAsync());
        _worker.Lines.Counts.Busy.ShouldBe(0);
    }

    [Fact]
    public async Task An_order_that_comes_again_while_its_first_run_is_given_back_runs_itself()
    {
        var held = new TaskCompletionSource();
        _worker.Wizard.Answer = async (request, _) =>
        {
            await held.Task;
            return request.Fence.LostReason is { } reason
                ? throw new WizardException(WizardFailure.NotSent, reason)
                : new WizardReply(request.Line, "OK");
        };
        _worker.LostFence = () => _lost;
        var first = _worker.SendAsync(Call, "EV", "1", id: "one");
        _worker.LostFence = () => null;
        var again = _worker.SendAsync(Call, "EV", "1", id: "one", possibleDuplicate: true);
        _worker.Wizard.Requests.Count.ShouldBe(1);

        _lost = "The connection is gone.";
        held.SetResult();

        await Should.ThrowAsync<OperationCanceledException>(first);
        (await again).ShouldSay("OK\r");
    }

    private void LoseRightBeforeTheFirstByte()
    {
        _worker.LostFence = () => _lost;
        _worker.Wizard.Answer = (request, _) =>
        {
            _lost = "The connection is gone.";
            return request.Fence.LostReason is { } reason
                ? throw new WizardException(WizardFailure.NotSent, $"{reason} Nothing was sent.")
                : Task.FromResult(new WizardReply(request.Line, "OK"));
        };
    }
}
