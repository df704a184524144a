using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>
/// What is beyond a limit is turned away unread, and told that nothing was executed; and whose requests are counted as one's.
/// </summary>
public class LimitsTests
{
    private const string Order = """{"content":{"connid":"1","EV":"2"}}""";
    private static readonly TimeSpan Bound = Hang.Limit;

    [Fact]
    public async Task More_than_may_run_at_once_are_503_with_the_time_to_wait_and_a_place_that_is_free_is_given_again()
    {
        await using var gateway = await GatewayApp.StartAsync(options => options.Gateway.Limits.MaxConcurrentRequests = 1);
        var (begun, end) = (Signal(), Signal());
        gateway.Client.Answer = async (order, _) =>
        {
            begun.TrySetResult();
            await end.Task;
            return new PpvResult(order.Id, RpcOutcome.Completed, "OK", null);
        };
        var first = gateway.PostAsync(Order);
        await begun.Task.WaitAsync(Bound);

        using var second = await gateway.PostAsync(Order);
        await second.ShouldSayAsync("ER996", "NotExecuted", HttpStatusCode.ServiceUnavailable);
        second.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        second.Header("X-Ppv-Reason").ShouldBe("The gateway works on as many requests as it may.");
        using var status = await gateway.Http.GetAsync($"{GatewayApp.Path}/orders/7");
        status.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await status.Content.ReadAsStringAsync()).ShouldContain("\"state\":\"Unavailable\"");
        using var health = await gateway.Http.GetAsync("/health/live");
        health.StatusCode.ShouldBe(HttpStatusCode.OK);

        end.SetResult();
        using var answer = await first;
        await answer.ShouldSayAsync("OK", "Completed");
        using var third = await gateway.PostAsync(Order);
        await third.ShouldSayAsync("OK", "Completed");
        gateway.Client.Orders.Count.ShouldBe(2);
    }

    [Fact]
    public async Task More_than_one_client_may_make_in_a_while_are_429_and_the_log_is_not_filled_with_them()
    {
        await using var gateway = await GatewayApp.StartAsync(options =>
            (options.Gateway.Limits.RequestsPerClient, options.Gateway.Limits.Window) = (2, TimeSpan.FromHours(1)), ownClock: true);
        for (var i = 0; i < 2; i++)
        {
            using var answer = await gateway.PostAsync(Order);
            await answer.ShouldSayAsync("OK", "Completed");
        }

        for (var i = 0; i < 15; i++)
        {
            using var refused = await gateway.PostAsync(Order);
            await refused.ShouldSayAsync("ER996", "NotExecuted", HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromMinutes(6));
        }

        gateway.Client.Orders.Count.ShouldBe(2);
        gateway.Clock!.Advance(TimeSpan.FromSeconds(10));
        using var last = await gateway.PostAsync(Order);
        var said = gateway.Log.OfOurs.Select(entry => entry.Message).Where(message => message.StartsWith("A request of")).ToList();
        const string turnedAway =
            "A request of address 127.0.0.1 was turned away and not executed: This client makes more requests than it may.";
        said.ShouldBe([.. Enumerable.Repeat(turnedAway, 10), $"{turnedAway} Before it 5 of this kind were left out."]);
    }

    [Fact]
    public async Task When_the_while_is_over_the_client_may_again()
    {
        await using var gateway = await GatewayApp.StartAsync(options => options.Gateway.Limits.RequestsPerClient = 1);
        using var first = await gateway.PostAsync(Order);
        await first.ShouldSayAsync("OK", "Completed");
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var next = await gateway.PostAsync(Order);
            if (next.StatusCode == HttpStatusCode.OK) break;
            next.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Bound);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    [Fact]
    public async Task Clients_with_keys_are_counted_by_their_names()
    {
        await using var gateway = await StartLimitedAsync(services: services => services.Configure<PpvAccessOptions>(access =>
        {
            access.Clients.Add("kfs", new PpvAccessClient { Key = "the-key-of-site-kfs" });
            access.Clients.Add("bs", new PpvAccessClient { Key = "the-key-of-site-bs" });
        }));
        (await AskAsync(gateway, ("X-Api-Key", "the-key-of-site-kfs"))).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(gateway, ("X-Api-Key", "the-key-of-site-kfs"))).ShouldBe(HttpStatusCode.TooManyRequests);
        (await AskAsync(gateway, ("X-Api-Key", "the-key-of-site-bs"))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Whom_the_host_has_authenticated_is_counted_by_name_and_his_name_can_not_forge_a_log_line()
    {
        await using var gateway = await StartLimitedAsync(services: services => services
            .AddAuthentication().AddScheme<AuthenticationSchemeOptions, PartnerHandler>("partner", null));
        (await AskAsync(gateway, ("X-Partner", "one|two"))).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(gateway, ("X-Partner", "one|two"))).ShouldBe(HttpStatusCode.TooManyRequests);
        (await AskAsync(gateway, ("X-Partner", "another"))).ShouldBe(HttpStatusCode.OK);
        gateway.Log.OfOurs.ShouldContain(entry => entry.Message.StartsWith("A request of user one?two was turned away"));
    }

    [Fact]
    public async Task A_header_that_says_where_a_request_comes_from_is_not_believed()
    {
        await using var gateway = await StartLimitedAsync();
        (await AskAsync(gateway, ("X-Forwarded-For", "10.0.0.1"))).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(gateway, ("X-Forwarded-For", "10.0.0.2"))).ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Nor_is_it_from_a_proxy_that_is_not_known()
    {
        await using var gateway = await StartLimitedAsync(options => options.Gateway.KnownProxies.Add("192.0.2.0/24"));
        (await AskAsync(gateway, ("X-Forwarded-For", "10.0.0.1"))).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(gateway, ("X-Forwarded-For", "10.0.0.2"))).ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    public async Task A_known_proxy_is_believed_and_what_its_caller_wrote_is_not(string proxy)
    {
        await using var gateway = await StartLimitedAsync(options => options.Gateway.KnownProxies.Add(proxy));
        (await AskAsync(gateway, ("X-Forwarded-For", "10.0.0.1"))).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(gateway, ("X-Forwarded-For", "10.0.0.2"))).ShouldBe(HttpStatusCode.OK);
        // What stands before the address that the proxy added is the caller's own invention.
        (await AskAsync(gateway, ("X-Forwarded-For", "10.0.0.3, 10.0.0.1"))).ShouldBe(HttpStatusCode.TooManyRequests);
        (await AskAsync(gateway, ("X-Forwarded-For", "10.0.0.4, 127.0.0.1"))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("2001:db8:1:2:3:4:5:6", "address 2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::1", "address 2001:db8:1:2::/64")]
    [InlineData("::ffff:10.0.0.1", "address 10.0.0.1")]
    [InlineData("10.0.0.1", "address 10.0.0.1")]
    [InlineData(null, "address a Unix socket")]
    public void Who_has_one_IPv6_address_has_many(string? address, string who)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        Admission.Who(context).ShouldBe(who);
    }

    private static Task<GatewayApp> StartLimitedAsync(
        Action<PpvGatewayOptions>? configure = null, Action<IServiceCollection>? services = null) =>
        GatewayApp.StartAsync(
            options =>
            {
                (options.Gateway.Limits.RequestsPerClient, options.Gateway.Limits.Window) = (1, TimeSpan.FromHours(1));
                configure?.Invoke(options);
            },
            services: services);

    private static async Task<HttpStatusCode> AskAsync(GatewayApp gateway, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, GatewayApp.Path)
        {
            Content = new StringContent(Order, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.Add(header.Name, header.Value);
        using var answer = await gateway.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
