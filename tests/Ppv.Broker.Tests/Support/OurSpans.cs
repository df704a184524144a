using System.Collections.Concurrent;
using System.Diagnostics;

namespace Ppv.Broker.Tests.Support;

/// <summary>Listens to our traces, as an application with OpenTelemetry does, and keeps what has ended.</summary>
internal sealed class OurSpans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public OurSpans()
    {
        _listener = new ActivityListener
        {
            // With somebody who listens to its publisher, even to no purpose, the library writes into whatever span is current.
            ShouldListenTo = source => IsOurs(source) || source.Name == "RabbitMQ.Client.Publisher",
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) =>
                IsOurs(options.Source) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The spans of a trace, as soon as there are so many.</summary>
    public async Task<IReadOnlyList<Activity>> WaitAsync(ActivityTraceId trace, int count)
    {
        var limit = Bounds.Token;
        while (true)
        {
            Activity[] found = [.. _ended.Where(span => span.TraceId == trace)];
            if (found.Length >= count) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit);
        }
    }

    public void Dispose() => _listener.Dispose();

    private static bool IsOurs(ActivitySource source) => source.Name.StartsWith("Ppv.", StringComparison.Ordinal);
}
