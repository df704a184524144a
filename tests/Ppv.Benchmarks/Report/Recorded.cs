using System.Text.Json;

namespace Ppv.Benchmarks.Report;

/// <summary>
/// The figures that a change is compared with, by calls in flight. Bytes are asserted, since they are the same on every machine; ratios
/// tell of the machine that recorded them, too.
/// </summary>
internal sealed record Recorded(IReadOnlyDictionary<string, double> BytesPerCall, IReadOnlyDictionary<string, double> Ratio)
{
    /// <summary>How much a call may allocate, as a multiple of what is recorded. Two runs differ by a tenth of this growth.</summary>
    private const double MostGrowth = 1.05;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>What the figure of a call's bytes is called.</summary>
    public static string BytesFigure(string inFlight) => $"bytes per call at {inFlight} in flight";

    /// <summary>What the figure of our calls a second is called, as a multiple of the hand-written loop's.</summary>
    public static string RatioFigure(string inFlight) => $"Ppv.Rpc / hand-written with confirms, durable, {inFlight} in flight";

    public static Recorded Read(string path) => JsonSerializer.Deserialize<Recorded>(File.ReadAllText(path), Json)
        ?? throw new InvalidDataException($"{path} has no figures; run ./bench.sh --record.");

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Json) + "\n");

    /// <summary>The same with what was measured anew; what was not measured stays.</summary>
    public Recorded With(IEnumerable<Figure> measured)
    {
        var values = measured.ToDictionary(figure => figure.What, figure => figure.Value);
        return new Recorded(Anew(BytesPerCall, BytesFigure, values), Anew(Ratio, RatioFigure, values));
    }

    /// <summary>What is wrong with a call's bytes, and what to do; nothing when they are within the growth that is allowed.</summary>
    public IEnumerable<string> Complaints(IReadOnlyList<Figure> measured)
    {
        foreach (var (inFlight, recorded) in BytesPerCall)
        {
            var name = BytesFigure(inFlight);
            var bytes = measured.SingleOrDefault(figure => figure.What == name)?.Value ?? double.NaN;
            // What was not measured is no number, and no number is small enough.
            if (bytes <= recorded * MostGrowth) continue;
            yield return FormattableString.Invariant($"{name}: {bytes:0}; {recorded:0} are recorded. ")
                + "What allocates it: dotnet run -c Release --project tests/Ppv.Benchmarks -- cost --types. "
                + "Where the growth is worth it, run ./bench.sh --only cost --record and commit tests/Ppv.Benchmarks/recorded.json.";
        }
    }

    private static Dictionary<string, double> Anew(
        IReadOnlyDictionary<string, double> recorded, Func<string, string> nameOf, Dictionary<string, double> measured) =>
        recorded.ToDictionary(pair => pair.Key, pair => measured.GetValueOrDefault(nameOf(pair.Key), pair.Value));
}
