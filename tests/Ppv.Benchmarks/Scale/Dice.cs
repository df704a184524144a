namespace Ppv.Benchmarks.Scale;

/// <summary>
/// Random numbers (SplitMix64), the same in every run. Whoever needs some has dice of its own, named by what it is, so that nothing depends
/// on who was served first.
/// </summary>
internal sealed class Dice
{
    private ulong _state;

    public Dice(ulong seed, params ReadOnlySpan<ulong> names)
    {
        _state = seed;
        foreach (var name in names) _state = Next() ^ (name * 0x9E3779B97F4A7C15);
    }

    /// <summary>From 0, included, to 1, excluded.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Hits(double share) => Share() < share;

    /// <summary>The time to the next of events that come by themselves, so many a second.</summary>
    public TimeSpan UntilNext(double perSecond) => TimeSpan.FromSeconds(-Math.Log(1 - Share()) / perSecond);

    /// <summary>A log-normal time in whole milliseconds, which is what timers count, at least one.</summary>
    /// <param name="mean">Its mean.</param>
    /// <param name="spread">The standard deviation of its logarithm; 0: always the mean.</param>
    public TimeSpan Time(TimeSpan mean, double spread)
    {
        if (mean <= TimeSpan.Zero) return TimeSpan.Zero;
        var normal = Math.Sqrt(-2 * Math.Log(1 - Share())) * Math.Cos(2 * Math.PI * Share());
        var milliseconds = mean.TotalMilliseconds * Math.Exp(spread * normal - spread * spread / 2);
        return TimeSpan.FromMilliseconds(Math.Max(1, Math.Round(milliseconds)));
    }

    /// <summary>A name made of a text: FNV-1a.</summary>
    public static ulong NameOf(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in text) hash = (hash ^ character) * 1099511628211UL;
        return hash;
    }

    private ulong Next()
    {
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
