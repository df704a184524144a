using Microsoft.Extensions.Logging;
using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>Disks that hang, fail and come back: what is a problem, for how long, and who waits.</summary>
public sealed class JournalDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestClock _clock = new();
    private readonly LogCollector _log = new();
    private readonly string _path;

    public JournalDiskTests() => _path = _folder.File("journal.db");

    public void Dispose() => _folder.Dispose();

    /// <summary>Those who read are many, and each of them is quick: that is no disk that hangs, and nobody has to do without.</summary>
    [Fact]
    public async Task Who_waits_too_long_for_others_to_read_does_not_say_that_the_disk_hangs()
    {
        using var reads = new SemaphoreSlim(0);
        var begun = new SemaphoreSlim(0);
        var isSlow = false;
        await using var journal = Open(new JournalHooks
        {
            BeforeRead = () =>
            {
                if (!Volatile.Read(ref isSlow)) return;
                begun.Release();
                reads.Wait(Entries.Bound).ShouldBeTrue();
            },
        });
        (await journal.FindAsync("some")).ShouldBeNull();
        Volatile.Write(ref isSlow, true);
        var first = journal.FindConfirmAsync(ConnectionId.Parse("1"));
        (await begun.WaitAsync(Entries.Bound)).ShouldBeTrue();
        var others = new[] { journal.FindConfirmAsync(ConnectionId.Parse("2")), journal.FindConfirmAsync(ConnectionId.Parse("3")) };
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        reads.Release();
        (await first.WaitAsync(Entries.Bound)).ShouldBeNull();
        (await begun.WaitAsync(Entries.Bound)).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(0.2));

        foreach (var other in others)
            (await Should.ThrowAsync<JournalUnavailableException>(other.WaitAsync(Entries.Bound))).Message.ShouldContain("many read it");
        journal.Problem.ShouldBeNull();
        Volatile.Write(ref isSlow, false);
        reads.Release(2);
        (await journal.FindConfirmAsync(ConnectionId.Parse("4")).WaitAsync(Entries.Bound)).ShouldBeNull();
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_is_a_problem()
    {
        using var entered = new SemaphoreSlim(0);
        using var answer = new ManualResetEventSlim();
        await using var journal = Open(new JournalHooks
        {
            BeforeGroup = _ =>
            {
                entered.Release();
                answer.Wait(Entries.Bound);
            },
        });
        journal.Record(Entries.Event("e1"));
        (await entered.WaitAsync(Entries.Bound)).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        journal.Problem.ShouldBeNull();
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        journal.Problem.ShouldBe($"The order journal {_path} can't be used: its disk has not answered for 2 s. Check the disk.");
        answer.Set();
        await journal.PruneAsync().WaitAsync(Entries.Bound);
        await journal.RecordIntentAsync(Entries.Confirm("u1")).WaitAsync(Entries.Bound);
        journal.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task When_the_file_works_again_it_is_no_problem_any_more_also_where_nobody_reads_it()
    {
        var isGone = false;
        await using var journal = Open(new JournalHooks { BeforeGroup = _ => ThrowIfGone(), BeforeRead = ThrowIfGone });
        (await journal.FindAsync("e1")).ShouldBeNull();
        Volatile.Write(ref isGone, true);
        await RefusedAsync(journal);
        await Should.ThrowAsync<JournalUnavailableException>(journal.FindAsync("e1"));
        Volatile.Write(ref isGone, false);

        _clock.Advance(TimeSpan.FromSeconds(5));

        using var limit = new CancellationTokenSource(Entries.Bound);
        while (journal.Problem is not null) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, limit.Token);

        void ThrowIfGone()
        {
            if (Volatile.Read(ref isGone)) throw new IOException("The disk is gone.");
        }
    }

    [Fact]
    public async Task A_file_that_can_not_even_be_opened_keeps_nobody_waiting_for_long()
    {
        using var entered = new SemaphoreSlim(0);
        using var answer = new ManualResetEventSlim();
        await using var journal = Open(new JournalHooks
        {
            BeforeOpen = () =>
            {
                entered.Release();
                answer.Wait(Entries.Bound);
            },
        });
        (await entered.WaitAsync(Entries.Bound)).ShouldBeTrue();
        var (lookup, list) = (journal.FindAsync("e1"), journal.UnknownsAsync());
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        lookup.IsCompleted.ShouldBeFalse("it may only be slow");

        _clock.Advance(TimeSpan.FromSeconds(0.1));
        (await Should.ThrowAsync<JournalUnavailableException>(
            lookup.WaitAsync(Entries.Bound))).Message.ShouldContain("has not answered for 2 s");
        list.IsCompleted.ShouldBeFalse("no order waits for a list");
        _clock.Advance(TimeSpan.FromSeconds(8.1));
        await Should.ThrowAsync<JournalUnavailableException>(list.WaitAsync(Entries.Bound));
        journal.Problem.ShouldBe($"The order journal {_path} can't be used: its disk has not answered for 10 s. Check the disk.");

        answer.Set();
        (await journal.FindAsync("e1").WaitAsync(Entries.Bound)).ShouldBeNull();
    }

    [Fact]
    public async Task A_look_at_the_file_that_nobody_waits_for_makes_no_order_late()
    {
        using var entered = new SemaphoreSlim(0);
        using var answer = new ManualResetEventSlim();
        await using var journal = Open(new JournalHooks
        {
            BeforeRead = () =>
            {
                entered.Release();
                answer.Wait(Entries.Bound);
            },
        });
        (await entered.WaitAsync(Entries.Bound)).ShouldBeTrue("the file was opened, and is looked at");
        _clock.Advance(TimeSpan.FromSeconds(5));

        var lookup = journal.FindAsync("e1");
        answer.Set();

        (await lookup.WaitAsync(Entries.Bound)).ShouldBeNull();
    }

    [Fact]
    public async Task A_failure_that_is_not_foreseen_is_an_outage_too_and_logged_whole()
    {
        await using var journal = Open(new JournalHooks { BeforeGroup = _ => throw new NotSupportedException("A bug.") });
        (await RefusedAsync(journal)).Message.ShouldContain("A bug.");
        _log.Entries.Single(entry => entry.Level == LogLevel.Error).Exception.ShouldBeOfType<NotSupportedException>();
    }

    private SqliteOrderJournal Open(JournalHooks hooks) =>
        new(new JournalOptions { Path = _path }, _clock, _log.CreateLogger("Ppv.Hosting"), hooks);

    private static Task<JournalUnavailableException> RefusedAsync(SqliteOrderJournal journal) =>
        Should.ThrowAsync<JournalUnavailableException>(journal.RecordIntentAsync(Entries.Confirm("u1")).WaitAsync(Entries.Bound));
}
