using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>
/// A disk that takes no write and gives no error, as one that is frozen: callers wait for 2 s, later ones not at all, and it is told once.
/// </summary>
public sealed class FrozenDiskTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestClock _clock = new(Entries.Noon);
    private readonly LogCollector _log = new();
    private readonly StallingDisk _disk = new();
    private LeasedWorker _worker = null!;

    public async ValueTask InitializeAsync()
    {
        await EarlierWorker.LeaveJournalAsync(_folder.File("journal.db"));
        _worker = Start();
        await _worker.PrepareAsync();
        await _worker.PrepareAsync(OtherCall);
        await _worker.Journal.PruneAsync().WaitAsync(Entries.Bound);
    }

    public async ValueTask DisposeAsync()
    {
        _disk.Release();
        _worker.Dispose();
        await _worker.Journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_confirm_waits_two_seconds_the_next_ones_not_at_all_and_none_is_sent()
    {
        _disk.Stall();
        var first = _worker.ConfirmAsync(id: "first");
        await HoldingAsync();
        var behind = _worker.ConfirmAsync(OtherCall, "behind");
        await UntilAsync(() => _worker.Lines.Counts.Busy == 2);
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        first.IsCompleted.ShouldBeFalse("the disk may only be slow");
        _worker.Journal.Problem.ShouldBeNull();

        _clock.Advance(TimeSpan.FromSeconds(0.1));

        foreach (var confirm in new[] { first, behind, _worker.ConfirmAsync(OtherCall, "later") })
        {
            var answer = await confirm.WaitAsync(Entries.Bound);
            answer.ShouldSay("ER444", RpcOutcome.NotExecuted);
            answer.Reason.ShouldBe("The worker's order journal can't be used now; the worker's log says why.");
        }

        _worker.Journal.Problem.ShouldNotBeNull().ShouldEndWith("its disk has not answered for 2 s. Check the disk.");
        (await _worker.StatusAsync("first")).State.ShouldBe(PpvOrderState.NotExecuted);
        (await _worker.StatusAsync("later")).State.ShouldBe(PpvOrderState.NotExecuted);
        _log.Entries.Single(entry => entry.Level >= LogLevel.Warning).Message.ShouldBe(
            $"The order journal {_folder.File("journal.db")} can't be used: its disk has not answered for 2 s. Check the disk. "
                + "Confirms are refused until it answers, EV and EN go on.");
    }

    [Fact]
    public async Task When_the_disk_answers_again_what_was_refused_is_on_record_and_confirms_are_sent()
    {
        _disk.Stall();
        var first = _worker.ConfirmAsync(id: "first");
        await HoldingAsync();
        _clock.Advance(TimeSpan.FromSeconds(2));
        await first.WaitAsync(Entries.Bound);
        await _worker.ConfirmAsync(OtherCall, "later");
        _clock.Advance(TimeSpan.FromSeconds(7));
        _disk.Release();
        await _worker.Journal.PruneAsync().WaitAsync(Entries.Bound);

        _worker.Journal.Problem.ShouldBeNull();
        _log.Entries.Last(entry => entry.Level == LogLevel.Information).Message.ShouldBe(
            $"The order journal {_folder.File("journal.db")} works again after 9 s.");
        (await _worker.ConfirmAsync(id: "again")).ShouldSay("OK\r");
        _worker.UpsSent.ShouldBe(1);
        _worker.Dispose();
        await _worker.Journal.DisposeAsync();
        _worker = Start();
        (await _worker.StatusAsync("first")).State.ShouldBe(PpvOrderState.NotExecuted);
        (await _worker.StatusAsync("later")).State.ShouldBe(PpvOrderState.NotExecuted);
        (await _worker.StatusAsync("again")).State.ShouldBe(PpvOrderState.Completed);
    }

    [Fact]
    public async Task An_event_that_takes_the_place_of_another_does_not_wait_for_a_disk_that_hangs_already()
    {
        _disk.Stall();
        var confirm = _worker.ConfirmAsync(id: "first");
        await HoldingAsync();
        _clock.Advance(TimeSpan.FromSeconds(2));
        await confirm.WaitAsync(Entries.Bound);

        var answer = await _worker.EventAsync(OtherCall, "262193").WaitAsync(Entries.Bound);

        answer.ShouldSay("ER444", RpcOutcome.NotExecuted);
        answer.Reason.ShouldNotBeNull().ShouldEndWith("Its disk takes nothing now.");
        (await _worker.EventAsync("0127032d64a94799").WaitAsync(Entries.Bound)).ShouldSay("OK\r");
    }

    private LeasedWorker Start() => new(journal: _ => new SqliteOrderJournal(
        new JournalOptions { Path = _folder.File("journal.db") }, _clock, _log.CreateLogger("Ppv.Hosting"),
        new JournalHooks { BeforeGroup = _ => _disk.Write() }));

    private Task HoldingAsync() => UntilAsync(() => _disk.IsHolding);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(Entries.Bound);
        while (!isSo()) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, limit.Token);
    }
}
