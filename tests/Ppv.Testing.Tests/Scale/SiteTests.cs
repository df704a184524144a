using Ppv.Benchmarks.Scale;

namespace Ppv.Testing.Tests.Scale;

/// <summary>The simulation of docs/scale.md in small: it keeps its promises, repeats itself, and is what the whole stack does.</summary>
public class SiteTests
{
    private const ulong Seed = 7;

    [Fact]
    public async Task An_hour_of_two_sites_with_failures_breaks_no_promise_and_repeats_itself()
    {
        var first = await RunTwoSitesAsync();
        foreach (var site in first) site.Ledger.Violations.ToString().ShouldBe("none", $"at site {site.Setup.Number}");
        first.Sum(site => site.Ledger.Purchases).ShouldBeGreaterThan(4_000);
        first.ShouldAllBe(site => site.Ledger.Failed.Count > 0, "nothing has gone wrong, so nothing was tried");

        var again = await RunTwoSitesAsync();
        again.Select(Summary).ShouldBe(first.Select(Summary));
    }

    [Fact]
    public async Task Programs_in_plenty_get_lines_over_latency_from_the_model_and_from_the_whole_stack()
    {
        var setup = Scenarios.Saturated(Seed);
        var ceiling = Queueing.Ceiling(setup.Lines, setup.Profile.Latency);
        Scenarios.Rate(await Site.RunAsync(setup)).ShouldBeInRange(0.97 * ceiling, 1.02 * ceiling);
        Scenarios.Rate(await WholeStack.RunAsync(setup)).ShouldBeInRange(0.97 * ceiling, 1.02 * ceiling);
    }

    [Fact]
    public async Task The_model_does_what_the_whole_stack_does_when_its_connections_are_cut()
    {
        var setup = Scenarios.Sample(Seed);
        var (model, stack) = (await Site.RunAsync(setup), await WholeStack.RunAsync(setup));
        stack.Ledger.Violations.ToString().ShouldBe("none");
        model.Ledger.Calls.Count.ShouldBe(stack.Ledger.Calls.Count);
        ((double)model.Ledger.Answered.Count).ShouldBeInRange(0.98 * stack.Ledger.Answered.Count, 1.02 * stack.Ledger.Answered.Count);
        model.Ledger.Waits.MeanSeconds.ShouldBe(stack.Ledger.Waits.MeanSeconds, 0.1 * stack.Ledger.Waits.MeanSeconds + 0.01);
    }

    /// <summary>
    /// One loses its worker to a standby, its broker host, and a line; the other one's worker is killed, once more when many commands are
    /// with a slow Wizard, and Wizard is gone for a while.
    /// </summary>
    private static async Task<IReadOnlyList<SiteResult>> RunTwoSitesAsync()
    {
        var setup = Scenarios.Steady(Seed, 0.8, hangUps: true, TimeSpan.FromHours(1)) with { Profile = CallProfile.People };
        return
        [
            await Site.RunAsync(setup with
            {
                Troubles =
                [
                    new Trouble(TroubleKind.WorkerToStandby, 0..1, TimeSpan.FromMinutes(10), TimeSpan.Zero),
                    new Trouble(TroubleKind.HostFrozen, 0..1, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(5)),
                    new Trouble(TroubleKind.LineDead, 0..1, TimeSpan.FromMinutes(45), TimeSpan.FromMinutes(5), Amount: 7),
                ],
            }),
            await Site.RunAsync(setup with
            {
                Number = 1,
                Troubles =
                [
                    new Trouble(TroubleKind.WorkerRestart, 1..2, TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5)),
                    new Trouble(TroubleKind.WorkerRestart, 1..2, TimeSpan.FromMinutes(31), TimeSpan.FromSeconds(5)),
                    new Trouble(TroubleKind.WizardSlow, 1..2, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(3), Amount: 60),
                    new Trouble(TroubleKind.WizardOutage, 1..2, TimeSpan.FromMinutes(45), TimeSpan.FromMinutes(1)),
                ],
            }),
        ];
    }

    private static string Summary(SiteResult site) =>
        $"{site.Ledger.Orders} orders, {site.Ledger.Purchases} purchases, {site.Ledger.Failed.Count} failed, "
            + $"{site.Ledger.UnknownConfirms} unknown, {site.Ledger.Waits.MeanSeconds:0.00000} s";
}
