namespace Ppv.Benchmarks.Comparison;

/// <summary>Who is compared. The first is what the others are measured by.</summary>
internal sealed record Contestant(string Name, string Peer, bool IsOurs = false, bool IsForeign = false)
{
    /// <summary>In the order in which a reader wants to see them.</summary>
    public static readonly IReadOnlyList<Contestant> All =
    [
        new("hand-written, confirms", "hand-confirms"),
        new("Ppv.Rpc", "ppv", IsOurs: true),
        new("hand-written, no confirms", "hand"),
        new("Wolverine", "wolverine", IsForeign: true),
        new("MassTransit", "masstransit", IsForeign: true),
    ];
}
