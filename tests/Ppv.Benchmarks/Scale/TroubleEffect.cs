namespace Ppv.Benchmarks.Scale;

/// <summary>What a trouble did to the callers of its sites.</summary>
/// <param name="Trouble">The trouble.</param>
/// <param name="Calls">The calls that were in progress when it began, or began before it was over.</param>
/// <param name="Disturbed">Those among them that needed a second attempt, or that did not end as the caller wanted for our fault.</param>
/// <param name="Failed">Those that were told in the end that nothing was bought.</param>
/// <param name="Unknown">Those whose confirm's outcome is unknown.</param>
/// <param name="Gap">The longest time without an answer of Wizard's at any of the sites, around it.</param>
/// <param name="Recovery">From its beginning to the last order that failed before 20 s without one; 0 when none did.</param>
internal sealed record TroubleEffect(
    Trouble Trouble, int Calls, int Disturbed, int Failed, int Unknown, TimeSpan Gap, TimeSpan Recovery)
{
    /// <summary>Longer than what is left of a trouble: an order's time, and the caller's second attempt.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(1.5);

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);

    public double Share => Calls == 0 ? 0 : Disturbed / (double)Calls;

    public static TroubleEffect Of(Trouble trouble, IEnumerable<SiteResult> sites)
    {
        var concerned = sites.Where(site => trouble.Concerns(site.Setup.Number)).ToList();
        var calls = concerned.SelectMany(site => site.Ledger.Calls)
            .Where(call => call.Begun <= trouble.To && call.Ended >= trouble.From).ToList();
        var failed = concerned.SelectMany(site => site.Ledger.Failed).Where(at => IsNear(trouble, at)).ToList();
        return new TroubleEffect(
            trouble, calls.Count, calls.Count(call => call.IsDisturbed), calls.Count(call => call.End == CallEnd.Rejected),
            calls.Count(call => call.End == CallEnd.Unknown), concerned.Max(site => GapOf(trouble, site)),
            RecoveryOf(trouble, failed));
    }

    private static TimeSpan RecoveryOf(Trouble trouble, IEnumerable<TimeSpan> failed)
    {
        TimeSpan? last = null;
        foreach (var at in failed.Order().TakeWhile(at => last is null || at <= last + Quiet)) last = at;
        return last - trouble.From ?? TimeSpan.Zero;
    }

    private static TimeSpan GapOf(Trouble trouble, SiteResult site)
    {
        var (last, gap) = (trouble.From, TimeSpan.Zero);
        foreach (var at in site.Ledger.Answered.Where(at => IsNear(trouble, at)).Order())
        {
            if (at - last > gap) gap = at - last;
            last = at;
        }

        return gap;
    }

    private static bool IsNear(Trouble trouble, TimeSpan at) => at >= trouble.From && at <= trouble.To + Aftermath;
}
