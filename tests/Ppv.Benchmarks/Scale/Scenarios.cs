namespace Ppv.Benchmarks.Scale;

/// <summary>Small simulations: of what formulas say, and of what the model must have in common with the whole stack.</summary>
internal static class Scenarios
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    /// <summary>Programs in plenty, which leave no line without a call.</summary>
    public static SiteSetup Saturated(ulong seed, int lines = 29) => new()
    {
        Seed = seed,
        Lines = lines,
        Profile = CallProfile.Programs,
        SteadyCallers = 2 * lines,
        To = TimeSpan.FromSeconds(70),
    };

    /// <summary>People who come evenly, so many that they would hold this share of the lines, and hang up or don't.</summary>
    public static SiteSetup Steady(ulong seed, double load, bool hangUps, TimeSpan length, int lines = 29)
    {
        var profile = CallProfile.People with { HangUps = hangUps ? CallProfile.People.HangUps : 0, Attempts = 1 };
        var rate = load * Queueing.Ceiling(lines, profile.Holding);
        return new SiteSetup
        {
            Seed = seed, Lines = lines, Profile = profile, To = length, CallsPerSecond = _ => rate, MaxCallsPerSecond = rate,
        };
    }

    /// <summary>Half of the busiest hour at a site that is nearly full, with a broker host that is killed in the middle.</summary>
    public static SiteSetup Sample(ulong seed)
    {
        var from = DayCurve.Peak.From;
        return Steady(seed, 0.95, hangUps: true, TimeSpan.FromMinutes(20)) with
        {
            From = from,
            To = from + TimeSpan.FromMinutes(20),
            Profile = CallProfile.People,
            Troubles = [new Trouble(TroubleKind.HostKilled, 0..1, from + TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5))],
        };
    }

    /// <summary>The orders a second that were answered when all was under way.</summary>
    public static double Rate(SiteResult saturated)
    {
        var length = saturated.Setup.To - WarmUp;
        return saturated.Ledger.Answered.Count(at => at >= WarmUp && at < saturated.Setup.To) / length.TotalSeconds;
    }
}
