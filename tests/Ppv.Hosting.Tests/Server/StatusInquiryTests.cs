using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>What the worker says to somebody who asks what became of an order. Asking changes nothing.</summary>
public sealed class StatusInquiryTests : IDisposable
{
    private static readonly TimeSpan Bound = Hang.Limit;
    private readonly LeasedWorker _worker;
    private readonly FullDiskJournal _journal;

    public StatusInquiryTests()
    {
        FullDiskJournal? journal = null;
        _worker = new LeasedWorker(journal: memory => journal = new FullDiskJournal(memory));
        _journal = journal!;
    }

    public void Dispose() => _worker.Dispose();

    [Fact]
    public async Task Completed_not_executed_and_never_seen_are_told_apart()
    {
        (await _worker.ConfirmAsync(OtherCall, "refused")).ShouldSay("ER998", RpcOutcome.NotExecuted);
        await _worker.PrepareAsync();
        await _worker.ConfirmAsync(id: "bought");

        (await _worker.StatusAsync("bought")).ShouldBe((PpvOrderState.Completed, "OK"));
        (await _worker.StatusAsync("refused")).ShouldBe((PpvOrderState.NotExecuted, "ER998"));
        (await _worker.StatusAsync("never")).ShouldBe((PpvOrderState.NeverSeen, null));
        _worker.Wizard.Requests.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(null, PpvOrderState.Unknown)]
    [InlineData(true, PpvOrderState.Completed)]
    [InlineData(false, PpvOrderState.NotExecuted)]
    public async Task What_is_unknown_is_so_until_an_operator_settles_it(bool? bought, PpvOrderState state)
    {
        await _worker.PrepareAsync();
        _worker.Mute(PpvCommandKind.Confirm);
        await _worker.ConfirmAsync(id: "the-id");
        if (bought is { } verdict) await _worker.Journal.SettleAsync("the-id", verdict, "Seen in Wizard's list.");
        (await _worker.StatusAsync("the-id")).State.ShouldBe(state);
    }

    [Fact]
    public async Task What_runs_is_unknown_until_it_is_answered()
    {
        await _worker.PrepareAsync();
        var answer = _worker.HoldConfirms();
        var running = _worker.ConfirmAsync(id: "the-id");
        (await _worker.StatusAsync("the-id")).State.ShouldBe(PpvOrderState.Unknown);
        answer.SetResult("OK");
        await running.WaitAsync(Bound);
        (await _worker.StatusAsync("the-id")).ShouldBe((PpvOrderState.Completed, "OK"));
    }

    [Fact]
    public async Task What_waits_for_a_line_is_unknown_though_the_journal_has_not_seen_it()
    {
        using var small = new LeasedWorker(server => (server.FirstLine, server.LastLine) = (1, 1));
        await small.PrepareAsync();
        var waiting = small.SendAsync(OtherCall, "EV", "2", "the-id");
        (await small.StatusAsync("the-id")).State.ShouldBe(PpvOrderState.Unknown);
        await small.ConfirmAsync();
        (await waiting.WaitAsync(Bound)).ShouldSay("OK\r");
    }

    [Fact]
    public async Task A_repeated_confirm_is_known_by_its_own_id_as_what_it_was_told()
    {
        await _worker.PrepareAsync();
        await _worker.ConfirmAsync(id: "first");
        (await _worker.ConfirmAsync(id: "second")).ShouldSay("OK\r");
        (await _worker.StatusAsync("second")).ShouldBe((PpvOrderState.Completed, "OK"));
        (await _worker.Journal.FindAsync("second"))!.RepeatOf.ShouldBe("first");
    }

    [Theory]
    [InlineData(true, PpvOrderState.Completed)]
    [InlineData(false, PpvOrderState.NotExecuted)]
    public async Task A_repeated_confirm_is_settled_with_the_first_one(bool bought, PpvOrderState state)
    {
        await _worker.PrepareAsync();
        _worker.Mute(PpvCommandKind.Confirm);
        await _worker.ConfirmAsync(id: "first");
        (await _worker.ConfirmAsync(id: "second")).ShouldSay("ER444", RpcOutcome.Unknown);
        (await _worker.StatusAsync("second")).State.ShouldBe(PpvOrderState.Unknown);
        (await _worker.Journal.UnknownsAsync()).ShouldHaveSingleItem().Order.Id.ShouldBe("first");

        await _worker.Journal.SettleAsync("first", bought, "Seen in Wizard's list.");

        (await _worker.StatusAsync("second")).State.ShouldBe(state);
        (await _worker.ConfirmAsync(id: "second")).Outcome.ShouldBe(bought ? RpcOutcome.Completed : RpcOutcome.NotExecuted);
        _worker.UpsSent.ShouldBe(1);
    }

    [Fact]
    public async Task A_confirm_that_could_not_be_told_of_an_earlier_one_is_unknown_by_its_own_id()
    {
        await _worker.PrepareAsync();
        await _worker.ConfirmAsync(id: "first");
        _worker.Clock.Advance(TimeSpan.FromMinutes(6));
        (await _worker.ConfirmAsync(id: "second")).ShouldSay("ER444", RpcOutcome.Unknown);
        (await _worker.StatusAsync("second")).State.ShouldBe(PpvOrderState.Unknown);
        (await _worker.StatusAsync("first")).State.ShouldBe(PpvOrderState.Completed);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_is_not_a_never_seen()
    {
        _journal.CannotRead = true;
        (await _worker.StatusAsync("the-id")).State.ShouldBe(PpvOrderState.Unavailable);
    }
}
