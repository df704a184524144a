using Microsoft.AspNetCore.Builder;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>
/// An address that a proxy may have read otherwise than we do leads nowhere: nothing gets around a proxy's rules by its spelling.
/// </summary>
public class SentPathTests
{
    private const string Order = """{"content":{"connid":"1","CONFIRM":"UP"}}""";

    public static TheoryData<string> Odd =>
    [
        "/api/v1/ppv/orders%2fx/..", "/api/v1/ppv/orders%2Fx/..", "/api/v1/ppv/orders/..", "/api/v1/ppv/orders/%2e%2e",
        "/api/v1/ppv/orders/../../ppv", "/metrics/../api/v1/ppv", "/metrics/%2e%2e/api/v1/ppv", "/metrics/.%2E/api/v1/ppv",
        "/./api/v1/ppv", "/api/./v1/ppv", "/api/v1/ppv/.", "/api/v1/ppv/%2e", "/api/v1/x/../ppv?a=b", "/api%2fv1/../../api/v1/ppv",
        "/health/..%5c../api/v1/ppv/orders%5cx/..", "http://x/metrics/../api/v1/ppv", "//api/v1/ppv", "/api//v1/ppv", "/api\\v1\\ppv",
        "/metrics/..%2fapi%2fv1%2fppv", "/metrics/..%2fapi%2fv1%2fppv%2forders%2fx/..", "/api%2fv1%2fppv", "/api/v1/ppv;x",
    ];

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task An_order_at_a_path_in_disguise_is_not_taken(string target)
    {
        await using var gateway = await GatewayApp.StartAsync();
        foreach (var method in (string[])["GET", "POST"])
        {
            var answer = await RawHttp.SendAsync(gateway.Address, $"{method} {target}", Order, "Host: x");
            answer.ShouldNotStartWith("HTTP/1.1 200 ");
            answer.ShouldNotContain("\"OK\"");
        }

        gateway.Client.Orders.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/api/v1/ppv/orders/x/../y")]
    [InlineData("/api/v1/ppv/orders/..%2fy")]
    [InlineData("/api/v1/ppv/orders/y%2f%2e%2e%2fz")]
    [InlineData("/api/v1/ppv/orders/./y")]
    [InlineData("/api/v1/ppv/x/../orders/y")]
    [InlineData("/api/v1/ppv%2f..%2fppv/../ppv/orders/y")]
    [InlineData("/health/../control/intake")]
    [InlineData("/control%2fx/../intake")]
    [InlineData("/api/v1/ppv/x/../lines")]
    public async Task Nor_is_a_question(string target)
    {
        await using var gateway = await GatewayApp.StartAsync();
        gateway.Client.Status = _ => throw new InvalidOperationException("It must not be asked.");
        var answer = await RawHttp.SendAsync(gateway.Address, $"GET {target}", "");
        answer.ShouldMatch("^HTTP/1.1 40[04] ");
        gateway.Log.Entries.ShouldNotContain(entry => entry.Exception is InvalidOperationException);
    }

    [Theory]
    [InlineData("/api/v1/ppv")]
    [InlineData("/api/v1/ppv/")]
    [InlineData("/API/V1/PPV")]
    [InlineData("/api/v1/ppv?from=..%2f..")]
    [InlineData("http://x/api/v1/ppv")]
    [InlineData("http://x/api/v1/ppv?to=http://y/../")]
    public async Task A_plain_address_is_taken_in_each_form_that_HTTP_has(string target)
    {
        await using var gateway = await GatewayApp.StartAsync();
        (await RawHttp.SendAsync(gateway.Address, $"POST {target}", Order, "Host: x")).ShouldStartWith("HTTP/1.1 200 ");
        gateway.Client.Orders.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a/b", "a/b")]
    [InlineData("%2Fb", "/b")]
    [InlineData("50%25", "50%")]
    [InlineData("%252e%252e", "%2e%2e")]
    [InlineData("a..b", "a..b")]
    [InlineData("a%5C..%5Cb", "a\\..\\b")]
    [InlineData("...", "...")]
    [InlineData("%22%3C%3E", "\"<>")]
    public async Task An_order_id_may_be_anything_that_an_order_could_have(string sent, string id)
    {
        await using var gateway = await GatewayApp.StartAsync();
        var asked = new List<string>();
        gateway.Client.Status = orderId =>
        {
            asked.Add(orderId);
            return Task.FromResult(new PpvOrderStatus(orderId, PpvOrderState.NeverSeen, null, null));
        };
        (await RawHttp.SendAsync(gateway.Address, $"GET {GatewayApp.Path}/orders/{sent}", "")).ShouldStartWith("HTTP/1.1 404 ");
        asked.ShouldBe([id]);
    }

    [Fact]
    public async Task Below_a_base_path_and_in_a_group_it_is_the_same()
    {
        await using var gateway = await GatewayApp.StartAsync(map: app =>
        {
            app.UsePathBase("/base");
            app.UseRouting();
            app.MapGroup("/site/{name}").MapPpvGateway();
        });
        (await RawHttp.SendAsync(gateway.Address, "POST /base/site/a%20b/api/v1/ppv", Order)).ShouldStartWith("HTTP/1.1 200 ");
        (await RawHttp.SendAsync(gateway.Address, "POST /base/site/a%2fb/../c/api/v1/ppv", Order)).ShouldStartWith("HTTP/1.1 40");
        (await RawHttp.SendAsync(gateway.Address, "POST /base/site/a/../c/api/v1/ppv", Order)).ShouldStartWith("HTTP/1.1 404 ");
        gateway.Client.Orders.ShouldHaveSingleItem();
    }
}
