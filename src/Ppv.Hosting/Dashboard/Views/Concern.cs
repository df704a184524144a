namespace Ppv.Hosting;

/// <summary>Something that is not as it should be.</summary>
/// <param name="Hop">The hop that it concerns: one of <see cref="HopNames"/>.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Text">What it is, as a sentence.</param>
internal sealed record Concern(string Hop, BoardLevel Level, string Text);

/// <summary>The hops of an order's way, in its order.</summary>
internal static class HopNames
{
    public const string Gateway = "gateway";
    public const string Broker = "broker";
    public const string Worker = "worker";
    public const string Wizard = "wizard";
}
