namespace Ppv.Hosting.Tests;

public sealed class InMemoryOrderJournalTests : OrderJournalContract
{
    private protected override IOrderJournalStore Create(JournalOptions options) => new InMemoryOrderJournal(options, Clock);

    [Fact]
    public async Task It_prunes_by_itself()
    {
        await using var journal = Create(new JournalOptions { Retention = TimeSpan.FromHours(1) });
        journal.Record(Entries.Event("e1"));
        Clock.Advance(TimeSpan.FromDays(1));
        (await journal.FindAsync("e1")).ShouldBeNull();
    }
}
