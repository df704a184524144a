namespace Ppv.Hosting.Figures;

/// <summary>The hops of an order's way, in its order.</summary>
internal static class HopNames
{
    public const string Gateway = "gateway";
    public const string Broker = "broker";
    public const string Worker = "worker";
    public const string Wizard = "wizard";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Gateway, Broker, Worker, Wizard];
}
