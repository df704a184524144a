using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>What the worker says to somebody who asks what became of an order. Asking changes nothing.</summary>
public sealed class StatusInquiryTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
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
        (await _worker.ConfirmAsync(OtherCall, "refused")).ShouldSay("ER998", PpvOutcome.NotExecuted);
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
    public async Task A_journal_that_cannot_be_read_is_not_a_never_seen()
    {
        _journal.CannotRead = true;
        (await _worker.StatusAsync("the-id")).State.ShouldBe(PpvOrderState.Unavailable);
    }
}
