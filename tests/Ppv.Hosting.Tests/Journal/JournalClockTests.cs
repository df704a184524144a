using Microsoft.Extensions.Logging;
using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>A journal whose machine's clock is wrong for a while: it forgets nothing for it, and takes no order for another one.</summary>
public abstract class JournalClockContract : IDisposable
{
    private static readonly ConnectionId Call = ConnectionId.Parse("0127032d64a94732");
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromDays(1);

    private protected SteppedClock Clock { get; } = new(Entries.Noon);

    private protected abstract IOrderJournalStore Open();

    public virtual void Dispose() => GC.SuppressFinalize(this);

    [Theory]
    [InlineData(31)]
    [InlineData(365 * 80)]
    public async Task A_clock_that_is_ahead_forgets_nothing(int days)
    {
        await using var journal = Open();
        journal.Record(Entries.Event("e1").Said("OK"));
        (await journal.PruneAsync().WaitAsync(Entries.Bound)).ShouldBe(0);

        Clock.Step(days * Day);
        (await journal.PruneAsync().WaitAsync(Entries.Bound)).ShouldBe(0);
        journal.Record(Entries.Event("ahead").Said("OK"));
        (await journal.PruneAsync().WaitAsync(Entries.Bound)).ShouldBe(0);
        Clock.Step(-days * Day);
        (await journal.PruneAsync().WaitAsync(Entries.Bound)).ShouldBe(0);

        (await journal.FindAsync("e1")).ShouldNotBeNull();
        (await journal.FindAsync("ahead")).ShouldNotBeNull();
    }

    [Fact]
    public async Task What_was_recorded_by_a_clock_that_was_behind_is_not_forgotten_when_it_is_right_again()
    {
        await using var journal = Open();
        journal.Record(Entries.Event("e1").Said("OK"));
        await journal.PruneAsync().WaitAsync(Entries.Bound);
        Clock.Step(-365 * 56 * Day); // A clock that begins in 1970.
        journal.Record(Entries.Event("behind", at: Clock.GetUtcNow()).Said("OK"));
        await journal.PruneAsync().WaitAsync(Entries.Bound);
        Clock.Step(365 * 56 * Day);
        for (var day = 0; day < 30; day++)
        {
            (await journal.PruneAsync().WaitAsync(Entries.Bound)).ShouldBe(0, $"day {day}");
            Clock.Advance(Day);
        }

        Clock.Advance(TimeSpan.FromMinutes(1)); // By now both are as old as that.
        await journal.PruneAsync().WaitAsync(Entries.Bound);
        (await journal.FindAsync("e1")).ShouldBeNull();
        (await journal.FindAsync("behind")).ShouldBeNull();
    }

    [Fact]
    public async Task The_last_confirm_of_a_call_is_the_one_that_came_last_whatever_the_clock_showed()
    {
        await using var journal = Open();
        await BuyAsync(journal, "u1", "s1");
        Clock.Step(-Hour);
        await BuyAsync(journal, "u2", "s2");

        (await journal.FindConfirmAsync(Call))!.OrderId.ShouldBe("u2");
    }

    [Fact]
    public async Task The_newest_lease_of_a_call_is_the_one_that_came_last_whatever_the_clock_showed()
    {
        await using var journal = Open();
        Record(journal, Entries.Event("e1", lease: "s1"));
        Clock.Step(-Hour);
        Record(journal, Entries.Event("e2", lease: "s2"));
        Record(journal, Entries.Subscriber("n2", lease: "s2"));

        var lease = (await journal.RestoreAsync(Clock.GetUtcNow().AddMinutes(-5))).Leases.ShouldHaveSingleItem();

        lease.LeaseId.ShouldBe("s2");
        lease.Named.Select(dated => dated.Entry.OrderId).TakeLast(2).ShouldBe(["e2", "n2"]);
    }

    [Fact]
    public async Task What_was_said_of_a_command_last_is_what_came_last_whatever_the_clock_showed()
    {
        await using var journal = Open();
        Record(journal, Entries.Event("e1"));
        Clock.Step(-Hour);
        Record(journal, Entries.Event("e2"), "ER7");

        (await journal.RestoreAsync(Clock.GetUtcNow().AddMinutes(-5))).Leases.ShouldHaveSingleItem().Named[^1].Entry.OrderId.ShouldBe("e2");
    }

    [Fact]
    public async Task An_order_that_comes_once_more_comes_last()
    {
        await using var journal = Open();
        journal.Record(Entries.Event("e1", at: Clock.GetUtcNow()).Is(JournalState.NotExecuted, "No connection."));
        Clock.Advance(TimeSpan.FromSeconds(5));
        Record(journal, Entries.Event("e2"));
        Clock.Step(-Hour);
        Record(journal, Entries.Event("e1"), "ER7");

        (await journal.RestoreAsync(Clock.GetUtcNow().AddMinutes(-5))).Leases.ShouldHaveSingleItem().Named[^1].Entry.OrderId.ShouldBe("e1");
    }

    [Fact]
    public async Task A_lease_that_looks_new_because_the_clock_was_set_back_comes_with_whoever_had_its_line_since()
    {
        await using var journal = Open();
        Record(journal, Entries.Event("e1", lease: "s1"));
        Clock.Step(-Hour);
        Record(journal, Entries.Event("e2", "0127032d64a94733", "s2"));
        Clock.Advance(Hour + TimeSpan.FromSeconds(10)); // By the clock the first one is ten seconds old, and the second one an hour.

        var leases = (await journal.RestoreAsync(Clock.GetUtcNow().AddMinutes(-5))).Leases;

        leases.Select(lease => lease.LeaseId).ShouldBe(["s1", "s2"]);
    }

    [Fact]
    public async Task What_the_clock_showed_last_is_known()
    {
        await using var journal = Open();
        (await journal.NewestAsync()).ShouldBeNull();
        Record(journal, Entries.Event("e1"));
        Clock.Step(-Hour);
        Record(journal, Entries.Event("e2"));
        (await journal.NewestAsync()).ShouldBe(Clock.GetUtcNow());
        await journal.PruneAsync().WaitAsync(Entries.Bound); // It is on disk by now.
        (await journal.NewestAsync()).ShouldBe(Clock.GetUtcNow());
    }

    private protected void Record(IOrderJournalStore journal, JournalEntry entry, string code = "OK") =>
        journal.Record((entry with { ReceivedAt = Clock.GetUtcNow() }).Said(code));

    private async Task BuyAsync(IOrderJournalStore journal, string id, string lease)
    {
        var confirm = Entries.Confirm(id, lease: lease, at: Clock.GetUtcNow());
        await journal.RecordIntentAsync(confirm).WaitAsync(Entries.Bound);
        (await journal.RecordResultAsync(confirm.Said("OK")).WaitAsync(Entries.Bound)).ShouldBeTrue();
    }
}

public sealed class InMemoryJournalClockTests : JournalClockContract
{
    private protected override IOrderJournalStore Open() => new InMemoryOrderJournal(null, Clock);
}

public sealed class SqliteJournalClockTests : JournalClockContract
{
    private readonly TemporaryFolder _folder = new();
    private readonly LogCollector _log = new();

    private protected override IOrderJournalStore Open() => new SqliteOrderJournal(
        new JournalOptions { Path = _folder.File("journal.db") }, Clock, _log.CreateLogger("journal"), JournalHooks.None);

    public override void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
        base.Dispose();
    }

    [Fact]
    public async Task A_worker_that_starts_with_a_clock_that_is_ahead_forgets_nothing_for_as_long_as_it_remembers_and_says_so_once()
    {
        await using (var journal = Open()) Record(journal, Entries.Event("e1"));
        Clock.Step(TimeSpan.FromDays(40));
        await using var next = Open();
        for (var round = 0; round < 3; round++)
        {
            (await next.PruneAsync().WaitAsync(Entries.Bound)).ShouldBe(0);
            Record(next, Entries.Event($"n{round}"));
        }

        (await next.FindAsync("e1")).ShouldNotBeNull();
        _log.Entries.Where(entry => entry.Message.Contains("forgets nothing until", StringComparison.Ordinal)).ShouldHaveSingleItem()
            .Message.ShouldContain("by about 40 days");
        Clock.Advance(TimeSpan.FromDays(30));
        await next.PruneAsync().WaitAsync(Entries.Bound);
        (await next.FindAsync("e1")).ShouldBeNull();
        (await next.FindAsync("n2")).ShouldNotBeNull();
    }

    [Fact]
    public async Task That_it_may_forget_again_is_known_over_restarts_also_when_the_clock_was_wrong_in_between()
    {
        await using (var journal = Open()) Record(journal, Entries.Event("e1"));
        Clock.Step(TimeSpan.FromDays(365 * 80));
        await using (var wrong = Open()) Record(wrong, Entries.Event("wrong"));
        await using (var again = Open()) await again.PruneAsync().WaitAsync(Entries.Bound); // Its newest order agrees with it.
        Clock.Step(TimeSpan.FromDays(-365 * 80));

        await using var next = Open();
        (await next.PruneAsync().WaitAsync(Entries.Bound)).ShouldBe(0);
        (await next.FindAsync("e1")).ShouldNotBeNull();
        (await next.FindAsync("wrong")).ShouldNotBeNull();
    }
}
