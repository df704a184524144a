namespace Ppv.Hosting.Security;

/// <summary>
/// Among the metadata of each of our endpoints: <see cref="EntrancePolicy"/> looks at who comes there, and by which address, before
/// anything else does.
/// </summary>
/// <param name="OnlyTells">
/// Whether it changes nothing, so that a person may type its address into a browser. An order is never taken from there.
/// </param>
/// <param name="AnyText">The route value that is no part of our own path, and may be any text.</param>
internal sealed record Entrance(bool OnlyTells, string? AnyText = null)
{
    public static Entrance ToTell { get; } = new(OnlyTells: true);

    public static Entrance ToAct { get; } = new(OnlyTells: false);
}
