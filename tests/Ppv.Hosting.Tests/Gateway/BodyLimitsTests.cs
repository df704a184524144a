using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Ppv.Hosting.Tests;

/// <summary>Bodies that are too long, in pieces, too slow, or that end before they should.</summary>
public class BodyLimitsTests
{
    private const string Order = """{"content":{"connid":"1","EV":"2"}}""";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_up_to_the_limit_is_read_and_one_byte_more_is_413(bool chunked)
    {
        await using var gateway = await GatewayApp.StartAsync();
        using var fits = await SendAsync(gateway, Order.PadRight(16 * 1024), chunked);
        await fits.ShouldSayAsync("OK", "Completed");
        using var tooLong = await SendAsync(gateway, Order.PadRight(16 * 1024 + 1), chunked);
        await tooLong.ShouldSayAsync("ER996", "NotExecuted", HttpStatusCode.RequestEntityTooLarge);
        gateway.Client.Orders.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_body_of_megabytes_is_413_too_and_the_next_order_goes_through()
    {
        await using var gateway = await GatewayApp.StartAsync();
        using var tooLong = await SendAsync(gateway, new string(' ', 5_000_000), chunked: true);
        await tooLong.ShouldSayAsync("ER996", "NotExecuted", HttpStatusCode.RequestEntityTooLarge);
        using var next = await SendAsync(gateway, Order, chunked: true);
        await next.ShouldSayAsync("OK", "Completed");
    }

    [Fact]
    public async Task The_limit_is_an_option()
    {
        await using var gateway = await GatewayApp.StartAsync(o => o.Gateway.MaxBodyBytes = 256);
        using var tooLong = await SendAsync(gateway, Order.PadRight(257), chunked: false);
        tooLong.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("POST", "Content-Length: 100\r\n\r\n{\"content\"")]
    [InlineData("GET", "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"con")]
    public async Task A_body_that_never_ends_is_refused_when_the_time_is_over(string method, string rest)
    {
        await using var gateway = await GatewayApp.StartAsync(ownClock: true);
        using var caller = await RawCaller.ConnectAsync(gateway.Address);
        await caller.SendAsync($"{method} {GatewayApp.Path} HTTP/1.1\r\nHost: x\r\n{rest}");
        var answer = caller.ReadAsync("}");
        await gateway.Clock!.WaitForTimersAsync(1, TimeSpan.FromSeconds(30.1));
        gateway.Clock.Advance(TimeSpan.FromSeconds(30.1));

        (await answer).ShouldStartWith("HTTP/1.1 200 OK");
        (await answer).ShouldContain("""{"callresult":"ER996"}""");
        (await answer).ShouldContain("X-Ppv-Reason: The body did not arrive within 30 s.");
        gateway.Client.Orders.ShouldBeEmpty();
    }

    [Fact]
    public async Task Chunks_that_are_none_are_refused()
    {
        await using var gateway = await GatewayApp.StartAsync();
        using var caller = await RawCaller.ConnectAsync(gateway.Address);
        await caller.SendAsync($"POST {GatewayApp.Path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{{\"con\r\n");
        var answer = await caller.ReadAsync("}");
        answer.ShouldStartWith("HTTP/1.1 200 OK");
        answer.ShouldContain("""{"callresult":"ER996"}""");
    }

    [Fact]
    public async Task A_caller_who_leaves_makes_no_noise_and_takes_the_order_along()
    {
        await using var gateway = await GatewayApp.StartAsync();
        var (asked, cancelled) = (Signal(), Signal());
        gateway.Client.Answer = async (_, token) =>
        {
            token.Register(cancelled.SetResult);
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            throw new InvalidOperationException("not reached");
        };
        using (var caller = await RawCaller.ConnectAsync(gateway.Address))
        {
            await caller.SendAsync($"POST {GatewayApp.Path} HTTP/1.1\r\nHost: x\r\nContent-Length: {Order.Length}\r\n\r\n{Order}");
            await asked.Task.WaitAsync(Hang.Limit);
        }

        await cancelled.Task.WaitAsync(Hang.Limit);
        using (var next = await gateway.Http.GetAsync("/health/live")) next.StatusCode.ShouldBe(HttpStatusCode.OK);
        gateway.Log.Entries.ShouldAllBe(entry => entry.Level < LogLevel.Warning);
    }

    private static async Task<HttpResponseMessage> SendAsync(GatewayApp gateway, string body, bool chunked)
    {
        using var request =
            new HttpRequestMessage(HttpMethod.Post, GatewayApp.Path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Headers.TransferEncodingChunked = chunked;
        return await gateway.Http.SendAsync(request);
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class RawCaller(TcpClient connection) : IDisposable
    {
        public static async Task<RawCaller> ConnectAsync(Uri address)
        {
            var connection = new TcpClient();
            await connection.ConnectAsync(address.Host, address.Port);
            return new RawCaller(connection);
        }

        public async Task SendAsync(string text) => await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

        public async Task<string> ReadAsync(string end)
        {
            var text = new StringBuilder();
            var buffer = new byte[4096];
            while (!text.ToString().Contains(end, StringComparison.Ordinal))
            {
                var count = await connection.GetStream().ReadAsync(buffer).AsTask().WaitAsync(Hang.Limit);
                if (count == 0) break;
                text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }

            return text.ToString();
        }

        public void Dispose() => connection.Dispose();
    }
}
