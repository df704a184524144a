using System.Text;
using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>
/// The journal's file is spoilt while a worker uses it: what the worker knows it says, and what only the file knew is unknown, never "not
/// executed".
/// </summary>
public sealed class UnreadableJournalTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestClock _clock = new();
    private readonly List<LeasedWorker> _workers = [];

    public async ValueTask InitializeAsync() => await EarlierWorker.LeaveJournalAsync(_folder.File("journal.db"));

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            worker.Dispose();
            await worker.Journal.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData(Damage.Noise)]
    [InlineData(Damage.Zeros)]
    [InlineData(Damage.Nothing)]
    public async Task What_the_worker_knows_of_an_order_it_says_from_memory(Damage damage)
    {
        var worker = Start();
        (await worker.SendAsync(Call, "EV", "1569885", "event")).ShouldSay("OK\r");
        (await worker.SubscriberAsync()).ShouldSay("OK\r");
        (await worker.ConfirmAsync(id: "first")).ShouldSay("OK\r");
        await SpoilAsync(worker, damage);

        (await worker.ConfirmAsync(id: "second")).ShouldSay("OK\r");
        (await worker.ConfirmAsync(id: "first")).ShouldSay("OK\r");
        (await worker.SendAsync(Call, "EV", "1569885", "event", possibleDuplicate: true)).ShouldSay("OK\r");

        worker.Wizard.Requests.Count.ShouldBe(3);
        (await worker.StatusAsync("first")).ShouldBe((PpvOrderState.Completed, "OK"));
    }

    [Fact]
    public async Task A_confirm_whose_outcome_the_worker_does_not_know_stays_unknown()
    {
        var worker = Start();
        await worker.PrepareAsync();
        worker.Mute(PpvCommandKind.Confirm);
        (await worker.ConfirmAsync(id: "first")).ShouldSay("ER444", RpcOutcome.Unknown);
        await SpoilAsync(worker, Damage.Noise);

        foreach (var id in new[] { "first", "second" }) (await worker.ConfirmAsync(id: id)).ShouldSay("ER444", RpcOutcome.Unknown);
        worker.UpsSent.ShouldBe(1);
    }

    /// <summary>Its id is younger than any that the file has, so there is nothing to look up.</summary>
    [Theory]
    [InlineData(Damage.Noise)]
    [InlineData(Damage.Zeros)]
    [InlineData(Damage.Nothing)]
    public async Task An_order_that_can_only_be_new_is_not_unknown(Damage damage)
    {
        var worker = Start();
        await worker.PrepareAsync();
        await SpoilAsync(worker, damage, look: false);

        (await worker.ConfirmAsync(id: Guid.CreateVersion7().ToString("N"))).ShouldSay("ER444", RpcOutcome.NotExecuted);

        worker.UpsSent.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_worker_that_cannot_read_what_an_earlier_one_did_calls_no_confirm_not_executed(bool prepared)
    {
        var path = _folder.File("journal.db");
        await File.WriteAllTextAsync(path, new string('z', 20_000));
        var worker = Start();
        if (prepared) await worker.PrepareAsync();

        (await worker.ConfirmAsync(id: "the-id")).ShouldSay("ER444", RpcOutcome.Unknown);
        (await worker.ConfirmAsync(id: "the-id")).ShouldSay("ER444", RpcOutcome.Unknown);

        worker.UpsSent.ShouldBe(0);
        (await worker.StatusAsync("another")).State.ShouldBe(PpvOrderState.Unavailable);
    }

    [Theory]
    [InlineData(Damage.Noise, false)]
    [InlineData(Damage.Noise, true)]
    [InlineData(Damage.Zeros, true)]
    [InlineData(Damage.Nothing, true)]
    public async Task A_journal_that_was_spoilt_is_a_problem_as_soon_as_somebody_looks_and_within_a_minute_if_nobody_does(
        Damage damage, bool nobodyLooks)
    {
        var worker = Start();
        await worker.PrepareAsync();
        worker.Journal.Problem.ShouldBeNull();

        await SpoilAsync(worker, damage, look: !nobodyLooks);
        if (nobodyLooks)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            using var limit = new CancellationTokenSource(Entries.Bound);
            while (worker.Journal.Problem is null) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, limit.Token);
        }

        worker.Journal.Problem.ShouldNotBeNull().ShouldContain(_folder.File("journal.db"));
    }

    [Fact]
    public async Task An_event_that_can_not_be_looked_up_and_is_not_sent_now_may_have_been_sent_before()
    {
        await File.WriteAllTextAsync(_folder.File("journal.db"), new string('z', 20_000));
        var worker = Start();
        worker.Wizard.Answer = (_, _) => throw new WizardException(WizardFailure.NotSent, "Wizard was not reached.");

        (await worker.SendAsync(Call, "EV", "1569885", "the-id")).ShouldSay("ER444", RpcOutcome.Unknown);
        (await worker.SendAsync(Call, "EV", "1569885", "the-id")).ShouldSay("ER444", RpcOutcome.Unknown);
        (await worker.StatusAsync("the-id")).State.ShouldBe(PpvOrderState.Unknown);
    }

    public enum Damage { Noise, Zeros, Nothing }

    private LeasedWorker Start()
    {
        var worker = new LeasedWorker(
            journal: _ => new SqliteOrderJournal(new JournalOptions { Path = _folder.File("journal.db") }, _clock));
        _workers.Add(worker);
        return worker;
    }

    /// <summary>Once everything is on disk, so that nothing is known only because it waits to be written.</summary>
    private async Task SpoilAsync(LeasedWorker worker, Damage damage, bool look = true)
    {
        await worker.Journal.PruneAsync().WaitAsync(Entries.Bound);
        foreach (var path in new[] { _folder.File("journal.db"), _folder.File("journal.db-wal") })
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            var content = new byte[file.Length];
            if (damage == Damage.Noise) Encoding.ASCII.GetBytes(new string('z', content.Length), content);
            if (damage == Damage.Nothing) file.SetLength(0);
            else await file.WriteAsync(content);
        }

        if (look) await Should.ThrowAsync<JournalUnavailableException>(async () => await worker.Journal.FindAsync("nobody"));
    }
}
