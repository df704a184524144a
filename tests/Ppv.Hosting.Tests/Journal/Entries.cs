using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>Makes entries.</summary>
internal static class Entries
{
    public static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    public static JournalEntry Of(string orderId, PpvCommand command, string connid = "0127032d64a94732", string? lease = "s1",
        int line = 20, DateTimeOffset? at = null) =>
        new()
    {
        Order = new PpvOrder(ConnectionId.Parse(connid), command) { Id = orderId },
        Deadline = (at ?? Noon).AddSeconds(30),
        ReceivedAt = at ?? Noon,
        Line = new LineNumber(line),
        LeaseId = lease,
    };

    public static JournalEntry Event(string orderId, string connid = "0127032d64a94732", string? lease = "s1", DateTimeOffset? at = null) =>
        Of(orderId, PpvCommand.Event("262193"), connid, lease, at: at);

    public static JournalEntry Subscriber(
        string orderId, string connid = "0127032d64a94732", string? lease = "s1", DateTimeOffset? at = null) =>
        Of(orderId, PpvCommand.Subscriber("85165320"), connid, lease, at: at);

    public static JournalEntry Confirm(
        string orderId, string connid = "0127032d64a94732", string? lease = "s1", DateTimeOffset? at = null) =>
        Of(orderId, PpvCommand.Confirm, connid, lease, at: at);

    public static JournalEntry Said(this JournalEntry entry, string code) => entry with { State = JournalState.Completed, Code = code };

    public static JournalEntry Is(this JournalEntry entry, JournalState state, string? reason = null) =>
        entry with { State = state, Reason = reason };

    /// <summary>What every wait in these tests is bounded by.</summary>
    public static readonly TimeSpan Bound = Hang.Limit;
}
