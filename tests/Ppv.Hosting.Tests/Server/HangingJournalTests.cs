using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>A file system that does not answer: EV and EN go on within a bound, and no confirm is sent or called not executed.</summary>
public sealed class HangingJournalTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestClock _clock = new();
    private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _works = new(initialState: true);
    private LeasedWorker _worker = null!;

    public async ValueTask InitializeAsync()
    {
        await EarlierWorker.LeaveJournalAsync(_folder.File("journal.db"));
        _worker = new LeasedWorker(journal: _ => new SqliteOrderJournal(
            new JournalOptions { Path = _folder.File("journal.db") }, _clock, null, new JournalHooks { BeforeRead = Read }));
    }

    public async ValueTask DisposeAsync()
    {
        _works.Set();
        _worker.Dispose();
        await _worker.Journal.DisposeAsync();
        _works.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_order_waits_two_seconds_for_a_read_that_hangs_and_the_next_ones_not_at_all()
    {
        (await _worker.EventAsync(OtherCall)).ShouldSay("OK\r");
        _works.Reset();
        var first = _worker.EventAsync();
        await _hangs.Task.WaitAsync(Entries.Bound);
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        first.IsCompleted.ShouldBeFalse("the disk may only be slow");

        _clock.Advance(TimeSpan.FromSeconds(0.1));

        (await first.WaitAsync(Entries.Bound)).ShouldSay("OK\r");
        (await _worker.SubscriberAsync().WaitAsync(Entries.Bound)).ShouldSay("OK\r"); // The clock stands still: it does not wait.
        (await _worker.ConfirmAsync().WaitAsync(Entries.Bound)).ShouldSay("ER444", RpcOutcome.Unknown);
        _worker.UpsSent.ShouldBe(0);
        (await _worker.StatusAsync("never-seen").WaitAsync(Entries.Bound)).State.ShouldBe(PpvOrderState.Unavailable);
    }

    [Fact]
    public async Task Who_waits_for_a_read_that_hangs_is_let_go_with_it_and_afterwards_all_is_as_before()
    {
        (await _worker.EventAsync(OtherCall)).ShouldSay("OK\r");
        _works.Reset();
        var first = _worker.EventAsync();
        await _hangs.Task.WaitAsync(Entries.Bound);
        var behind = _worker.EventAsync(OtherCall);

        _clock.Advance(TimeSpan.FromSeconds(2));
        (await first.WaitAsync(Entries.Bound)).ShouldSay("OK\r");
        (await behind.WaitAsync(Entries.Bound)).ShouldSay("OK\r");
        _works.Set();

        await _worker.Journal.PruneAsync().WaitAsync(Entries.Bound);
        await ReadableAsync();
        await _worker.PrepareAsync();
        (await _worker.ConfirmAsync()).ShouldSay("OK\r");
        _worker.UpsSent.ShouldBe(1);
    }

    private void Read()
    {
        if (!_works.IsSet) _hangs.TrySetResult();
        _works.Wait(Entries.Bound).ShouldBeTrue("the test lets the disk work again");
    }

    /// <summary>The read that hung comes to its end in the background.</summary>
    private async Task ReadableAsync()
    {
        using var limit = new CancellationTokenSource(Entries.Bound);
        for (; ; limit.Token.ThrowIfCancellationRequested())
        {
            try
            {
                await _worker.Journal.FindAsync("never-seen", limit.Token);
                return;
            }
            catch (JournalUnavailableException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, limit.Token);
            }
        }
    }
}
