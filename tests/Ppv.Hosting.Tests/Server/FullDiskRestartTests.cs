using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>
/// A worker that is started again on a disk that takes nothing, and can be read: what was never sent is not executed, as before the
/// restart.
/// </summary>
public sealed class FullDiskRestartTests : IAsyncLifetime
{
    private readonly TestClock _clock = new(Entries.Noon);
    private readonly List<LeasedWorker> _workers = [];
    private readonly TemporaryFolder _copies = new();
    private SmallDisk _disk = null!;

    public async ValueTask InitializeAsync()
    {
        _disk = await SmallDisk.MakeAsync();
        await EarlierWorker.LeaveJournalAsync(_disk.File("journal.db"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers) await StopAsync(worker);
        await _disk.DisposeAsync();
        _copies.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_confirm_that_was_never_sent_is_not_executed_after_a_restart_either(bool crashed)
    {
        var first = Start();
        await first.PrepareAsync(OtherCall);
        (await first.ConfirmAsync(OtherCall, "bought")).ShouldSay("OK\r");
        await first.Journal.RecordIntentAsync(Entries.Confirm("begun", "aa", "s-b"));
        await first.PrepareAsync();
        await first.Journal.PruneAsync().WaitAsync(Entries.Bound);
        var left = Copy("left");
        _disk.Fill();
        (await first.ConfirmAsync(id: "refused")).ShouldSay("ER444", RpcOutcome.NotExecuted);
        _disk.MakeRoom();
        await StopAsync(first);
        if (crashed) PutBack(left, "", "-wal", "-shm", ".lock");
        _disk.Fill();
        _disk.RefusesAll = crashed; // Else there is no log to write into, and no room for one.

        var second = Start();
        for (var i = 0; i < 3; i++)
        {
            var call = $"0127032d64a9480{i}";
            (await second.SendAsync(call, "EV", "1569885", $"event-{i}")).ShouldSay("OK\r");
            (await second.SendAsync(call, "EN", "85165320", $"subscriber-{i}")).ShouldSay("OK\r");
            (await second.ConfirmAsync(call, $"new-{i}")).ShouldSay("ER444", RpcOutcome.NotExecuted);
            (await second.ConfirmAsync(call, $"new-{i}")).ShouldSay("ER444", RpcOutcome.NotExecuted);
        }

        (await second.ConfirmAsync(OtherCall, "bought")).ShouldSay("OK\r");
        (await second.ConfirmAsync("aa", "begun")).ShouldSay("ER444", RpcOutcome.Unknown);
        (await second.Journal.UnknownsAsync()).Select(entry => entry.OrderId).ShouldBe(["begun"]);
        (await second.StatusAsync("never-seen")).State.ShouldBe(PpvOrderState.NeverSeen);
        second.UpsSent.ShouldBe(0);
        second.Journal.Problem.ShouldNotBeNull().ShouldEndWith("Make room on its disk.");

        _disk.MakeRoom();
        _clock.Advance(TimeSpan.FromSeconds(5));
        await second.Journal.PruneAsync().WaitAsync(Entries.Bound);
        (await second.ConfirmAsync("0127032d64a94800", "again")).ShouldSay("OK\r");
        (await second.StatusAsync("new-0")).State.ShouldBe(PpvOrderState.NotExecuted);
        (await second.StatusAsync("begun")).State.ShouldBe(PpvOrderState.Unknown);
    }

    [Fact]
    public async Task Its_name_among_the_workers_is_known_and_calls_of_before_start_over()
    {
        var first = Start();
        await first.PrepareAsync();
        await first.Journal.PruneAsync().WaitAsync(Entries.Bound);
        var name = await first.Journal.IdentityAsync();
        await StopAsync(first);
        _disk.Fill();
        _disk.RefusesAll = false;

        var second = Start();

        (await second.Journal.IdentityAsync().WaitAsync(Entries.Bound)).ShouldBe(name);
        await Should.ThrowAsync<JournalUnavailableException>(second.Journal.RestoreAsync(Entries.Noon.AddHours(-1)));
        (await second.ConfirmAsync(id: "never-sent")).ShouldSay("ER998", RpcOutcome.NotExecuted);
    }

    [Fact]
    public async Task An_old_copy_is_refused_on_a_full_disk_too()
    {
        var first = Start();
        await StopAsync(first);
        var old = Copy("old");
        var second = Start();
        (await second.SendAsync(OtherCall, "EV", "1569885", "later")).ShouldSay("OK\r");
        await StopAsync(second);
        PutBack(old, "");
        _disk.Fill();

        var third = Start();

        (await third.ConfirmAsync(id: "later")).ShouldSay("ER444", RpcOutcome.Unknown);
        third.Journal.Problem.ShouldNotBeNull().ShouldContain("it is an old copy");
        await Should.ThrowAsync<JournalUnavailableException>(third.Journal.IdentityAsync().WaitAsync(Entries.Bound));
    }

    private LeasedWorker Start()
    {
        var worker = new LeasedWorker(journal: _ => new SqliteOrderJournal(
            new JournalOptions { Path = _disk.File("journal.db") }, _clock, null, _disk.Hooks));
        _workers.Add(worker);
        return worker;
    }

    private static async Task StopAsync(LeasedWorker worker)
    {
        worker.Dispose();
        await worker.Journal.DisposeAsync();
    }

    /// <summary>What a kill would leave now, in another folder.</summary>
    private string Copy(string name) => JournalCopies.AfterKill(_disk.File("journal.db"), _copies, name);

    private void PutBack(string copy, params string[] ends)
    {
        foreach (var end in new[] { "", "-wal", "-shm" }) File.Delete(_disk.File("journal.db") + end);
        foreach (var end in ends.Where(end => File.Exists(copy + end))) JournalCopies.Copy(copy + end, _disk.File("journal.db") + end);
    }
}
