using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>How much the journal writes, and that a new order needs no look into its file.</summary>
public sealed class JournalSizeTests : IDisposable
{
    private const int Before = 1000, Calls = 200;

    private readonly TemporaryFolder _folder = new();
    private readonly TestClock _clock = new(Entries.Noon);
    private readonly string _path;

    public JournalSizeTests() => _path = _folder.File("journal.db");

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// The dearest case: one call at a time, so that each state of each order is a commit of its own. Random are the ids only.
    /// </summary>
    [Fact]
    public void An_order_costs_4_KB_of_log_at_most()
    {
        using var file = new JournalFile(_path, _clock, JournalHooks.None);
        file.Open();
        file.Save(Group([.. Enumerable.Range(0, Before).SelectMany(_ => Call()).Select(entry => entry.Said("OK"))]));
        var before = LogLength();
        for (var call = 0; call < Calls; call++)
        {
            foreach (var entry in Call())
            {
                _clock.Advance(TimeSpan.FromMilliseconds(20));
                if (entry.IsConfirm) file.Save(Group([], [Intent(entry.Is(JournalState.Intent))]));
                else file.Save(Group([entry]));
                file.Save(Group([entry.Said("OK")]));
            }
        }

        var written = LogLength() - before;
        LogLength().ShouldBeLessThan(JournalSetup.LogLimit, "the log was not begun anew, or its length would tell nothing");
        (written / (3 * Calls)).ShouldBeInRange(1024, 4096);
    }

    [Fact]
    public async Task New_orders_are_not_looked_up_and_known_ones_are()
    {
        var reads = 0;
        await using (var journal = Open(() => Interlocked.Increment(ref reads)))
        {
            await journal.PruneAsync().WaitAsync(Entries.Bound); // It is open now, and was looked at.
            await journal.UnknownsAsync().WaitAsync(Entries.Bound);
            Volatile.Write(ref reads, 0);
            foreach (var entry in Call())
            {
                (await journal.FindAsync(entry.OrderId)).ShouldBeNull();
                journal.Record(entry with { State = JournalState.Completed, Code = "OK" });
            }

            reads.ShouldBe(0);
            journal.Record(Entries.Event("0").Said("OK"));
        }

        var next = Call()[0];
        await using var again = Open(() => Interlocked.Increment(ref reads));
        await again.PruneAsync().WaitAsync(Entries.Bound);
        await again.UnknownsAsync().WaitAsync(Entries.Bound);
        Volatile.Write(ref reads, 0);
        (await again.FindAsync("0"))!.Code.ShouldBe("OK", "an earlier process recorded it");
        reads.ShouldBe(1);
        (await again.FindAsync(next.OrderId)).ShouldBeNull();
        reads.ShouldBe(1);
    }

    [Fact]
    public async Task What_another_process_settled_is_told_and_not_overwritten()
    {
        await using var journal = Open();
        await journal.RecordIntentAsync(Entries.Confirm("u1"));
        await journal.RecordResultAsync(Entries.Confirm("u1").Is(JournalState.Unknown, "No answer."));
        new JournalView(_path).Settle("u1", bought: false, "Not on the bill.", _clock.GetUtcNow());

        (await journal.FindAsync("u1"))!.State.ShouldBe(JournalState.SettledNotBought);
        (await journal.RecordResultAsync(Entries.Confirm("u1").Said("OK"))).ShouldBeTrue();
        (await journal.FindAsync("u1"))!.Note.ShouldBe("Not on the bill.");
        await Should.ThrowAsync<InvalidOperationException>(journal.RecordIntentAsync(Entries.Confirm("u1")));
    }

    private SqliteOrderJournal Open(Action? beforeRead = null) =>
        new(new JournalOptions { Path = _path }, _clock, null, new JournalHooks { BeforeRead = beforeRead });

    private long LogLength() => new FileInfo(_path + "-wal").Length;

    /// <summary>The orders of a call, as the worker names them.</summary>
    private List<JournalEntry> Call()
    {
        var (call, lease, now) = ($"{Random.Shared.NextInt64():x16}", Guid.NewGuid().ToString(), _clock.GetUtcNow());
        return
        [
            Entries.Event(Id(), call, lease, now),
            Entries.Subscriber(Id(), call, lease, now),
            Entries.Confirm(Id(), call, lease, now),
        ];

        string Id()
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            return Guid.CreateVersion7(_clock.GetUtcNow()).ToString("N");
        }
    }

    private static WriteGroup Group(JournalEntry[] entries, GuardedWrite[]? guarded = null) => new(entries, guarded ?? [], [], []);

    private static GuardedWrite Intent(JournalEntry intent) => new(intent.OrderId, intent, known => JournalRules.Begin(known, intent));
}
