namespace Ppv.Benchmarks.Scale;

/// <summary>How callers and Wizard behave. Immutable.</summary>
internal sealed record CallProfile
{
    /// <summary>People on the phone: about 20 s from EV to the confirm's answer, and some hang up on the way.</summary>
    public static CallProfile People { get; } = new();

    /// <summary>Programs, which wait for nothing but answers.</summary>
    public static CallProfile Programs { get; } = new() { Pause = TimeSpan.Zero, HangUps = 0, Refusals = 0 };

    /// <summary>From an answer to the call's next command, in the mean.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(9.75);

    public double PauseSpread { get; init; } = 0.5;

    /// <summary>Which share of callers hangs up in each of the two pauses.</summary>
    public double HangUps { get; init; } = 0.03;

    /// <summary>Which share of confirms Wizard refuses.</summary>
    public double Refusals { get; init; } = 0.02;

    /// <summary>How long Wizard takes for a command, in the mean.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(150);

    public double LatencySpread { get; init; } = 0.6;

    /// <summary>From gateway to worker, and from worker to gateway.</summary>
    public TimeSpan Hop { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How often a call that failed is tried in all, each time as a new call.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>From the first EV to the confirm's answer when nobody hangs up and nothing is waited for.</summary>
    public TimeSpan Holding => 2 * Pause + 3 * Latency + 4 * Hop;

    /// <summary>The variance of that over the square of its mean.</summary>
    public double HoldingVariation =>
        (2 * Variance(Pause, PauseSpread) + 3 * Variance(Latency, LatencySpread)) / Math.Pow(Holding.TotalSeconds, 2);

    private static double Variance(TimeSpan mean, double spread) => Math.Pow(mean.TotalSeconds, 2) * (Math.Exp(spread * spread) - 1);
}
