using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;

namespace Ppv.Benchmarks.Cost;

/// <summary>Which types the process allocates: the runtime takes a sample at random, about every 100 KB.</summary>
internal sealed class AllocatedTypes : EventListener
{
    private const EventKeywords AllocationSampling = (EventKeywords)0x80000000000;
    private readonly ConcurrentDictionary<string, int> _samples = new();

    /// <summary>The types with the largest shares of what was allocated since the start, as fractions.</summary>
    public IReadOnlyList<(string Type, double Share)> Largest(int count)
    {
        var samples = _samples.ToArray();
        var all = samples.Sum(sample => sample.Value);
        return [.. samples.OrderByDescending(sample => sample.Value).Take(count)
            .Select(sample => (sample.Key, (double)sample.Value / all))];
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            EnableEvents(eventSource, EventLevel.Informational, AllocationSampling);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName != "AllocationSampled") return;
        var type = Convert.ToString(eventData.Payload![eventData.PayloadNames!.IndexOf("TypeName")], CultureInfo.InvariantCulture)!;
        _samples.AddOrUpdate(type, 1, static (_, count) => count + 1);
    }
}
