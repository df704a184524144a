using System.Numerics;

namespace Ppv.Hosting.Figures;

/// <summary>
/// Durations in classes whose width grows with them: sixteen for each power of two of microseconds, so that a class's middle is at most
/// 1/32 away from what lies in it. Up to 16 µs they are exact; what is longer than about 18 minutes counts as that.
/// </summary>
internal static class Buckets
{
    private const int BitsInPower = 4;
    private const int InPower = 1 << BitsInPower;
    private const int HighestPower = 29;

    /// <summary>How many there are.</summary>
    public const int Count = (HighestPower - BitsInPower + 2) * InPower;

    private const long Longest = (1L << (HighestPower + 1)) - 1;

    /// <summary>The class of a duration.</summary>
    public static int Of(TimeSpan duration)
    {
        var microseconds = Math.Clamp(duration.Ticks / TimeSpan.TicksPerMicrosecond, 0, Longest);
        if (microseconds < InPower) return (int)microseconds;
        var power = BitOperations.Log2((ulong)microseconds);
        return ((power - BitsInPower + 1) * InPower) + (int)((microseconds >> (power - BitsInPower)) & (InPower - 1));
    }

    /// <summary>The middle of a class, in milliseconds.</summary>
    public static double Middle(int bucket)
    {
        if (bucket < InPower) return bucket / 1_000.0;
        var width = 1L << ((bucket / InPower) - 1);
        var lowest = (InPower + (bucket % InPower)) * width;
        return (lowest + ((width - 1) / 2.0)) / 1_000.0;
    }
}
