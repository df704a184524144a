using System.Collections.Concurrent;
using System.Diagnostics;

namespace Ppv.Hosting.Tests;

/// <summary>Keeps every span of our sources, and of ASP.NET Core's, that has ended.</summary>
internal sealed class SpanCollector : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public SpanCollector()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore" || source.Name.StartsWith("Ppv.", StringComparison.Ordinal),
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyList<Activity> All => [.. _ended];

    public IReadOnlyList<Activity> Of(ActivityTraceId trace) => [.. _ended.Where(span => span.TraceId == trace)];

    /// <summary>The spans of a trace, as soon as there are so many.</summary>
    public async Task<IReadOnlyList<Activity>> WaitAsync(ActivityTraceId trace, int count)
    {
        using var limit = new CancellationTokenSource(Hang.Limit);
        while (Of(trace).Count < count) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        return Of(trace);
    }

    public void Dispose() => _listener.Dispose();
}
