namespace Ppv.Benchmarks.Scale;

/// <summary>Many sites of several sizes for a day, each with the same evening, and what goes wrong on it.</summary>
internal static class Country
{
    /// <summary>How many sites share a cluster of three brokers.</summary>
    public const int SitesPerCluster = 20;

    /// <summary>From when the callers of a lost site are sent elsewhere.</summary>
    private static readonly TimeSpan Rerouting = TimeSpan.FromSeconds(30);

    /// <summary>So many sites, the next ones, get the calls of a site that is lost.</summary>
    public const int Neighbours = 3;

    /// <summary>The day's troubles, all in its busiest hour.</summary>
    public static IReadOnlyList<Trouble> Troubles { get; } =
    [
        new(TroubleKind.WorkerToStandby, 4..5, At(19, 40), TimeSpan.Zero),
        new(TroubleKind.WorkerRestart, 5..6, At(19, 40), TimeSpan.FromSeconds(5)),
        new(TroubleKind.HostKilled, 20..40, At(19, 45), TimeSpan.FromMinutes(5)),
        new(TroubleKind.HostFrozen, 40..60, At(19, 45), TimeSpan.FromMinutes(5)),
        new(TroubleKind.LineDead, 6..7, At(19, 0), TimeSpan.FromHours(1), Amount: 7),
        new(TroubleKind.WizardSlow, 7..8, At(19, 30), TimeSpan.FromMinutes(5), Amount: 60),
        new(TroubleKind.WizardOutage, 8..9, At(19, 30), TimeSpan.FromMinutes(2)),
        new(TroubleKind.SiteLost, 60..61, At(19, 30), TimeSpan.FromMinutes(20)),
    ];

    /// <summary>The calls that a site's lines can take a second, when nobody hangs up.</summary>
    public static double Ceiling { get; } = Queueing.Ceiling(29, CallProfile.People.Holding);

    /// <summary>
    /// How much of <see cref="Ceiling"/> a site's callers want at the evening's peak: from a third to more than there is.
    /// </summary>
    public static double SizeOf(int site, int sites) => site switch
    {
        < 20 => 0.7,
        _ when IsTooBig(site) => 1.1,
        _ => 0.35 + 0.5 * (site * 37 % sites) / sites,
    };

    /// <summary>Whether more callers come to a site in the evening than its lines can take.</summary>
    public static bool IsTooBig(int site) => site >= 60 && site % 10 == 9;

    public static SiteSetup SetupOf(int site, int sites, ulong seed, TimeSpan from, TimeSpan to)
    {
        var lost = Troubles.Where(trouble => trouble.Kind == TroubleKind.SiteLost).ToList();
        var own = Ceiling * SizeOf(site, sites);
        var helped = lost.Where(trouble => site > trouble.Sites.Start.Value && site <= trouble.Sites.Start.Value + Neighbours).ToList();
        return new SiteSetup
        {
            Seed = seed,
            Number = site,
            From = from,
            To = to,
            Troubles = [.. Troubles.Where(trouble => trouble.Concerns(site))],
            MaxCallsPerSecond = own + helped.Sum(trouble => Ceiling * SizeOf(trouble.Sites.Start.Value, sites) / Neighbours),
            CallsPerSecond = time => DayCurve.At(time) * (own
                * (lost.Any(trouble => trouble.Concerns(site) && IsRerouted(trouble, time)) ? 0 : 1)
                + helped.Where(trouble => IsRerouted(trouble, time)).Sum(
                    trouble => Ceiling * SizeOf(trouble.Sites.Start.Value, sites) / Neighbours)),
        };
    }

    public static Task<IReadOnlyList<SiteResult>> RunAsync(int sites, ulong seed, TimeSpan from, TimeSpan to) =>
        Site.RunAllAsync([.. Enumerable.Range(0, sites).Select(site => SetupOf(site, sites, seed, from, to))]);

    private static bool IsRerouted(Trouble trouble, TimeSpan time) => time >= trouble.From + Rerouting && time < trouble.To;

    private static TimeSpan At(int hour, int minute) => new(hour, minute, 0);
}
