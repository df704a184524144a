using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>Degraded is: orders pass, but not as they should. It is said from what is known already, and nobody is asked for it.</summary>
public class DegradedTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan LongAgo = TimeSpan.FromHours(1);
    private static readonly BrokerHostStatus Primary = Host("kfs-gax"), Backup = Host("bs-gax");

    [Fact]
    public void On_the_primary_all_is_well() =>
        TroubleOf(InUse(Primary), Backup).ShouldBeNull();

    [Fact]
    public void On_the_backup_it_says_which_host_is_away_and_why() =>
        TroubleOf(Primary with { State = BrokerHostState.Down, LastError = "It was switched off." }, InUse(Backup))
            .ShouldBe("kfs-gax:5672 is not in use, bs-gax:5672 is: It was switched off.");

    [Fact]
    public void On_the_backup_by_a_persons_wish_there_is_no_error_to_tell() =>
        TroubleOf(Primary, InUse(Backup)).ShouldBe("kfs-gax:5672 is not in use, bs-gax:5672 is.");

    [Fact]
    public void Without_any_host_that_is_in_use_the_connection_itself_says_why() =>
        TroubleOf(Primary with { State = BrokerHostState.Down }, Backup).ShouldBeNull();

    [Theory]
    [InlineData(0, true)]
    [InlineData(29_999, true)]
    [InlineData(30_000, false)]
    public void A_connection_that_replaced_a_lost_one_counts_as_healthy_after_half_a_minute(int age, bool isDegraded)
    {
        var since = Now - TimeSpan.FromMilliseconds(age);
        var host = InUse(Primary) with { Since = since, LastFailure = since.AddSeconds(-1), LastError = "It was restarted." };

        TroubleOf(host, Backup).ShouldBe(isDegraded
            ? "The connection to kfs-gax:5672 is less than 30 s old, after a failure: It was restarted."
            : null);
    }

    [Fact]
    public void A_first_connection_is_healthy_at_once() =>
        TroubleOf(InUse(Primary) with { Since = Now }, Backup).ShouldBeNull();

    [Fact]
    public void Who_should_use_all_hosts_misses_each_of_them()
    {
        var down = Backup with { State = BrokerHostState.Down, LastError = "No route." };
        TroubleOf([InUse(Primary), down], usesAll: true).ShouldBe("bs-gax:5672 is not in use, kfs-gax:5672 is: No route.");
        TroubleOf([InUse(Primary), InUse(Backup)], usesAll: true).ShouldBeNull();
    }

    [Fact]
    public async Task A_worker_is_degraded_from_when_Wizard_refused_until_it_answers_and_never_asks_it_by_itself()
    {
        await using var host = await PpvTestHost.StartAsync(options =>
            options.ConfigureWorker = worker => worker.Wizard.MaxConnectRetries = 0);
        (await HealthAsync(host)).Status.ShouldBe(HealthStatus.Healthy);

        host.Wizard.RefuseConnections = true;
        (await HealthAsync(host)).Status.ShouldBe(HealthStatus.Healthy, "nobody has found out yet");
        (await PlaceAsync(host)).Outcome.ShouldBe(RpcOutcome.NotExecuted);
        var report = await HealthAsync(host);
        report.Status.ShouldBe(HealthStatus.Degraded);
        report.Entries["ppv-wizard"].Description!.ShouldStartWith(
            $"Wizard at 127.0.0.1:{host.Wizard.Port} could not be reached when it was tried last (");

        host.Wizard.RefuseConnections = false;
        (await HealthAsync(host)).Status.ShouldBe(HealthStatus.Degraded, "nobody has found out yet");
        (await PlaceAsync(host)).Outcome.ShouldBe(RpcOutcome.Completed);
        (await HealthAsync(host)).Status.ShouldBe(HealthStatus.Healthy);
        host.Wizard.Requests.Count.ShouldBe(1);
        host.Wizard.ConnectionCount.ShouldBe(1);
    }

    private static Task<PpvResult> PlaceAsync(PpvTestHost host) =>
        host.Client.SendAsync(PpvOrder.Event(ConnectionId.Parse("012703395c597610"), "262193"));

    private static Task<HealthReport> HealthAsync(PpvTestHost host) =>
        host.WorkerServices.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    private static string? TroubleOf(params BrokerHostStatus[] hosts) => TroubleOf(hosts, usesAll: false);

    private static string? TroubleOf(BrokerHostStatus[] hosts, bool usesAll) =>
        new BrokerReadiness("gateway", () => new ConnectionStatus(true, "Connected."), () => hosts, () => usesAll).Trouble(Now);

    private static BrokerHostStatus Host(string name) => new(new BrokerHost(name, 5672)) { Since = Now - LongAgo };

    private static BrokerHostStatus InUse(BrokerHostStatus host) => host with { State = BrokerHostState.Ready };
}
