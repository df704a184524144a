using Ppv.Protocol.Orders;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// Order ids that the file does not have: all between two that it has. Ids are made in the order of time, so those to come are in the gap
/// after the last ones; ids of callers' own that are not are looked up. Ids are ASCII, so that SQLite's order is the ordinal one.
/// </summary>
/// <param name="After">The id before the gap; empty when there is none.</param>
/// <param name="Before">The id after the gap; <see langword="null"/> when there is none.</param>
internal readonly record struct IdGap(string After, string? Before)
{
    /// <summary>
    /// Whether the file has neither the id nor the same one with an owner (<see cref="Owned"/>). Such a one may stand behind the gap only
    /// where the id after the gap begins with this one: so that is to be looked up.
    /// </summary>
    public bool Contains(string orderId) => Spans(orderId) && Before?.StartsWith(orderId, StringComparison.Ordinal) != true;

    private bool Spans(string orderId) =>
        string.CompareOrdinal(orderId, After) > 0 && (Before is null || string.CompareOrdinal(orderId, Before) < 0);

    /// <summary>The part of it on one side of an id: on the side of another id.</summary>
    public IdGap Without(string orderId, string side)
    {
        if (!Spans(orderId)) return this;
        return string.CompareOrdinal(side, orderId) > 0 ? this with { After = orderId } : this with { Before = orderId };
    }
}
