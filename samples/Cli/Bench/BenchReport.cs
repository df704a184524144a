namespace Ppv.Samples.Cli.Bench;

/// <summary>A result as <c>--json</c> prints it: durations in milliseconds where the name says nothing else.</summary>
internal sealed record BenchReport
{
    public required string To { get; init; }

    public required string Load { get; init; }

    public bool IsInterrupted { get; init; }

    public double ElapsedSeconds { get; init; }

    public double? RateWanted { get; init; }

    public bool? RateKept { get; init; }

    public double? StartedLateP99 { get; init; }

    /// <summary>How many lines calls might have at a time; none for all.</summary>
    public int? MaxLines { get; init; }

    /// <summary>How long they waited for one, in milliseconds.</summary>
    public double? LineWaitP99 { get; init; }

    public long CallsStarted { get; init; }

    public long CallsEnded { get; init; }

    public long CallsFailed { get; init; }

    public long CallsAbandoned { get; init; }

    public double CallsPerSecond { get; init; }

    public long Orders { get; init; }

    public double OrdersPerSecond { get; init; }

    public double ErrorPercent { get; init; }

    /// <summary>Of whole calls from when they were to start: corrected for coordinated omission; only with a rate.</summary>
    public LatencyReport? CorrectedLatency { get; init; }

    /// <summary>Of whole calls from when they started.</summary>
    public required LatencyReport Latency { get; init; }

    public required IReadOnlyDictionary<string, LatencyReport> Steps { get; init; }

    public required IReadOnlyDictionary<string, long> Codes { get; init; }

    public required IReadOnlyList<ThresholdResult> FailIf { get; init; }

    public required IReadOnlyList<BenchSecond> Seconds { get; init; }

    public static BenchReport Of(BenchResult result, string to, IReadOnlyList<ThresholdResult> thresholds)
    {
        var hasRate = result.Plan.Rate is not null;
        return new BenchReport
        {
            To = to,
            Load = result.Plan.Description,
            IsInterrupted = result.IsInterrupted,
            ElapsedSeconds = result.Elapsed.TotalSeconds,
            RateWanted = result.Plan.Rate,
            RateKept = hasRate ? result.KeptRate : null,
            StartedLateP99 = hasRate ? result.Lag.At(99) : null,
            MaxLines = result.Plan.MaxLines,
            LineWaitP99 = result.Plan.MaxLines is null ? null : result.LineWait.At(99),
            CallsStarted = result.Started,
            CallsEnded = result.Ended,
            CallsFailed = result.Failed,
            CallsAbandoned = result.Abandoned,
            CallsPerSecond = result.CallsPerSecond,
            Orders = result.Orders,
            OrdersPerSecond = result.OrdersPerSecond,
            ErrorPercent = result.ErrorPercent,
            CorrectedLatency = hasRate ? LatencyReport.Of(result.Latency) : null,
            Latency = LatencyReport.Of(result.ActualLatency),
            Steps = result.Steps.ToDictionary(step => step.Key, step => LatencyReport.Of(step.Value)),
            Codes = result.Codes,
            FailIf = thresholds,
            Seconds = result.Seconds,
        };
    }
}

/// <summary>A distribution of latencies, in milliseconds.</summary>
internal sealed record LatencyReport(
    long Count, double? Min, double? Mean, double? P50, double? P90, double? P95, double? P99, double? P999, double? Max)
{
    public static LatencyReport Of(Latency latency) => new(
        latency.Count, latency.Min, latency.Mean, latency.At(50), latency.At(90), latency.At(95), latency.At(99), latency.At(99.9),
        latency.Max);
}
