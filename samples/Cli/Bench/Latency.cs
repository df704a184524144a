using HdrHistogram;

namespace Ppv.Samples.Cli.Bench;

/// <summary>
/// Durations, to three digits from a microsecond to an hour, in a histogram of constant size. For one thread at a time; a copy stays as it
/// is.
/// </summary>
internal sealed class Latency
{
    private const long MaxMicroseconds = 3_600_000_000;
    private const int Digits = 3;
    private const double MicrosecondsInMillisecond = 1000;

    private readonly HistogramBase _histogram;

    public Latency()
        : this(new LongHistogram(MaxMicroseconds, Digits))
    {
    }

    private Latency(HistogramBase histogram) => _histogram = histogram;

    public long Count => _histogram.TotalCount;

    /// <summary>In milliseconds, as all below; <see langword="null"/> where nothing was recorded.</summary>
    public double? Min => Count == 0
        ? null
        : _histogram.LowestEquivalentValue(_histogram.RecordedValues().First().ValueIteratedTo) / MicrosecondsInMillisecond;

    public double? Mean => Count == 0 ? null : _histogram.GetMean() / MicrosecondsInMillisecond;

    public double? Max => Count == 0 ? null : _histogram.GetMaxValue() / MicrosecondsInMillisecond;

    public void Record(TimeSpan duration) =>
        _histogram.RecordValue(Math.Clamp((long)duration.TotalMicroseconds, 0, MaxMicroseconds));

    public double? At(double percentile) =>
        Count == 0 ? null : Math.Min(_histogram.GetValueAtPercentile(percentile) / MicrosecondsInMillisecond, Max!.Value);

    public Latency Copy() => new(_histogram.Copy());

    public void Clear() => _histogram.Reset();
}
