using System.Globalization;

namespace Ppv.Rpc.Clocks;

/// <summary>Spans of time for people.</summary>
internal static class Spans
{
    /// <summary>About how long it is, whatever its sign: <c>40 s</c>, <c>60 min</c>, <c>3 h</c>, <c>50 days</c>.</summary>
    public static string About(TimeSpan span)
    {
        var time = span.Duration();
        return time.TotalMinutes < 2 ? In(time.TotalSeconds, "s")
            : time.TotalHours < 2 ? In(time.TotalMinutes, "min")
            : time.TotalDays < 2 ? In(time.TotalHours, "h")
            : In(time.TotalDays, "days");

        static string In(double number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number:0} {unit}");
    }
}
