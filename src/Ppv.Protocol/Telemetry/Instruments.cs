using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Ppv.Protocol.Telemetry;

/// <summary>What the instruments of all packages have in common.</summary>
internal static class Instruments
{
    /// <summary>A duration in seconds, with its buckets.</summary>
    public static Histogram<double> CreateDuration(this Meter meter, string name, string description) => meter.CreateHistogram(
        name, "s", description, tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = TelemetryNames.DurationBuckets });
}

/// <summary>
/// What is there to be observed now, of all that live in the process: each is in it until what <see cref="Add"/> gave is disposed of. Safe
/// for use by several threads.
/// </summary>
internal sealed class ObservedSet<T>
    where T : notnull
{
    private readonly ConcurrentDictionary<T, byte> _all = new();

    public IEnumerable<T> All => _all.Keys;

    public IDisposable Add(T one)
    {
        _all.TryAdd(one, 0);
        return new Membership(_all, one);
    }

    private sealed class Membership(ConcurrentDictionary<T, byte> all, T one) : IDisposable
    {
        public void Dispose() => all.TryRemove(one, out _);
    }
}
