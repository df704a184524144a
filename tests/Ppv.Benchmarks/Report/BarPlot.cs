using System.Globalization;
using System.Security;
using System.Text;

namespace Ppv.Benchmarks.Report;

/// <summary>Bars in groups, with their ranges, as an SVG that can be read on light and on dark ground.</summary>
internal sealed record BarPlot(string Title, IReadOnlyList<BarGroup> Groups)
{
    private const int Width = 760;
    private const int LabelWidth = 190;
    private const int ValueWidth = 60;
    private const int TitleHeight = 46;
    private const int GroupHeight = 34;
    private const int RowHeight = 24;
    private const int BarHeight = 16;
    private const int Margin = 14;

    private const string Style = """
        text { font: 13px system-ui, sans-serif; fill: #1f2328; }
        .title, .group { font-weight: 600; }
        .bar { fill: #8c959f; } .ours { fill: #0969da; }
        .range, .one { stroke: #1f2328; stroke-width: 1.3; } .one { stroke-dasharray: 3 3; opacity: .6; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; } .bar { fill: #6e7681; } .ours { fill: #2f81f7; } .range, .one { stroke: #e6edf3; }
        }
        """;

    public string ToSvg()
    {
        var end = Math.Max(1, Groups.SelectMany(group => group.Bars).Select(bar => bar.Most).DefaultIfEmpty().Max());
        double X(double value) => LabelWidth + value / end * (Width - LabelWidth - ValueWidth - Margin);
        var height = TitleHeight + Groups.Sum(group => GroupHeight + group.Bars.Count * RowHeight) + Margin;
        var svg = new StringBuilder().Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" role="img" aria-label="{Escape(Title)}">
            <style>
            {Style}
            </style>
            <text class="title" x="{Margin}" y="26">{Escape(Title)}</text>
            <line class="one" x1="{X(1):0.#}" x2="{X(1):0.#}" y1="{TitleHeight}" y2="{height - Margin}"/>

            """);
        var y = TitleHeight;
        foreach (var group in Groups)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<text class="group" x="{Margin}" y="{y + 23}">{Escape(group.Name)}</text>""")
                .Append('\n');
            y += GroupHeight;
            foreach (var bar in group.Bars)
            {
                var (least, most, width) = (X(bar.Least), X(bar.Most), X(bar.Value) - LabelWidth);
                var (middle, text) = (y + BarHeight / 2, y + 13);
                var color = bar.IsOurs ? "ours" : "bar";
                svg.Append(CultureInfo.InvariantCulture, $"""
                    <text x="{LabelWidth - 8}" y="{text}" text-anchor="end">{Escape(bar.Name)}</text>
                    <rect class="{color}" x="{LabelWidth}" y="{y}" width="{width:0.#}" height="{BarHeight}" rx="2"/>
                    <path class="range" d="M{least:0.#} {middle}H{most:0.#}M{least:0.#} {middle - 4}v8M{most:0.#} {middle - 4}v8"/>
                    <text x="{Width - Margin}" y="{text}" text-anchor="end">{bar.Value:0.00} x</text>

                    """);
                y += RowHeight;
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string Escape(string text) => SecurityElement.Escape(text);
}

/// <summary>Bars that stand together.</summary>
internal sealed record BarGroup(string Name, IReadOnlyList<Bar> Bars);

/// <summary>A value and the range it was seen in.</summary>
internal sealed record Bar(string Name, double Value, double Least, double Most, bool IsOurs = false);
