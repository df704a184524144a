namespace Ppv.Benchmarks.Scale;

/// <summary>Many times in buckets that are 5 % wide, so that they can be added up.</summary>
internal sealed class WaitTimes
{
    private const double Width = 1.05;
    private readonly long[] _counts = new long[400];
    private double _seconds;

    public long Count { get; private set; }

    public double MeanSeconds => Count == 0 ? 0 : _seconds / Count;

    public void Add(TimeSpan time)
    {
        _counts[Math.Clamp((int)(Math.Log(Math.Max(1, time.TotalMilliseconds)) / Math.Log(Width)), 0, _counts.Length - 1)]++;
        _seconds += time.TotalSeconds;
        Count++;
    }

    public void Add(WaitTimes other)
    {
        for (var bucket = 0; bucket < _counts.Length; bucket++) _counts[bucket] += other._counts[bucket];
        _seconds += other._seconds;
        Count += other.Count;
    }

    /// <summary>What this share of the times does not exceed, in seconds.</summary>
    public double Quantile(double share)
    {
        long seen = 0;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen > 0 && seen >= share * Count) return Math.Pow(Width, bucket + 0.5) / 1000;
        }

        return 0;
    }
}
