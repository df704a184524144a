using System.Net.Sockets;
using System.Text;
using Ppv.Deployment.Tests.Support;

namespace Ppv.Deployment.Tests;

/// <summary>
/// No spelling of an address gets past samples/deploy/nginx/ppv.conf to another route of a gateway, or to orders without the step that
/// makes a POST of them. In a real nginx, byte for byte as they are sent.
/// </summary>
public sealed class NginxPathsTests(SharedBroker broker)
{
    private const string Body = "{\"content\":{\"connid\":\"0128031c21578752\",\"CONFIRM\":\"UP\"}}";

    private static readonly string[] Odd =
    [
        "/metrics/..%2fapi%2fv1%2fppv%2forders%2fx/..", "/metrics/..%2Fhealth%2Flive%2F..%2F..%2Fapi/v1/ppv/orders/x",
        "/api/v1/ppv/orders%2fx/..", "/api/v1/ppv/orders%2Fx/%2e%2e", "/api/v1/ppv/orders/..", "/api/v1/ppv/orders/%2e%2e",
        "/api/v1/ppv/orders/%2E.", "/api/v1/ppv/orders/.", "/api/v1/ppv/orders/..%2f..%2fppv", "/api/v1/ppv/orders/x/../../../ppv",
        "/api/v1/ppv/orders/x%2f..%2f..", "/api/v1/ppv/orders/x%2F%2e%2e", "/api/v1/ppv/orders/", "/api/v1/ppv/orders",
        "/api/v1/ppv/orders/a/b", "/api/v1/ppv/orders/a%20b", "/api/v1/ppv/orders/a%7f", "/api/v1/ppv/orders/a%00",
        "/api/v1/ppv/orders/%c3%a9", "/api/v1/ppv/orders/a\\b", "/api/v1/%70pv", "//api/v1/ppv", "/api//v1/ppv", "/./api/v1/ppv",
        "/api/v1/x/../ppv", "/api/v1/x%2f../ppv", "/api/v1/ppv/", "/API/v1/ppv", "/api\\v1\\ppv", "/api/v1/ppv%3f", "/api/v1/ppv%23",
        "/api/v1/ppv;x", "/api/v1/ppv/lines/../orders/x", "/api/v1/ppv/lines%2f..", "/health/ready/../../control/intake",
        "/health/ready%2f..%2f..%2fcontrol/intake", "/health%2fready", "/health/live", "/control/intake", "/board", "/openapi/v1.json",
        "/metrics", "http://x/metrics/..%2fapi/v1/ppv/orders/x/..", "http://x//api/v1/ppv", "/" + new string('a', 200),
    ];

    [Fact]
    public async Task Each_address_that_is_not_written_plainly_is_404_and_reaches_no_gateway()
    {
        await using var site = await TwoGateways.StartAsync(broker);
        await using var nginx = await site.NginxAsync();
        using var http = Programs.Client(nginx.Port);

        foreach (var method in (string[])["GET", "POST"])
        {
            foreach (var target in Odd)
            {
                var answer = await SendAsync(nginx.Port, method, target);
                answer.ShouldMatch("^HTTP/1.1 40[04] ", target); // 400: what nginx itself takes for no address.
                answer.ShouldContain("nginx", customMessage: target);
                answer.ShouldNotContain("X-Ppv-", customMessage: target);
            }
        }

        (await site.ConfirmsAfterTheNextOrderAsync(http)).ShouldBe(0);
    }

    private static readonly (string Sent, string Id)[] Ids =
    [
        ("order-7", "order-7"),
        ("a%2Fb", "a/b"),
        ("%2Fa%2f", "/a/"),
        ("50%25", "50%"),
        ("%252e%252e", "%2e%2e"),
        ("...", "..."),
        ("a..b", "a..b"),
        ("~!$&'()*+,;=:@-_.", "~!$&'()*+,;=:@-_."),
        ("%21%22%3C%5C%7E", "!\"<\\~"),
        ("x?y=/../z", "x"),
    ];

    [Fact]
    public async Task Each_order_id_is_asked_for_as_it_is()
    {
        await using var site = await TwoGateways.StartAsync(broker, "--Ppv:Rpc:QueueKind=LegacyTransient");
        await using var nginx = await site.NginxThatAsksFirstAsync(0);
        foreach (var (sent, id) in Ids)
        {
            var answer = await SendAsync(nginx.Port, "GET", $"/api/v1/ppv/orders/{sent}");
            // An old worker is not asked: the gateway says so, of this id.
            answer.ShouldStartWith("HTTP/1.1 503 ", customMessage: sent);
            answer.ShouldContain($"\"orderId\":{System.Text.Json.JsonSerializer.Serialize(id)}", customMessage: sent);
        }
    }

    /// <summary>nginx takes a HEAD for a GET, and the first step would make an order of it that a gateway refuses.</summary>
    [Fact]
    public async Task Another_method_than_GET_and_POST_places_no_order()
    {
        await using var site = await TwoGateways.StartAsync(broker);
        await using var nginx = await site.NginxAsync();
        using var http = Programs.Client(nginx.Port);
        foreach (var method in (string[])["HEAD", "PUT", "OPTIONS"])
            (await SendAsync(nginx.Port, method, "/api/v1/ppv")).ShouldStartWith("HTTP/1.1 405 ", customMessage: method);
        (await site.ConfirmsAfterTheNextOrderAsync(http)).ShouldBe(0);
    }

    [Fact]
    public async Task A_question_carries_no_order_and_the_second_step_takes_nothing_but_orders_by_POST()
    {
        await using var site = await TwoGateways.StartAsync(broker);
        await using var nginx = await site.NginxAsync();
        using var http = Programs.Client(nginx.Port);
        foreach (var path in (string[])["/api/v1/ppv/orders/x", "/api/v1/ppv/lines", "/health/ready"])
            (await SendAsync(nginx.Port, "GET", path)).ShouldNotContain("\"OK\"");
        (await SendAsync(nginx.InnerPort, "GET", "/api/v1/ppv")).ShouldStartWith("HTTP/1.1 403 ");
        foreach (var target in (string[])["/api/v1/ppv/orders/x", "/control/intake", "/api/v1/ppv/orders%2fx/..", "/health/live"])
            (await SendAsync(nginx.InnerPort, "POST", target)).ShouldMatch("^HTTP/1.1 40[34] ", target);
        (await site.ConfirmsAfterTheNextOrderAsync(http)).ShouldBe(0);
    }

    private static async Task<string> SendAsync(int port, string method, string target)
    {
        using var caller = new TcpClient();
        await caller.ConnectAsync("127.0.0.1", port);
        await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"));
        using var reader = new StreamReader(caller.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync().Within();
    }
}
