using System.Globalization;
using Ppv.Hosting;
using Ppv.Hosting.Board.State;

namespace Ppv.Samples.Cli.Watch;

/// <summary>The board's figures in few characters.</summary>
internal static class WatchText
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    private static readonly TimeSpan HalfDay = TimeSpan.FromHours(12);

    /// <summary>What stands where there is nothing to say.</summary>
    public const string Nothing = "–";

    public static string Level(BoardLevel level) => level switch
    {
        BoardLevel.Ok => "OK",
        BoardLevel.Degraded => "DEGRADED",
        _ => "DOWN",
    };

    /// <summary>Orders per second: <c>0.4/s</c>, <c>25/s</c>.</summary>
    public static string Rate(double perSecond) => (perSecond < 9.95 ? Invariant($"{perSecond:0.#}") : Invariant($"{perSecond:0}")) + "/s";

    /// <summary>A duration: <c>1.6 ms</c>, <c>46 ms</c>, <c>1.2 s</c>.</summary>
    public static string Took(double? milliseconds) => milliseconds switch
    {
        null => Nothing,
        < 9.95 => Invariant($"{milliseconds:0.0} ms"),
        < 999.5 => Invariant($"{milliseconds:0} ms"),
        _ => Invariant($"{milliseconds / 1000:0.0} s"),
    };

    /// <summary>Errors and their share: <c>0 errors</c>, <c>2 errors (0.2 %)</c>.</summary>
    public static string Errors(BoardFigures figures) =>
        Count(figures.Errors, "error") + (figures.Errors == 0 ? "" : Invariant($" ({figures.ErrorShare * 100:0.0} %)"));

    /// <summary>A span of time: <c>12 s</c>, <c>4 min</c>, <c>3 h 5 min</c>, <c>3 days</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        _ when span < TimeSpan.FromMinutes(1) => Invariant($"{Math.Max(0, (int)span.TotalSeconds)} s"),
        _ when span < TimeSpan.FromHours(1) => Invariant($"{(int)span.TotalMinutes} min"),
        _ when span < TimeSpan.FromHours(48) =>
            Invariant($"{(int)span.TotalHours} h") + (span.Minutes == 0 ? "" : Invariant($" {span.Minutes} min")),
        _ => Invariant($"{(int)span.TotalDays} days"),
    };

    /// <summary>A number and what it counts.</summary>
    public static string Count(long count, string one) => Invariant($"{count} {one}{(count == 1 ? "" : "s")}");

    /// <summary>A time of the day, where the tool runs; with the date where that alone would mislead.</summary>
    public static string Clock(DateTimeOffset moment, TimeProvider time)
    {
        var isNear = (time.GetUtcNow() - moment).Duration() < HalfDay;
        return TimeZoneInfo.ConvertTime(moment, time.LocalTimeZone)
            .ToString(isNear ? "HH:mm:ss" : "d MMM HH:mm:ss", CultureInfo.InvariantCulture);
    }

    /// <summary>Values as a row of blocks, the newest at the right; nothing where there is none.</summary>
    /// <param name="values">The values.</param>
    /// <param name="width">How many of the last ones are shown.</param>
    public static string Sparkline(IEnumerable<double?> values, int width)
    {
        var last = values.TakeLast(width).ToList();
        var most = last.Max() ?? 0;
        return string.Concat(last.Select(value => value switch
        {
            null => ' ',
            <= 0 => Blocks[0],
            _ => Blocks[Math.Clamp((int)Math.Round(value.Value / most * (Blocks.Length - 1)), 0, Blocks.Length - 1)],
        })).PadLeft(width);
    }

    /// <summary>How many lines are in each state, those that none is in left out.</summary>
    public static string Lines(IReadOnlyList<BoardLine> lines) =>
        lines.Count == 0 ? "none in this program" : string.Join(", ", lines.CountBy(line => line.State).OrderBy(pair => pair.Key)
            .Select(pair => Invariant($"{pair.Value} {pair.Key.ToString().ToLowerInvariant()}")));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
