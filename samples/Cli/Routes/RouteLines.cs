using System.Globalization;
using Ppv.Rpc.Presence;

namespace Ppv.Samples.Cli.Routes;

/// <summary>How calls get their lines where a route leads.</summary>
/// <param name="Count">How many lines there are; <see langword="null"/> where it is not known.</param>
/// <param name="IsByFormula">Whether it is known that the call's number alone chooses the line, by the old formula.</param>
/// <param name="Disturbs">
/// What an EV or EN can spoil there for a caller, as full sentences; <see langword="null"/> where each call has a line of its own.
/// </param>
internal sealed record RouteLines(int? Count, bool IsByFormula, string? Disturbs)
{
    private const string Spoils = "whoever is on the same line at this moment loses what he has chosen there, and buys what this chooses.";

    /// <summary>Each call has a line of its own.</summary>
    public static RouteLines Leased(int? count) => new(count, IsByFormula: false, null);

    /// <summary>Straight to Wizard.</summary>
    public static RouteLines WithoutWorker(int count) => new(count, IsByFormula: true, $"No worker gives out lines here: {Spoils}");

    /// <summary>Nobody says how.</summary>
    /// <param name="reason">Why not, as a full sentence.</param>
    public static RouteLines NotKnown(string reason) =>
        new(null, IsByFormula: false, $"It is not known whether calls have lines of their own there. {reason} If they don't, {Spoils}");

    /// <summary>As the workers say.</summary>
    public static RouteLines Of(PresenceLines lines)
    {
        var count = lines is { FirstLine: { } first, LastLine: { } last } && last >= first ? last - first + 1 : (int?)null;
        return lines.Allocation switch
        {
            PresenceLines.Leased => Leased(count),
            PresenceLines.Formula => new RouteLines(count, IsByFormula: true, $"Lines go by the old formula there: {Spoils}"),
            _ => NotKnown(lines.Reason ?? "The workers don't say."),
        };
    }

    /// <summary>How many lines there are, in words.</summary>
    public string CountInWords => Count is { } count ? count.ToString(CultureInfo.InvariantCulture) : "all";
}
