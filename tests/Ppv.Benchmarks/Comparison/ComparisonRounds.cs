using System.Globalization;
using System.Text;
using Ppv.Benchmarks.Report;

namespace Ppv.Benchmarks.Comparison;

/// <summary>What was measured, round by round, and what follows from it (pure).</summary>
internal sealed class ComparisonRounds
{
    /// <summary>How many calls are in flight, and how many times the hand-written peer's calls a second ours have to be.</summary>
    public static readonly IReadOnlyList<(int InFlight, double AtLeast)> Loads = [(1, 1.0), (32, 1.3), (256, 1.3)];

    private readonly Dictionary<(bool IsDurable, int InFlight, Contestant Contestant), Dictionary<int, Measurement>> _rounds = [];

    public void Add(int round, bool isDurable, int inFlight, Contestant contestant, Measurement measurement)
    {
        if (!_rounds.TryGetValue((isDurable, inFlight, contestant), out var rounds))
            _rounds.Add((isDurable, inFlight, contestant), rounds = []);
        rounds.Add(round, measurement);
    }

    /// <summary>What the figure is called that others are compared with, and that is recorded.</summary>
    private static string RatioFigure(Contestant contestant, bool isDurable, int inFlight) =>
        contestant.IsOurs && isDurable
            ? Recorded.RatioFigure($"{inFlight}")
            : $"{contestant.Name} / hand-written with confirms, {KindOf(isDurable)}, {inFlight} in flight";

    public IEnumerable<Figure> Figures() => Ratios().Concat(Persistence());

    private IEnumerable<Figure> Ratios() =>
        from isDurable in (bool[])[true, false]
        from load in Loads
        from contestant in Contestant.All.Skip(1)
        where Has(isDurable, load.InFlight, contestant)
        let ratio = Ratio(isDurable, load.InFlight, contestant)
        select new Figure(
            RatioFigure(contestant, isDurable, load.InFlight), Math.Round(ratio.Median, 3), "x",
            AtLeast: contestant.IsOurs && isDurable ? load.AtLeast : null,
            Detail: ratio.Range);

    /// <summary>What it costs that an order is on the broker's disk before it is served.</summary>
    private IEnumerable<Figure> Persistence() =>
        from load in Loads
        let ours = Contestant.All.Single(contestant => contestant.IsOurs)
        let ratio = Ratio((true, load.InFlight, ours), (false, load.InFlight, ours))
        select new Figure(
            $"Ppv.Rpc, durable / transient, {load.InFlight} in flight", Math.Round(ratio.Median, 3), "x", Detail: ratio.Range);

    /// <summary>The plot of what is promised: durable queues and persistent orders.</summary>
    public BarPlot Plot() => new(
        "Calls a second, hand-written with confirms = 1; durable queue, persistent orders",
        [.. Loads.Select(load => new BarGroup($"{load.InFlight} in flight", [.. Contestant.All
            .Where(contestant => Has(true, load.InFlight, contestant))
            .Select(contestant => (contestant, ratio: Ratio(true, load.InFlight, contestant)))
            .Select(bar => new Bar(
                bar.contestant.Name, bar.ratio.Median, bar.ratio.Least, bar.ratio.Most, IsOurs: bar.contestant.IsOurs))]))]);

    /// <summary>All of it, as tables for the report.</summary>
    public string Markdown()
    {
        var text = new StringBuilder();
        foreach (var isDurable in (bool[])[true, false])
        {
            var kind = isDurable ? "Durable queue, persistent orders" : "Transient queue, transient orders";
            text.Append(CultureInfo.InvariantCulture, $"""

                {kind}; medians, and the middle half of the rounds:

                | in flight | who | calls/s | / hand-written with confirms | p50 | p99 | allocated | CPU |
                |---|---|---|---|---|---|---|---|

                """);
            foreach (var (inFlight, _) in Loads)
            {
                foreach (var contestant in Contestant.All.Where(contestant => Has(isDurable, inFlight, contestant)))
                    text.Append(Row(isDurable, inFlight, contestant)).Append('\n');
            }
        }

        text.Append("""

            ### Persistent orders

            What it costs that an order is on the broker's disk before it is served:

            | in flight | durable and persistent / transient, both `Ppv.Rpc` | rounds |
            |---|---|---|

            """);
        foreach (var (figure, load) in Persistence().Zip(Loads))
            text.Append(CultureInfo.InvariantCulture, $"| {load.InFlight} | **{figure.Value:0.00}** | {figure.Detail} |\n");
        return text.ToString();
    }

    private string Row(bool isDurable, int inFlight, Contestant contestant)
    {
        var (ratio, rounds) = (Ratio(isDurable, inFlight, contestant), _rounds[(isDurable, inFlight, contestant)]);
        double Median(Func<Measurement, double> figure) => Medians.Of(rounds.Values.Select(figure));
        var mark = contestant.IsOurs ? "**" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"| {inFlight} | {mark}{contestant.Name}{mark} | {Median(round => round.CallsPerSecond):#,##0} "
            + $"| {mark}{ratio.Median:0.00}{mark} ({ratio.Least:0.00} to {ratio.Most:0.00}) "
            + $"| {Median(round => round.Median):0.00} ms | {Median(round => round.Percentile99):0.0} ms "
            + $"| {Median(round => round.BytesPerCall) / 1024:0.0} KB | {Median(round => round.CpuPerCall):0} us |");
    }

    private bool Has(bool isDurable, int inFlight, Contestant contestant) => _rounds.ContainsKey((isDurable, inFlight, contestant));

    private RatioRange Ratio(bool isDurable, int inFlight, Contestant contestant) =>
        Ratio((isDurable, inFlight, contestant), (isDurable, inFlight, Contestant.All[0]));

    /// <summary>Of calls a second, in each round that has both: what disturbs a round disturbs both.</summary>
    private RatioRange Ratio((bool, int, Contestant) one, (bool, int, Contestant) other)
    {
        double[] ratios = [.. from round in _rounds[one].Keys.Intersect(_rounds[other].Keys)
            select _rounds[one][round].CallsPerSecond / _rounds[other][round].CallsPerSecond];
        var (least, most) = Medians.MiddleHalf(ratios);
        return new RatioRange(Medians.Of(ratios), least, most, ratios.Length);
    }

    private static string KindOf(bool isDurable) => isDurable ? "durable" : "transient";

    private sealed record RatioRange(double Median, double Least, double Most, int Rounds)
    {
        public string Range => FormattableString.Invariant($"{Least:0.00} to {Most:0.00} in the middle half of {Rounds} rounds");
    }
}
