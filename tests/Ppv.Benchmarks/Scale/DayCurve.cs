namespace Ppv.Benchmarks.Scale;

/// <summary>How many calls come when: the evening's event begins at 20:00, and most people call in the half hour before. Pure.</summary>
internal static class DayCurve
{
    /// <summary>When the event begins.</summary>
    public static readonly TimeSpan EventStart = TimeSpan.FromHours(20);

    /// <summary>The busiest hour.</summary>
    public static readonly (TimeSpan From, TimeSpan To) Peak = (TimeSpan.FromHours(19.25), TimeSpan.FromHours(20.25));

    private static readonly (double Hour, double Share)[] Points =
    [
        (0, 0.06), (2, 0.02), (6, 0.02), (9, 0.06), (12, 0.13), (13.5, 0.15), (15, 0.12), (17, 0.22), (18, 0.38), (19, 0.62), (19.5, 0.85),
        (19.75, 1), (20, 1), (20.15, 0.5), (20.5, 0.25), (21.25, 0.2), (21.9, 0.35), (22.1, 0.2), (23, 0.1), (24, 0.06),
    ];

    /// <summary>The share of the evening's peak.</summary>
    public static double At(TimeSpan time)
    {
        var hour = time.TotalHours % 24;
        var next = Array.FindIndex(Points, point => point.Hour > hour);
        var (from, to) = (Points[next - 1], Points[next]);
        return from.Share + (to.Share - from.Share) * (hour - from.Hour) / (to.Hour - from.Hour);
    }
}
