using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Ppv.Hosting.Tests;

/// <summary>What the HTTP server itself would refuse before the gateway sees it.</summary>
public class HttpServerTests
{
    private const string Order = """{"content":{"connid":"1","EV":"2"}}""";

    [Theory]
    [InlineData("User-Agent")]
    [InlineData("X-Caller")]
    [InlineData("Cookie")]
    public async Task A_header_that_is_no_utf_8_costs_no_order(string header)
    {
        await using var gateway = await GatewayApp.StartAsync();
        var answer = await SendAsync(gateway, $"{header}: caf\u00e9");
        answer.ShouldStartWith("HTTP/1.1 200 OK");
        answer.ShouldContain("""{"callresult":"OK"}""");
    }

    [Fact]
    public async Task An_order_id_that_is_no_ascii_is_refused_with_a_code()
    {
        await using var gateway = await GatewayApp.StartAsync();
        var answer = await SendAsync(gateway, "X-Ppv-Order-Id: caf\u00e9");
        answer.ShouldStartWith("HTTP/1.1 200 OK");
        answer.ShouldContain("""{"callresult":"ER996"}""");
        gateway.Client.Orders.ShouldBeEmpty();
    }

    /// <summary>The server takes no zero byte for a text; in the trailers of a body it even fails on it, at length, in the log.</summary>
    [Fact]
    public async Task A_zero_byte_in_a_header_or_a_trailer_costs_no_order_and_is_no_fault()
    {
        await using var gateway = await GatewayApp.StartAsync();
        (await SendAsync(gateway, "X-Caller: a\0b")).ShouldContain("""{"callresult":"OK"}""");
        (await SendAsync(gateway, "X-Ppv-Order-Id: a\0b")).ShouldContain("""{"callresult":"ER996"}""");
        var answer = await SendRawAsync(
            gateway, "Transfer-Encoding: chunked", $"{Order.Length:x}\r\n{Order}\r\n0\r\nX-Caller: a\0b\r\n\r\n");
        answer.ShouldContain("""{"callresult":"OK"}""");
        gateway.Client.Orders.Count.ShouldBe(2);
        gateway.Log.Entries.ShouldNotContain(entry => entry.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task Who_speaks_http_2_in_clear_is_told_that_http_1_is_spoken_here()
    {
        await using var gateway = await GatewayApp.StartAsync();
        using var caller = new TcpClient();
        await caller.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
        await caller.GetStream().WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        var frame = new byte[17];
        await caller.GetStream().ReadExactlyAsync(frame).AsTask().WaitAsync(Hang.Limit);
        (frame[3], frame[16]).ShouldBe(((byte)0x07, (byte)0x0d), "GOAWAY, HTTP_1_1_REQUIRED");
    }

    [Fact]
    public async Task A_port_of_its_own_serves_orders_over_http_2_in_clear()
    {
        await using var gateway = await GatewayApp.StartAsync(build: builder => builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)));
        using var request = new HttpRequestMessage(HttpMethod.Post, GatewayApp.Path) { Content = new StringContent(Order) };
        (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        using var answer = await gateway.Http.SendAsync(request);
        await answer.ShouldSayAsync("OK", "Completed");
        answer.Version.ShouldBe(HttpVersion.Version20);
    }

    private static Task<string> SendAsync(GatewayApp gateway, string header) =>
        SendRawAsync(gateway, $"{header}\r\nContent-Length: {Order.Length}", Order);

    private static async Task<string> SendRawAsync(GatewayApp gateway, string headers, string body)
    {
        using var caller = new TcpClient();
        await caller.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
        var text = $"POST {GatewayApp.Path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n\r\n{body}";
        await caller.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));
        using var reader = new StreamReader(caller.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync().WaitAsync(Hang.Limit);
    }
}
