namespace Ppv.Hosting.Tests;

/// <summary>
/// Leaves a journal with an order whose id comes between those that gateways make and those that tests make. So a worker that takes it up
/// has to look into the file for each of a test's orders: that it is new, it can't know.
/// </summary>
internal static class EarlierWorker
{
    public static async Task LeaveJournalAsync(string path)
    {
        await using var journal = new SqliteOrderJournal(new JournalOptions { Path = path }, new TestClock(Entries.Noon));
        journal.Record(Entries.Event("a", "aa", "s-a").Said("OK"));
    }
}
