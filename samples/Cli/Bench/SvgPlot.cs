using System.Globalization;
using System.Net;
using System.Text;

namespace Ppv.Samples.Cli.Bench;

/// <summary>A curve of a plot.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Points">Its points; one without a y is a gap.</param>
internal sealed record Curve(string Name, IReadOnlyList<(double X, double? Y)> Points);

/// <summary>Draws curves as SVG, with axes and a legend; colours and fonts are those of the page around.</summary>
internal static class SvgPlot
{
    private const int Width = 760, Height = 260, Left = 64, Right = 12, Top = 26, Bottom = 30;
    private const int Lines = 5, LegendWidth = 90;

    /// <summary>Draws a plot.</summary>
    /// <param name="title">What is seen, with the unit.</param>
    /// <param name="curves">One or more.</param>
    /// <param name="ticks">Places on the x axis, and what stands there.</param>
    public static string Draw(string title, IReadOnlyList<Curve> curves, IReadOnlyList<(double X, string Text)> ticks)
    {
        var maxX = Math.Max(ticks.Max(tick => tick.X), 1e-9);
        var maxY = Rounded(curves.SelectMany(curve => curve.Points).Max(point => point.Y) ?? 0);
        var svg = new StringBuilder();
        Add(svg, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">");
        Add(svg, $"<text class=\"title\" x=\"{Left}\" y=\"14\">{WebUtility.HtmlEncode(title)}</text>");
        for (var line = 0; line <= Lines; line++)
        {
            var (value, y) = (maxY * line / Lines, Y(maxY * line / Lines));
            Add(svg, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>");
            Add(svg, $"<text class=\"y\" x=\"{Left - 6}\" y=\"{y + 4:0.#}\">{value:0.###}</text>");
        }

        foreach (var (x, text) in ticks)
            Add(svg, $"<text class=\"x\" x=\"{X(x):0.#}\" y=\"{Height - 10}\">{WebUtility.HtmlEncode(text)}</text>");
        for (var number = 0; number < curves.Count; number++)
        {
            Add(svg, $"<path class=\"c{number}\" d=\"{Path(curves[number])}\"/>");
            var (name, x) = (WebUtility.HtmlEncode(curves[number].Name), Width - Right - (number * LegendWidth));
            Add(svg, $"<text class=\"legend c{number}\" x=\"{x}\" y=\"14\">{name}</text>");
        }

        return svg.Append("</svg>").ToString();

        double X(double x) => Left + ((Width - Left - Right) * x / maxX);

        double Y(double y) => Height - Bottom - ((Height - Top - Bottom) * y / maxY);

        string Path(Curve curve)
        {
            var path = new StringBuilder();
            var isDrawing = false;
            foreach (var (x, y) in curve.Points)
            {
                if (y is { } value) Add(path, $"{(isDrawing ? 'L' : 'M')}{X(x):0.#} {Y(value):0.#}");
                isDrawing = y is not null;
            }

            return path.ToString();
        }
    }

    // The next 1, 2 or 5 with zeros: axes that a person can read.
    private static double Rounded(double max)
    {
        if (max <= 0) return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(max)));
        return power * (max / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }

    private static void Add(StringBuilder text, FormattableString part) => text.Append(part.ToString(CultureInfo.InvariantCulture));
}
