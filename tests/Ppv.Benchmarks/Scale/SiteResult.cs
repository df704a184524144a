namespace Ppv.Benchmarks.Scale;

/// <summary>What one site's simulation has shown.</summary>
/// <param name="Setup">What was simulated.</param>
/// <param name="Ledger">What callers and Wizard know.</param>
/// <param name="Lines">How the lines stood, on average, minute by minute.</param>
internal sealed record SiteResult(SiteSetup Setup, SiteLedger Ledger, LineMinute[] Lines);

/// <summary>How a site's lines stood in one minute, on average.</summary>
/// <param name="Held">Lines that a call held.</param>
/// <param name="Busy">Lines on which a command ran, among those.</param>
/// <param name="Waiting">Calls that waited for a line.</param>
internal readonly record struct LineMinute(double Held, double Busy, double Waiting)
{
    public LineMinute Plus(LineMinute other, double weight) =>
        new(Held + other.Held * weight, Busy + other.Busy * weight, Waiting + other.Waiting * weight);
}
