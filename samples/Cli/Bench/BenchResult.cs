namespace Ppv.Samples.Cli.Bench;

/// <summary>What a load came to. Latencies are those of whole calls, in milliseconds.</summary>
internal sealed record BenchResult
{
    // A generator that starts calls this much late, or this much fewer, is what was measured.
    private const double KeptShare = 0.98;
    private static readonly TimeSpan LateStart = TimeSpan.FromMilliseconds(50), LongLineWait = TimeSpan.FromMilliseconds(10);

    public required BenchPlan Plan { get; init; }

    public required bool IsInterrupted { get; init; }

    /// <summary>How long it went on, with the wait for the last answers.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>How long calls were started, and what had ended by then.</summary>
    public required (TimeSpan Time, long Calls, long Orders) Load { get; init; }

    /// <summary>When the last call started.</summary>
    public required TimeSpan StartedOver { get; init; }

    public required long Started { get; init; }

    public required long Ended { get; init; }

    /// <summary>Those that were not answered OK to the end, or were given up.</summary>
    public required long Failed { get; init; }

    /// <summary>Those that were given up.</summary>
    public required long Abandoned { get; init; }

    public required long Orders { get; init; }

    /// <summary>
    /// From when a call was to start, so that what a stall held up counts too (corrected for coordinated omission); without a rate, from
    /// when it started.
    /// </summary>
    public required Latency Latency { get; init; }

    /// <summary>From when a call started.</summary>
    public required Latency ActualLatency { get; init; }

    /// <summary>How late calls were started, with a rate.</summary>
    public required Latency Lag { get; init; }

    /// <summary>How long calls waited for one of the lines that they may have.</summary>
    public required Latency LineWait { get; init; }

    /// <summary>The orders by their command, from sending to answer.</summary>
    public required IReadOnlyDictionary<string, Latency> Steps { get; init; }

    /// <summary>How often which code came.</summary>
    public required IReadOnlyDictionary<string, long> Codes { get; init; }

    public required IReadOnlyList<BenchSecond> Seconds { get; init; }

    /// <summary>How many calls the rate wanted started by then; <see langword="null"/> without a rate.</summary>
    public double? Wanted => Plan.Rate is { } rate
        ? Math.Max(Started, Math.Min(Plan.Count ?? double.MaxValue, Math.Floor(new Pacing(rate, Plan.Ramp).CallsUntil(StartedOver))))
        : null;

    public long UnderWay => Started - Ended - Abandoned;

    public double CallsPerSecond => PerSecond(Load.Calls);

    public double OrdersPerSecond => PerSecond(Load.Orders);

    public double ErrorPercent => Ended + Abandoned == 0 ? 0 : 100.0 * Failed / (Ended + Abandoned);

    /// <summary>Whether the calls were started when they were to be; always so without a rate.</summary>
    public bool KeptRate => Lag.Count == 0 || Lag.At(100 * KeptShare) <= LateStart.TotalMilliseconds;

    /// <summary>Whether the limit of lines held calls up, and is what was measured.</summary>
    public bool IsHeldUpByLines => Plan.MaxLines is not null && LineWait.At(95) > LongLineWait.TotalMilliseconds;

    private double PerSecond(long count) => Load.Time > TimeSpan.Zero ? count / Load.Time.TotalSeconds : 0;
}

/// <summary>One second of it.</summary>
internal sealed record BenchSecond
{
    public required int Second { get; init; }

    public long Started { get; init; }

    public long Ended { get; init; }

    public long Failed { get; init; }

    public long Orders { get; init; }

    /// <summary>Milliseconds, as those below, of the calls that ended in it.</summary>
    public double? P50 { get; init; }

    public double? P95 { get; init; }

    public double? P99 { get; init; }

    public double? Max { get; init; }
}
