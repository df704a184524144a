using Ppv.Rpc.Clocks;

namespace Ppv.Rpc.Server.Leadership;

/// <summary>Since when a server has a record of all that was asked for on its queue. Immutable.</summary>
/// <param name="SoleLeadership">Since when.</param>
/// <param name="IsProven">
/// Whether nobody else can have served since. Where servers leave each other no records, or share the queue, it is this server's own time
/// only: good enough for an id of which nobody says that it was used before, and for no other.
/// </param>
internal sealed record Coverage(SoleLeadership SoleLeadership, bool IsProven)
{
    /// <summary>How far the clocks of those who date ids may be apart, beside <see cref="RpcOptions.ClockSkew"/>.</summary>
    private static readonly TimeSpan ClockMargin = TimeSpan.FromSeconds(1);

    /// <summary>Since when it covers ids with such a history; <see langword="null"/>: not at all.</summary>
    /// <param name="history">What is known of the id.</param>
    /// <param name="arrivedAt">When the request came.</param>
    /// <param name="skew">How far clocks may be apart.</param>
    /// <param name="timeProvider">The clock.</param>
    public DateTimeOffset? SinceFor(IdHistory history, ClockReading arrivedAt, TimeSpan skew, TimeProvider timeProvider) =>
        IsProven || !history.IsRepeat
            ? arrivedAt.Utc - SoleLeadership.LengthAt(arrivedAt, timeProvider) + skew + ClockMargin
            : null;
}
