namespace Ppv.Hosting.Worker.Journal;

/// <summary>
/// The order of a call's entries, whose times are those of a clock that may have been set back between them. A call's orders are recorded
/// in the order in which they come, one after the other: where an earlier one has the later time, all before it are moved back with it.
/// Pure.
/// </summary>
internal static class ArrivalOrder
{
    /// <summary>Two orders that come side by side may be recorded in the other order.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>Gives each entry times that can be compared with each other's.</summary>
    /// <param name="entriesOfCall">The entries of one call, in the order in which they were recorded first.</param>
    /// <returns>The entries in that order.</returns>
    public static IReadOnlyList<DatedEntry> Date(IEnumerable<JournalEntry> entriesOfCall)
    {
        var dated = entriesOfCall.Select(entry => new DatedEntry(entry, entry.ReceivedAt, entry.UpdatedAt)).ToArray();
        var shift = TimeSpan.Zero;
        for (var at = dated.Length - 1; at >= 0; at--)
        {
            var entry = dated[at].Entry;
            // What was told of it last may have been told after the step.
            var isToldLater = entry.UpdatedAt < entry.ReceivedAt - Tolerance;
            var updated = entry.UpdatedAt - shift;
            var next = at + 1 < dated.Length ? dated[at + 1].Received : DateTimeOffset.MaxValue;
            if (entry.ReceivedAt - shift - next is var ahead && ahead > Tolerance) shift += ahead;
            dated[at] = new DatedEntry(entry, entry.ReceivedAt - shift, isToldLater ? updated : entry.UpdatedAt - shift);
        }

        return dated;
    }
}
