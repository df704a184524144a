namespace Ppv.Benchmarks.Scale;

/// <summary>Everything that the verb has found out.</summary>
/// <param name="Day">The large simulation.</param>
/// <param name="Effects">What went wrong in it.</param>
/// <param name="Waits">The mean wait at several loads, with and without callers who hang up, beside Erlang's.</param>
/// <param name="Saturated">Programs in plenty: orders a second of the model and of the whole stack.</param>
/// <param name="Sample">The same half an hour in the model and in the whole stack.</param>
internal sealed record Findings(
    Day Day, IReadOnlyList<TroubleEffect> Effects, IReadOnlyList<WaitAtLoad> Waits, (double Model, double Stack) Saturated,
    (SiteResult Model, SiteResult Stack) Sample)
{
    private static readonly double[] Loads = [0.6, 0.7, 0.8, 0.9, 0.95, 1.0];

    /// <param name="sites">How many sites.</param>
    /// <param name="seed">Which day: the same one brings the same calls.</param>
    public static async Task<Findings> GatherAsync(int sites, ulong seed)
    {
        var saturated = Scenarios.Saturated(seed);
        var sample = Scenarios.Sample(seed);
        var day = new Day(await Country.RunAsync(sites, seed, TimeSpan.Zero, TimeSpan.FromDays(1)));
        return new Findings(
            day,
            [.. Country.Troubles.Where(trouble => trouble.Sites.End.Value <= sites).Select(
                trouble => TroubleEffect.Of(trouble, day.Sites))],
            await WaitAtLoad.SimulateAsync(seed, Loads),
            (Scenarios.Rate(await Site.RunAsync(saturated)), Scenarios.Rate(await WholeStack.RunAsync(saturated))),
            (await Site.RunAsync(sample), await WholeStack.RunAsync(sample)));
    }

    /// <summary>What broke a promise, in every simulation of the run.</summary>
    public Violations Violations
    {
        get
        {
            var all = new Violations();
            foreach (var violations in (Violations[])[Day.Violations, Sample.Model.Ledger.Violations, Sample.Stack.Ledger.Violations])
                all.Add(violations);
            return all;
        }
    }
}

/// <summary>How long calls wait for a line at a load, in seconds.</summary>
/// <param name="Load">The share of the lines that the callers would hold.</param>
/// <param name="Erlang">What Erlang C says for calls whose lengths vary as theirs do.</param>
/// <param name="Simulated">The mean wait of callers who stay.</param>
/// <param name="HangingUp">The mean wait where some hang up, and their lines stay theirs for a while.</param>
internal sealed record WaitAtLoad(double Load, double Erlang, double Simulated, double HangingUp)
{
    private static readonly TimeSpan Length = TimeSpan.FromHours(3);

    public static async Task<IReadOnlyList<WaitAtLoad>> SimulateAsync(ulong seed, IReadOnlyList<double> loads)
    {
        var results = await Site.RunAllAsync(
        [
            .. loads.Select(load => Scenarios.Steady(seed, load, hangUps: false, Length)),
            .. loads.Select(load => Scenarios.Steady(seed, load, hangUps: true, Length)),
        ]);
        return
        [
            .. loads.Select((load, index) => new WaitAtLoad(
                load, ErlangAt(results[index].Setup, load), MeanWait(results[index]), MeanWait(results[index + loads.Count]))),
        ];
    }

    public static double ErlangAt(SiteSetup setup, double load) => load >= 1 ? double.PositiveInfinity
        : Queueing.MeanWait(setup.Lines, load * setup.Lines, setup.Profile.Holding, setup.Profile.HoldingVariation).TotalSeconds;

    /// <summary>The way to the worker is no wait for a line.</summary>
    private static double MeanWait(SiteResult site) => site.Ledger.Waits.MeanSeconds - site.Setup.Profile.Hop.TotalSeconds;
}
