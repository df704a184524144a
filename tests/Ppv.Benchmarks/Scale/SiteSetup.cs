namespace Ppv.Benchmarks.Scale;

/// <summary>What is simulated at one site. Immutable.</summary>
internal sealed record SiteSetup
{
    public required ulong Seed { get; init; }

    public int Number { get; init; }

    public CallProfile Profile { get; init; } = CallProfile.People;

    public int Lines { get; init; } = 29;

    public TimeSpan From { get; init; }

    /// <summary>When no more calls begin.</summary>
    public required TimeSpan To { get; init; }

    /// <summary>The calls that begin a second.</summary>
    public Func<TimeSpan, double> CallsPerSecond { get; init; } = _ => 0;

    /// <summary>The most that <see cref="CallsPerSecond"/> ever says.</summary>
    public double MaxCallsPerSecond { get; init; }

    /// <summary>So many callers begin at once, and each begins the next call when the last one has ended; no others come.</summary>
    public int SteadyCallers { get; init; }

    public IReadOnlyList<Trouble> Troubles { get; init; } = [];
}
