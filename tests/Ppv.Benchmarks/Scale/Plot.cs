using System.Globalization;
using System.Text;

namespace Ppv.Benchmarks.Scale;

/// <summary>A chart as SVG: axes, lines, dots and a legend.</summary>
internal sealed class Plot(string title, Axis across, Axis up)
{
    private const int Width = 760, Height = 300, Left = 64, Right = 190, Top = 36, Bottom = 48;
    private static readonly string[] Colours = ["#0b62a4", "#c4501b", "#2f7d32", "#7a3e9d"];

    private readonly List<(string Name, IReadOnlyList<(double X, double Y)> Points, bool Dots)> _series = [];

    public Plot Line(string name, IEnumerable<(double X, double Y)> points) => Add(name, points, dots: false);

    public Plot Dots(string name, IEnumerable<(double X, double Y)> points) => Add(name, points, dots: true);

    public string ToSvg()
    {
        var svg = new StringBuilder();
        Write(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">""");
        Write(svg, $"""<rect width="{Width}" height="{Height}" fill="#ffffff"/>""");
        Write(svg, $"""<text x="{Left}" y="20" font-size="14" font-weight="bold">{title}</text>""");
        for (var tick = across.From; tick <= across.To + 1e-9; tick += across.Step)
        {
            Write(svg, $"""<path d="M{X(tick):0.#} {Top}V{Height - Bottom}" stroke="#e4e4e4"/>""");
            Write(svg, $"""<text x="{X(tick):0.#}" y="{Height - Bottom + 16}" text-anchor="middle">{across.Text(tick)}</text>""");
        }

        for (var tick = up.From; tick <= up.To + 1e-9; tick += up.Step)
        {
            Write(svg, $"""<path d="M{Left} {Y(tick):0.#}H{Width - Right}" stroke="#e4e4e4"/>""");
            Write(svg, $"""<text x="{Left - 6}" y="{Y(tick) + 4:0.#}" text-anchor="end">{up.Text(tick)}</text>""");
        }

        Write(svg, $"""<text x="{(Left + Width - Right) / 2}" y="{Height - 10}" text-anchor="middle">{across.Name}</text>""");
        Write(svg, $"""<text transform="translate(16 {Height / 2}) rotate(-90)" text-anchor="middle">{up.Name}</text>""");
        for (var index = 0; index < _series.Count; index++) Draw(svg, index);
        return svg.AppendLine("</svg>").ToString();
    }

    private void Draw(StringBuilder svg, int index)
    {
        var (name, points, dots) = _series[index];
        var (colour, legend) = (Colours[index], Top + 14 + 20 * index);
        if (dots)
        {
            foreach (var (x, y) in points) Write(svg, $"""<circle cx="{X(x):0.#}" cy="{Y(y):0.#}" r="4" fill="{colour}"/>""");
            Write(svg, $"""<circle cx="{Width - Right + 20}" cy="{legend}" r="4" fill="{colour}"/>""");
        }
        else
        {
            var path = new StringBuilder();
            foreach (var (x, y) in points)
                path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? 'M' : 'L')}{X(x):0.#} {Y(y):0.#}");
            Write(svg, $"""<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>""");
            Write(svg, $"""<path d="M{Width - Right + 12} {legend}h16" stroke="{colour}" stroke-width="2"/>""");
        }

        Write(svg, $"""<text x="{Width - Right + 34}" y="{legend + 4}">{name}</text>""");
    }

    private Plot Add(string name, IEnumerable<(double X, double Y)> points, bool dots)
    {
        _series.Add((name, [.. points.Where(point => point.Y >= up.From && point.Y <= up.To)], dots));
        return this;
    }

    private double X(double value) => Left + (value - across.From) / (across.To - across.From) * (Width - Left - Right);

    private double Y(double value) => Height - Bottom - (value - up.From) / (up.To - up.From) * (Height - Top - Bottom);

    private static void Write(StringBuilder svg, FormattableString line) =>
        svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

/// <summary>One of a chart's axes.</summary>
internal sealed record Axis(string Name, double From, double To, double Step, string Format = "0.##")
{
    public string Text(double value) => value.ToString(Format, CultureInfo.InvariantCulture);
}
