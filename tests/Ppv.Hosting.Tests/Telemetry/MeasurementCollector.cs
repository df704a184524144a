using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Ppv.Hosting.Tests;

/// <summary>Keeps what our meters measure.</summary>
internal sealed class MeasurementCollector : IDisposable
{
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _all = new();
    private readonly MeterListener _listener = new();

    public MeasurementCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("Ppv.", StringComparison.Ordinal)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>What was measured by an instrument, as "value tag=value …" with the tags in the order of their names.</summary>
    public IReadOnlyList<string> Of(string name, params string[] tags) =>
        [.. Values(name).Select(one => string.Join(' ', [$"{one.Value:0.###}", .. tags.Select(tag => $"{tag}={Text(one.Tags, tag)}")]))];

    /// <summary>The tags of every measurement of an instrument.</summary>
    public IReadOnlyList<string> TagsOf(string name) =>
        [.. Values(name).Select(one => string.Join(' ', one.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal)
            .Select(tag => $"{tag.Key}={tag.Value}")))];

    /// <summary>What an observed instrument says now.</summary>
    public double Observe(string name)
    {
        var seen = Values(name).Count;
        _listener.RecordObservableInstruments();
        return Values(name).Skip(seen).Sum(one => one.Value);
    }

    public void Dispose() => _listener.Dispose();

    private List<(string Name, double Value, Dictionary<string, object?> Tags)> Values(string name) =>
        [.. _all.Where(one => one.Name == name)];

    private static object? Text(Dictionary<string, object?> tags, string name) => tags.GetValueOrDefault(name);

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var copy = new Dictionary<string, object?>();
        foreach (var (name, tag) in tags) copy[name] = tag;
        _all.Enqueue((instrument.Name, value, copy));
    }
}
