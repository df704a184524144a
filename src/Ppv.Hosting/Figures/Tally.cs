namespace Ppv.Hosting.Figures;

/// <summary>
/// Orders that passed a hop: how many, how long they took, how many failed. Two of them added are the tally of both. Not safe for use by
/// several threads.
/// </summary>
internal sealed class Tally
{
    private readonly int[] _buckets = new int[Buckets.Count];

    public long Count { get; private set; }

    public long Errors { get; private set; }

    /// <summary>The classes that are not empty.</summary>
    public IEnumerable<(int Bucket, int Count)> Classes()
    {
        for (var bucket = 0; bucket < _buckets.Length; bucket++)
        {
            if (_buckets[bucket] > 0) yield return (bucket, _buckets[bucket]);
        }
    }

    public void Add(TimeSpan duration, bool isError) => Add(Buckets.Of(duration), 1, isError ? 1 : 0);

    /// <summary>Adds orders of one class of durations, and how many failed.</summary>
    public void Add(int bucket, int count, long errors)
    {
        _buckets[bucket] += count;
        Count += count;
        Errors += errors;
    }

    public void Add(Tally other)
    {
        for (var bucket = 0; bucket < _buckets.Length; bucket++) _buckets[bucket] += other._buckets[bucket];
        Count += other.Count;
        Errors += other.Errors;
    }

    public void Clear()
    {
        Array.Clear(_buckets);
        (Count, Errors) = (0, 0);
    }

    /// <summary>The time within which a share of the orders passed, in milliseconds; <see langword="null"/> when there were none.</summary>
    /// <param name="share">0 to 1.</param>
    public double? Percentile(double share)
    {
        if (Count == 0) return null;
        var left = Math.Max(1, (long)Math.Ceiling(share * Count));
        var bucket = 0;
        while ((left -= _buckets[bucket]) > 0) bucket++;
        return Buckets.Middle(bucket);
    }
}
