using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Ppv.Protocol;
using Ppv.Protocol.Tests.Support;
using Ppv.Rpc;

namespace Ppv.Testing.Tests.Harness;

/// <summary>A whole site whose clocks differ, or are set.</summary>
public sealed class ClockTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 3, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(24 * 50)]
    [InlineData(24 * 365 * 56)] // The worker's clock begins in 1970.
    public async Task What_a_gateway_that_is_ahead_sends_is_executed(int hours)
    {
        SteppedClock worker = new(Now), gateway = new(Now.AddHours(hours));
        await using var host = await HostAsync(worker);
        await using var shop = Shop(host, gateway);

        foreach (var order in TestCall.Orders("1")) (await ClientOf(shop).SendAsync(order).Within()).Code.ShouldBe("OK");

        host.Wizard.Purchases.Count.ShouldBe(1);
        (await host.WorkerServices.GetRequiredService<Ppv.Hosting.IOrderJournal>().UnknownsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_gateway_that_is_behind_is_told_so()
    {
        SteppedClock worker = new(Now), gateway = new(Now.AddHours(-1));
        await using var host = await HostAsync(worker);
        await using var shop = Shop(host, gateway);

        foreach (var order in TestCall.Orders("1"))
        {
            var result = await ClientOf(shop).SendAsync(order).Within();
            result.Outcome.ShouldBe(RpcOutcome.NotExecuted);
            result.Reason.ShouldNotBeNull().ShouldContain("the clocks of gateway and worker differ by about 60 min");
        }

        host.Wizard.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(-1, "about 60 min behind")]
    [InlineData(1, "about 60 min ahead of")]
    public async Task A_worker_whose_gateway_has_another_clock_is_degraded_and_says_so_until_it_is_set_right(int hours, string said)
    {
        SteppedClock worker = new(Now), gateway = new(Now.AddHours(hours));
        await using var host = await HostAsync(worker);
        await using var shop = Shop(host, gateway);
        await ClientOf(shop).SendAsync(TestCall.Orders("1")[0]).Within();

        var found = await LookAsync();
        found.Status.ShouldBe(HealthStatus.Degraded);
        found.Entries.Values.ShouldContain(entry => entry.Description!.Contains(said, StringComparison.Ordinal));

        worker.Advance(TimeSpan.FromMinutes(10)); // Nothing has shown it since.
        (await LookAsync()).Entries.Values.ShouldNotContain(entry => entry.Description!.Contains(said, StringComparison.Ordinal));

        Task<HealthReport> LookAsync() => host.WorkerServices.GetRequiredService<HealthCheckService>().CheckHealthAsync().Within();
    }

    [Fact]
    public async Task A_site_whose_clock_is_set_back_sells_on()
    {
        SteppedClock clock = new(Now);
        await using var host = await HostAsync(clock);
        for (var purchase = 1; purchase <= 3; purchase++)
        {
            foreach (var order in TestCall.Orders($"{purchase}"))
            {
                (await host.Client.SendAsync(order).Within()).Code.ShouldBe("OK");
                clock.Step(TimeSpan.FromHours(-1));
            }
        }

        host.Wizard.Purchases.Count.ShouldBe(3);
    }

    private static Task<PpvTestHost> HostAsync(SteppedClock clock) => PpvTestHost.StartAsync(options =>
    {
        options.RunGateway = false;
        options.TimeProvider = clock;
    });

    private static ServiceProvider Shop(PpvTestHost host, SteppedClock clock) => new ServiceCollection()
        .AddSingleton<TimeProvider>(clock).AddPpvClient().UseInMemoryBroker(host.Broker).BuildServiceProvider();

    private static IPpvClient ClientOf(ServiceProvider shop) => shop.GetRequiredService<IPpvClient>();
}
