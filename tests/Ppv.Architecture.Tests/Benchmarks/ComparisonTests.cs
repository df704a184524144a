using System.Globalization;
using System.Xml.Linq;
using Ppv.Benchmarks.Comparison;
using Ppv.Benchmarks.Report;

namespace Ppv.Architecture.Tests.Benchmarks;

/// <summary>Ratios are those of a round, and what is plotted is what was measured.</summary>
public sealed class ComparisonTests
{
    private static readonly Contestant Baseline = Contestant.All[0], Ours = Contestant.All.Single(contestant => contestant.IsOurs);
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void A_ratio_is_of_what_was_measured_in_the_same_round()
    {
        var rounds = new ComparisonRounds();
        // The machine is ten times slower from round to round, and ours the same 1.5 times as fast.
        foreach (var (round, speed) in ((int, double)[])[(0, 1000), (1, 100), (2, 10)])
        {
            foreach (var (inFlight, _) in ComparisonRounds.Loads)
            {
                foreach (var isDurable in (bool[])[true, false])
                {
                    rounds.Add(round, isDurable, inFlight, Baseline, At(speed));
                    if (isDurable || round > 0) rounds.Add(round, isDurable, inFlight, Ours, At(1.5 * speed));
                }
            }
        }

        var figures = rounds.Figures().Where(figure => figure.What.StartsWith("Ppv.Rpc /", StringComparison.Ordinal)).ToList();

        figures.ShouldAllBe(figure => figure.Value == 1.5);
        figures.Select(figure => figure.Bound).ShouldBe([">= 1 x", ">= 1.3 x", ">= 1.3 x", "", "", ""]);
        figures[0].What.ShouldBe(Recorded.RatioFigure("1"));
        figures[0].Detail.ShouldBe("1.50 to 1.50 in the middle half of 3 rounds");
        figures[^1].Detail.ShouldBe("1.50 to 1.50 in the middle half of 2 rounds");
        rounds.Markdown().ShouldContain("| 32 | **Ppv.Rpc** | 150 | **1.50** (1.50 to 1.50) | 1.00 ms | 2.0 ms | 3.0 KB | 4 us |");
    }

    [Fact]
    public void Bars_are_as_long_as_their_values_and_their_ranges_as_wide()
    {
        var plot = new BarPlot("a < b", [new BarGroup("one", [new Bar("half", 1, 0.5, 1.5), new Bar("<ours>", 2, 2, 4, IsOurs: true)])]);

        var svg = XDocument.Parse(plot.ToSvg()).Root!;

        var bars = svg.Elements(Svg + "rect").ToList();
        bars.Select(bar => (string)bar.Attribute("class")!).ShouldBe(["bar", "ours"]);
        var widths = bars.Select(bar => double.Parse(bar.Attribute("width")!.Value, CultureInfo.InvariantCulture)).ToList();
        widths[1].ShouldBe(2 * widths[0], tolerance: 0.2);
        // From half the first bar's length to one and a half of it.
        var left = double.Parse(bars[0].Attribute("x")!.Value, CultureInfo.InvariantCulture);
        svg.Elements(Svg + "path").First().Attribute("d")!.Value.ShouldStartWith(
            string.Create(CultureInfo.InvariantCulture, $"M{left + widths[0] / 2:0.#} "));
        svg.Elements(Svg + "text").Select(text => text.Value).ShouldContain("<ours>");
        svg.Element(Svg + "style")!.Value.ShouldContain("prefers-color-scheme: dark");
    }

    [Theory]
    [InlineData(new[] { 3.0, 1, 2 }, 2)]
    [InlineData(new[] { 4.0, 1, 2, 3 }, 2.5)]
    public void The_median_is_in_the_middle(double[] values, double median) => Medians.Of(values).ShouldBe(median);

    [Fact]
    public void What_is_far_out_is_not_in_the_middle_half() =>
        Medians.MiddleHalf([100, 3, 2, 1, -100]).ShouldBe((1, 3));

    private static Measurement At(double callsPerSecond) => new(callsPerSecond, 1, 2, 3072, 4);
}
