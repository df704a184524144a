namespace Ppv.Benchmarks.Report;

/// <summary>The value in the middle: what a disturbed round does not move.</summary>
internal static class Medians
{
    public static double Of(IEnumerable<double> values) => At(0.5, [.. values.Order()]);

    /// <summary>Where the middle half of the values begins and ends.</summary>
    public static (double Least, double Most) MiddleHalf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (At(0.25, sorted), At(0.75, sorted));
    }

    private static double At(double part, double[] sorted)
    {
        var place = part * (sorted.Length - 1);
        var (below, above) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
        return below + (above - below) * (place - Math.Floor(place));
    }
}
