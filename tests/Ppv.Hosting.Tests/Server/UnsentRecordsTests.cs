using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>Whoever can send orders can have confirms answered without end that are never sent: they must not fill the journal.</summary>
public sealed class UnsentRecordsTests : IDisposable
{
    private const int Flood = UnsentRecords.AtOnce + 100;

    private static readonly TimeSpan Short = new JournalOptions().RefusalRetention + JournalRules.RefusalInterval;

    private readonly LeasedWorker _worker = new();

    public void Dispose() => _worker.Dispose();

    [Fact]
    public async Task Each_repeat_of_a_confirm_is_told_its_answer_and_only_so_many_are_recorded_for_long()
    {
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync(id: "first")).ShouldSay("OK\r");
        for (var i = 0; i < Flood; i++) (await _worker.ConfirmAsync(id: $"repeat-{i}")).ShouldSay("OK\r");

        (await RecordedAsync("repeat")).ShouldBe(Flood);
        _worker.Clock.Advance(Short);
        (await RecordedAsync("repeat")).ShouldBe(UnsentRecords.AtOnce);
        _worker.UpsSent.ShouldBe(1);
    }

    /// <summary>The broker, a proxy or the caller's program may send it again, when the call has named something else.</summary>
    [Fact]
    public async Task A_repeat_that_was_told_its_answer_buys_nothing_when_it_comes_again_however_many_there_were()
    {
        await _worker.PrepareAsync();
        await _worker.ConfirmAsync(id: "first");
        for (var i = 0; i < Flood; i++) await _worker.ConfirmAsync(id: $"repeat-{i}");
        await _worker.PrepareAsync(number: "1569886");

        (await _worker.ConfirmAsync(id: $"repeat-{Flood - 1}")).ShouldSay("OK\r");
        (await _worker.StatusAsync($"repeat-{Flood - 1}")).State.ShouldBe(PpvOrderState.Completed);
        _worker.UpsSent.ShouldBe(1);
    }

    /// <summary>Its id says that it is older than whatever is remembered.</summary>
    [Fact]
    public async Task Each_confirm_that_may_have_been_sent_before_is_unknown_and_only_so_many_are_listed()
    {
        for (var i = 0; i < Flood; i++) (await OldConfirmAsync($"old-{i}")).ShouldSay("ER444", RpcOutcome.Unknown);

        (await RecordedAsync("old")).ShouldBe(Flood);
        (await _worker.Journal.UnknownsAsync()).Count.ShouldBe(UnsentRecords.AtOnce);
        _worker.Clock.Advance(Short);
        (await RecordedAsync("old")).ShouldBe(UnsentRecords.AtOnce);
        for (var i = 0; i < Flood; i++) await OldConfirmAsync($"new-{i}");
        (await OldConfirmAsync("other", owner: "b")).ShouldSay("ER444", RpcOutcome.Unknown);
        (await _worker.Journal.FindAsync("other~b")).ShouldNotBeNull("another client has a number of its own");
        _worker.Clock.Advance(UnsentRecords.Every);
        await OldConfirmAsync("later");
        (await _worker.Journal.FindAsync("later"))!.RepeatOf.ShouldBeNull("it is kept for long");
    }

    /// <summary>What its call's lease ends with must survive a crash, and costs its sender an EV and an EN on Wizard's line.</summary>
    [Fact]
    public async Task One_that_ends_its_calls_lease_is_always_recorded()
    {
        for (var i = 0; i < Flood; i++) await OldConfirmAsync($"old-{i}");
        await _worker.PrepareAsync();

        await OldConfirmAsync("with-a-line");
        (await _worker.Journal.FindAsync("with-a-line"))!.Line.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(JournalState.NotExecuted, "EV", true)]
    [InlineData(JournalState.Unknown, "EV", true)]
    [InlineData(JournalState.NotExecuted, "CONFIRM", true)]
    [InlineData(JournalState.Unknown, "CONFIRM", false)]
    [InlineData(JournalState.Received, "EV", false)]
    public void What_got_no_line_is_a_refusal_but_for_a_confirm_that_nobody_knows_about(JournalState state, string command, bool isRefusal)
    {
        var entry = (command == "EV" ? Entries.Event("1", lease: null) : Entries.Confirm("1", lease: null)) with { Line = null };
        JournalRules.IsRefusal(entry.Is(state)).ShouldBe(isRefusal);
        JournalRules.IsRefusal(entry.Is(state) with { RepeatOf = "2" }).ShouldBeFalse();
        JournalRules.IsRefusal(JournalRules.KeptBriefly(entry.Is(state))).ShouldBeTrue();
        JournalRules.IsRefusal(entry.Is(state) with { Line = new LineNumber(20) }).ShouldBeFalse();
    }

    private Task<RpcReply> OldConfirmAsync(string id, string? owner = null) => _worker.SendAsync(
        Call, "CONFIRM", "UP", id, onlyOurs: true, owner: owner,
        history: IdHistory.PossibleSince(_worker.Clock.GetUtcNow().AddDays(-365)));

    private async Task<int> RecordedAsync(string prefix)
    {
        var count = 0;
        for (var i = 0; i < Flood; i++) count += await _worker.Journal.FindAsync($"{prefix}-{i}") is null ? 0 : 1;
        return count;
    }
}
