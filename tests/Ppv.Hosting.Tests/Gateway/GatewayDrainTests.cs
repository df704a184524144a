using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ppv.Hosting.Tests.Gateway;

/// <summary>A gateway that is stopped, as proxies and callers see it.</summary>
public class GatewayDrainTests
{
    private const string Order = """{"content":{"connid":"1","EV":"2"}}""";

    [Fact]
    public async Task While_it_drains_health_says_503_and_orders_are_answered_on_connections_that_end()
    {
        var delay = TimeSpan.FromSeconds(10);
        await using var gateway = await GatewayApp.StartAsync(options => options.Gateway.DrainDelay = delay, ownClock: true);
        using (var before = await gateway.PostAsync(Order)) before.Headers.ConnectionClose.ShouldNotBe(true);

        var stopping = gateway.Services.GetRequiredService<IHost>().StopAsync();
        await gateway.Clock!.WaitForTimersAsync(1, delay);

        using (var ready = await gateway.Http.GetAsync("/health/ready")) ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        using (var during = await gateway.PostAsync(Order))
        {
            await during.ShouldSayAsync("OK", "Completed");
            during.Headers.ConnectionClose.ShouldBe(true);
        }

        stopping.IsCompleted.ShouldBeFalse();
        for (var since = TimeProvider.System.GetTimestamp(); !stopping.IsCompleted;)
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Hang.Limit);
            gateway.Clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.WhenAny(stopping, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System));
        }

        await stopping;
        await Should.ThrowAsync<HttpRequestException>(gateway.PostAsync(Order));
    }
}
