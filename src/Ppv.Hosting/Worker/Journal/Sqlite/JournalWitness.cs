namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// An order as a commit left it. Commits follow one another, so a file that has the order so, or further, has all that was committed
/// before.
/// </summary>
/// <param name="OrderId">The order.</param>
/// <param name="State">How far it was.</param>
/// <param name="At">When it got there.</param>
internal sealed record JournalWitness(string OrderId, JournalState State, DateTimeOffset At)
{
    public static JournalWitness Of(JournalEntry entry) => new(entry.OrderId, entry.State, entry.UpdatedAt);
}
