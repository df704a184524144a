using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>
/// A request that the gateway turns away itself is not executed, and that is said of this request. Of an id that its caller has chosen
/// nobody here knows the past, so that of the order is unknown.
/// </summary>
public class TurnedAwayTests
{
    private const string Order = """{"content":{"connid":"1","CONFIRM":"UP"}}""";

    public static TheoryData<string, HttpStatusCode> Ways => new()
    {
        { "unreadable", HttpStatusCode.OK },
        { "no connid", HttpStatusCode.OK },
        { "too long", HttpStatusCode.RequestEntityTooLarge },
        { "no key", HttpStatusCode.Unauthorized },
        { "not a client's key", HttpStatusCode.Forbidden },
        { "too many", HttpStatusCode.TooManyRequests },
        { "closed", HttpStatusCode.ServiceUnavailable },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_attempt_is_not_executed_and_the_order_only_where_the_caller_has_named_none(string way, HttpStatusCode status)
    {
        foreach (var header in (string?[])["X-Ppv-Order-Id", "Idempotency-Key", null])
        {
            await using var gateway = await StartAsync();
            if (way == "closed") await gateway.Services.GetServices<IIntake>().Single().CloseAsync();
            if (way == "too many") (await SendAsync(gateway, Order, "the-key-of-a-client", null)).Dispose();

            using var response = await SendAsync(
                gateway,
                way switch
                {
                    "unreadable" => "{",
                    "no connid" => """{"content":{"CONFIRM":"UP"}}""",
                    "too long" => Order + new string(' ', 20_000),
                    _ => Order,
                },
                way switch
                {
                    "no key" => null,
                    "not a client's key" => "the-key-of-an-operator",
                    _ => "the-key-of-a-client",
                },
                header);

            await response.ShouldSayAsync("ER996", header is null ? "NotExecuted" : "Unknown", status);
            if (header is not null) response.Header("X-Ppv-Order-Id").ShouldBe("mine");
        }
    }

    [Fact]
    public async Task Where_ids_are_not_accepted_a_callers_id_is_no_orders_id()
    {
        await using var gateway = await StartAsync(gateway => gateway.AcceptOrderIds = false);
        foreach (var key in (string?[])["the-key-of-a-client", null])
        {
            using var response = await SendAsync(gateway, "{", key, "X-Ppv-Order-Id");
            await response.ShouldSayAsync(
                "ER996", "NotExecuted", key is null ? HttpStatusCode.Unauthorized : HttpStatusCode.OK);
            response.Header("X-Ppv-Order-Id").ShouldNotBe("mine");
        }
    }

    [Theory]
    [InlineData("X-Ppv-Order-Id")]
    [InlineData("Idempotency-Key")]
    [InlineData(null)]
    public async Task Without_a_broker_an_order_is_not_executed_only_where_the_caller_has_named_none(string? header)
    {
        await using var gateway = await GatewayApp.StartAsync(
            services: services => services.Configure<PpvGatewayOptions>(options => options.Rpc.ConnectionWait = TimeSpan.FromMilliseconds(
                100)),
            ownClient: true);
        gateway.Services.GetRequiredService<Testing.InMemoryBroker>().IsRunning = false;

        using var response = await SendAsync(gateway, Order, null, header);

        await response.ShouldSayAsync("ER995", header is null ? "NotExecuted" : "Unknown");
    }

    private static Task<GatewayApp> StartAsync(Action<OrderEndpointOptions>? configure = null) => GatewayApp.StartAsync(
        options =>
        {
            (options.Gateway.Limits.RequestsPerClient, options.Gateway.Limits.Window) = (1, TimeSpan.FromHours(1));
            configure?.Invoke(options.Gateway);
        },
        services: services => services.Configure<PpvAccessOptions>(access =>
        {
            access.Clients.Add("client", new PpvAccessClient { Key = "the-key-of-a-client" });
            access.Clients.Add("operator", new PpvAccessClient { Key = "the-key-of-an-operator", Role = PpvAccessRole.Operator });
        }));

    private static async Task<HttpResponseMessage> SendAsync(GatewayApp gateway, string body, string? key, string? header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, GatewayApp.Path) { Content = new StringContent(body) };
        if (key is not null) request.Headers.Add("X-Api-Key", key);
        if (header is not null) request.Headers.Add(header, "mine");
        return await gateway.Http.SendAsync(request);
    }
}
