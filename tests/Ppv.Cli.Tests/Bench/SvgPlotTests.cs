using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ppv.Samples.Cli.Bench;

namespace Ppv.Cli.Tests;

public sealed partial class SvgPlotTests
{
    [Fact]
    public void All_points_are_inside_also_those_behind_the_last_tick_and_a_gap_is_a_gap()
    {
        var svg = XElement.Parse(SvgPlot.Draw(
            "rate & <latency>", [new Curve("a", [(0, 1), (1, null), (2, 700), (15, 3)])], [(0, "0 s"), (14, "14 s")]));

        svg.Attribute("aria-label")!.Value.ShouldBe("rate & <latency>");
        var path = svg.Descendants("path").Single().Attribute("d")!.Value;
        path.Count(letter => letter == 'M').ShouldBe(2);
        var size = svg.Attribute("viewBox")!.Value.Split(' ').Select(Number).ToList();
        foreach (Match point in Point().Matches(path))
        {
            Number(point.Groups["x"].Value).ShouldBeInRange(0, size[2]);
            Number(point.Groups["y"].Value).ShouldBeInRange(0, size[3]);
        }

        svg.Descendants("text").Select(text => text.Value).ShouldContain("1000"); // Above 700 the axis ends at the next 1, 2 or 5.
    }

    [Fact]
    public void Where_nothing_was_measured_there_are_axes_and_no_curve()
    {
        var svg = XElement.Parse(SvgPlot.Draw("nothing", [new Curve("a", [(0, null)])], [(0, "0 s")]));
        svg.Descendants("path").Single().Attribute("d")!.Value.ShouldBeEmpty();
        svg.ToString().ShouldNotContain("NaN");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"[ML](?<x>[-\d.]+) (?<y>[-\d.]+)")]
    private static partial Regex Point();
}
