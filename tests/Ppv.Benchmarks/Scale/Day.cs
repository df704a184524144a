namespace Ppv.Benchmarks.Scale;

/// <summary>The sites' days, added up.</summary>
internal sealed class Day
{
    public const int Minutes = 24 * 60;

    private static readonly Range PeakHour = (int)DayCurve.Peak.From.TotalMinutes..(int)DayCurve.Peak.To.TotalMinutes;

    public Day(IReadOnlyList<SiteResult> sites)
    {
        Sites = sites;
        var perSecond = new int[Minutes * 60 + (int)Site.Afterwards.TotalSeconds + 1];
        foreach (var site in sites)
        {
            var perMinute = new int[Minutes + (int)Site.Afterwards.TotalMinutes + 1];
            foreach (var at in site.Ledger.Answered.Concat(site.Ledger.Failed))
            {
                perSecond[(int)at.TotalSeconds]++;
                perMinute[(int)at.TotalMinutes]++;
            }

            BusiestSiteOrders = Math.Max(BusiestSiteOrders, perMinute.Max() / 60.0);
            Violations.Add(site.Ledger.Violations);
            PeakWaits.Add(site.Ledger.PeakWaits);
            Waits.Add(site.Ledger.Waits);
        }

        BusiestSecond = perSecond.Max();
        OrdersPerSecond = [.. perSecond.Chunk(60).Take(Minutes).Select(minute => minute.Average())];
        Calls = [.. sites.SelectMany(site => site.Ledger.Calls)];
    }

    public IReadOnlyList<SiteResult> Sites { get; }

    public IReadOnlyList<CallRecord> Calls { get; }

    public Violations Violations { get; } = new();

    public WaitTimes Waits { get; } = new();

    public WaitTimes PeakWaits { get; } = new();

    /// <summary>Minute by minute, of all sites together.</summary>
    public IReadOnlyList<double> OrdersPerSecond { get; }

    public int BusiestSecond { get; }

    /// <summary>Orders a second in the busiest minute of the busiest site.</summary>
    public double BusiestSiteOrders { get; }

    public long Orders => Sites.Sum(site => (long)site.Ledger.Orders);

    public long Purchases => Sites.Sum(site => (long)site.Ledger.Purchases);

    public int UnknownConfirms => Sites.Sum(site => site.Ledger.UnknownConfirms);

    /// <summary>The sites on which nothing goes wrong and no more callers come than fit.</summary>
    public IEnumerable<SiteResult> Undisturbed =>
        Sites.Where(site => site.Setup.Troubles.Count == 0 && !Country.IsTooBig(site.Setup.Number) && !IsNeighbour(site.Setup.Number));

    public IEnumerable<SiteResult> TooBig => Sites.Where(site => Country.IsTooBig(site.Setup.Number));

    /// <summary>Which share of the lines calls held, minute by minute.</summary>
    public IReadOnlyList<double> HeldShares(IEnumerable<SiteResult> sites)
    {
        var all = sites.ToList();
        return [.. Enumerable.Range(0, Minutes).Select(minute => all.Average(site => site.Lines[minute].Held / site.Setup.Lines))];
    }

    /// <summary>Which share of the lines calls held, and on which a command ran, in the busiest hour.</summary>
    public static (double Held, double Busy) PeakShares(IEnumerable<SiteResult> sites)
    {
        var minutes = sites.SelectMany(site => site.Lines[PeakHour].Select(minute => (minute, site.Setup.Lines))).ToList();
        return (minutes.Average(at => at.minute.Held / at.Lines), minutes.Average(at => at.minute.Busy / at.Lines));
    }

    /// <summary>The share of the calls of the busiest hour that were told at last that nothing was bought.</summary>
    public static double PeakRejected(IEnumerable<SiteResult> sites)
    {
        var calls = PeakCalls(sites);
        return calls.Count == 0 ? 0 : calls.Count(call => call.End == CallEnd.Rejected) / (double)calls.Count;
    }

    /// <summary>The share of them that did not go as the caller wanted, for our fault, at the first attempt.</summary>
    public static double PeakDisturbed(IEnumerable<SiteResult> sites)
    {
        var calls = PeakCalls(sites);
        return calls.Count == 0 ? 0 : calls.Count(call => call.IsDisturbed) / (double)calls.Count;
    }

    public static WaitTimes PeakWaitsOf(IEnumerable<SiteResult> sites)
    {
        var all = new WaitTimes();
        foreach (var site in sites) all.Add(site.Ledger.PeakWaits);
        return all;
    }

    private static List<CallRecord> PeakCalls(IEnumerable<SiteResult> sites) =>
    [
        .. sites.SelectMany(site => site.Ledger.Calls).Where(call => call.Begun >= DayCurve.Peak.From && call.Begun < DayCurve.Peak.To),
    ];

    private static bool IsNeighbour(int site) => Country.Troubles.Any(trouble =>
        trouble.Kind == TroubleKind.SiteLost && site > trouble.Sites.Start.Value && site <= trouble.Sites.Start.Value + Country.Neighbours);
}
