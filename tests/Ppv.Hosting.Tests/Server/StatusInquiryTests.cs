using System.Text.Json;
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

    [Theory]
    [InlineData(true, 60_000L)]
    [InlineData(false, null)] // Its own time only: others may have had the id before.
    public async Task Only_a_proven_record_says_for_how_long_it_is_whole(bool isProven, long? milliseconds)
    {
        using var answer = await _worker.AskAsync("never", _worker.Clock.GetUtcNow().AddMinutes(-1), isProven);
        var said = answer.RootElement.GetProperty("coveredFor");
        (said.ValueKind == JsonValueKind.Null ? (long?)null : said.GetInt64()).ShouldBe(milliseconds);
    }

    [Fact]
    public async Task No_record_is_said_to_be_whole_for_longer_than_the_journal_remembers()
    {
        using var forgetful = new LeasedWorker(server => server.Journal.Retention = TimeSpan.FromHours(1));
        using var answer = await forgetful.AskAsync("never", forgetful.Clock.GetUtcNow().AddHours(-48), isProven: true);
        answer.RootElement.GetProperty("coveredFor").GetInt64().ShouldBe((long)TimeSpan.FromMinutes(58).TotalMilliseconds);
    }

    [Fact]
    public async Task What_the_journal_may_have_forgotten_by_a_clock_that_is_a_little_off_is_not_known_to_be_new()
    {
        using var forgetful = new LeasedWorker(server => server.Journal.Retention = TimeSpan.FromHours(1));
        foreach (var (minutes, outcome) in new[] { (57, RpcOutcome.NotExecuted), (59, RpcOutcome.Unknown) })
        {
            var made = IdHistory.RepeatSince(forgetful.Clock.GetUtcNow().AddMinutes(-minutes));
            (await forgetful.SendAsync(Call, "CONFIRM", "UP", onlyOurs: true, history: made)).Outcome.ShouldBe(outcome);
        }
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_is_not_a_never_seen()
    {
        _journal.CannotRead = true;
        (await _worker.StatusAsync("the-id")).State.ShouldBe(PpvOrderState.Unavailable);
    }
}
