namespace Ppv.Benchmarks.Peers;

/// <summary>The order that the peers send, in their own dialects.</summary>
public sealed record SmallOrder(string Connid, string Ev)
{
    public static readonly SmallOrder Sample = new("012703395c597610", "262193");
}

/// <summary>What they answer.</summary>
public sealed record SmallAnswer(string CallResult)
{
    public static readonly SmallAnswer Ok = new("OK");
}
