using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Fuzz.Engine;
using Ppv.Fuzz.Support;
using Ppv.Hosting;
using Ppv.Hosting.Gateway;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Fuzz.Targets;

/// <summary>The gateway: raw bytes at its socket, and what it makes of a worker's words.</summary>
internal static class GatewayTargets
{
    private const string Key = "a-key-of-the-voice-platform";

    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    /// <summary>Raw bytes at the socket of a gateway whose client says OK to everything, and keeps count.</summary>
    public static Task<FuzzTarget> HttpAsync(Watch watch) => HttpAsync("http", key: null, watch);

    /// <summary>The same, where orders need a key.</summary>
    public static Task<FuzzTarget> HttpWithKeysAsync(Watch watch) => HttpAsync("http-keys", Key, watch);

    private static async Task<FuzzTarget> HttpAsync(string name, string? key, Watch watch)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddProvider(watch); // As in samples/Gateway.
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var client = new CountingClient();
        builder.Services.AddSingleton<IPpvClient>(client);
        builder.Services.AddSingleton<IHostLifetime, Process>(); // A signal ends the process, not the gateway in it.
        builder.AddPpvGateway(options => options.Broker.Hosts = ["kfs-gax"]);
        if (key is not null)
            builder.Services.Configure<PpvAccessOptions>(access => access.Clients["ivr"] = new PpvAccessClient { Key = key });
        var app = builder.Build();
        app.MapPpvGateway();
        await app.StartAsync();
        var port = new Uri(app.Urls.Single()).Port;
        return new FuzzTarget(
            name,
            [
                .. Orders.Dictionary, "GET /api/v1/ppv HTTP/1.1\r\n", "POST /api/v1/ppv HTTP/1.1\r\n", "Host: x\r\n", "Content-Length: ",
                "Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "Expect: 100-continue\r\n", "X-Ppv-Order-Id: ",
                "Idempotency-Key: ", "Content-Type: application/json\r\n", "Content-Encoding: gzip\r\n", "\r\n\r\n", "0\r\n\r\n",
                "5\r\n", "HTTP/1.0", "HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "/health/ready", "/health/live",
                "/api/v1/ppv/order-1", "%2e%2e", "%0d%0a", "?a=b",
                "Upgrade: websocket\r\n", "X-Forwarded-For: 1.2.3.4\r\n", "Authorization: Basic eDp5\r\n", "Cookie: a=b\r\n",
                $"X-Api-Key: {Key}\r\n", $"Authorization: Basic {BasicKey}\r\n",
                "Origin: http://evil.example\r\n", "Sec-Fetch-Site: cross-site\r\n", "traceparent: ",
            ],
            (input, watch) => RequestAsync(port, client, key, input, watch))
        {
            FreeBytes = 4 * 1024 * 1024,
            MaxLength = 24 * 1024,
            // The order of a connection that was cut may come later; and to the server who says no more has left, if he is a moment too
            // quick, and gets no answer.
            MustRepeat = true,
            Owned = app,
        };
    }

    /// <summary>A worker's code and reason, whatever they are, become JSON and a header of one line.</summary>
    public static FuzzTarget Answer(Watch watch) => new("gateway-answer", AmqpText.Dictionary, async (input, watch) =>
    {
        var parts = Encoding.UTF8.GetString(input).Split('\n', 2);
        var result = new PpvResult("order-1", (RpcOutcome)(input.Length % 3), parts[0], parts.ElementAtOrDefault(1));
        var (context, body) = (new DefaultHttpContext(), new MemoryStream());
        context.Response.Body = body;
        var answer = GatewayAnswer.Of(result, ResultCodes.NoAnswer);
        await answer.WriteToAsync(context.Response);
        using var json = JsonDocument.Parse(body.ToArray());
        Watch.Ensure(json.RootElement.GetProperty("callresult").GetString() == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(parts[0])),
            "A caller reads what the worker has said.");
        Watch.Ensure(!body.ToArray().AsSpan().ContainsAnyInRange((byte)0, (byte)31), "An answer has no control character.");
        Watch.Ensure(context.Response.ContentLength == body.Length, "An answer has its length.");
        foreach (var header in context.Response.Headers.SelectMany(header => header.Value))
            Watch.Ensure(header!.All(static c => c is >= ' ' and <= '~'), $"A header is printable: {Watch.Visible(header!)}");
        watch.Saw($"reason {answer.Reason is null}");
    });

    private static string BasicKey => Convert.ToBase64String(Encoding.UTF8.GetBytes($"ivr:{Key}"));

    private static async Task RequestAsync(int port, CountingClient client, string? key, byte[] input, Watch watch)
    {
        var before = client.Orders;
        var (answer, wasCut) = (new MemoryStream(), false);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port);
        try
        {
            var cut = input.Length / 2;
            if (cut > 0) await socket.SendAsync(input.AsMemory(0, cut));
            await socket.SendAsync(input.AsMemory(cut));
            socket.Shutdown(SocketShutdown.Send);
            var buffer = new byte[4096];
            using var limit = new CancellationTokenSource(CloseLimit, TimeProvider.System);
            while (await socket.ReceiveAsync(buffer, limit.Token) is > 0 and var read) answer.Write(buffer, 0, read);
        }
        catch (OperationCanceledException)
        {
            throw new BrokenPromiseException($"A connection whose client says no more is closed within {CloseLimit.TotalSeconds} s.");
        }
        catch (SocketException)
        {
            wasCut = true; // The server has closed it while something was still coming.
        }

        if (key is not null && client.Orders > before)
            Watch.Ensure(ShowsKey(Encoding.Latin1.GetString(input), key), "Nobody orders who does not show the key.");
        // To the beginning of HTTP/2 the server answers with a frame of it, and no more.
        var isHttp2 = input.AsSpan().StartsWith("PRI * HTTP/2"u8);
        Judge(isHttp2 ? "" : Encoding.Latin1.GetString(answer.ToArray()), client.Orders - before, wasCut, watch);
    }

    /// <summary>As it is, or in a text in base 64.</summary>
    private static bool ShowsKey(string input, string key) => input.Contains(key, StringComparison.Ordinal)
        || input.Split('\r', '\n').Any(line => Decoded(line).Contains(key, StringComparison.Ordinal));

    private static string Decoded(string line)
    {
        const string Scheme = "Basic ";
        if (line.IndexOf(Scheme, StringComparison.OrdinalIgnoreCase) is not (>= 0 and var at)) return "";
        var bytes = new byte[line.Length];
        return Convert.TryFromBase64String(line[(at + Scheme.Length)..].Trim(), bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : "";
    }

    private static void Judge(string answer, int orders, bool wasCut, Watch watch)
    {
        Watch.Ensure(answer.Length == 0 || answer.StartsWith("HTTP/1.", StringComparison.Ordinal), "An answer is HTTP.");
        var (told, completed) = (0, 0);
        foreach (var line in answer.Split("\r\n"))
        {
            if (line.StartsWith("HTTP/1.", StringComparison.Ordinal)) watch.Saw($"status {(char)(line[9] + 'A' - '0')} {line[^4..]}");
            if (line.StartsWith("HTTP/1.1 5", StringComparison.Ordinal))
                Watch.Ensure(line.Contains(" 503 ", StringComparison.Ordinal) || line.Contains(" 505 ", StringComparison.Ordinal),
                    $"No request makes the gateway fail: {line}");
            if (line.StartsWith("X-Ppv-Outcome: ", StringComparison.Ordinal)) told++;
            if (line == "X-Ppv-Outcome: Completed") completed++;
            if (line.StartsWith("X-Ppv-Reason: ", StringComparison.Ordinal)) watch.Saw(line);
        }

        Watch.Ensure(completed <= orders && (wasCut || answer.Length == 0 || completed == orders),
            $"{orders} orders were sent, and {completed} answered.");
        watch.Saw($"orders {Math.Min(orders, 3)} of {Math.Min(told, 4)}");
    }

    private sealed class Process : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class CountingClient : IPpvClient
    {
        private int _orders;

        public int Orders => Volatile.Read(ref _orders);

        public Task<PpvResult> SendAsync(PpvOrder order, CancellationToken cancellationToken = default)
        {
            Support.Orders.Framed(order.Command, new LineNumber(LineNumber.Max));
            Interlocked.Increment(ref _orders);
            return Task.FromResult(new PpvResult(order.Id, RpcOutcome.Completed, ResultCodes.Ok, null));
        }

        public Task<PpvResult> SendAsync(PpvOrder order, TimeSpan timeout, CancellationToken cancellationToken = default) =>
            SendAsync(order, cancellationToken);

        public Task<PpvResult> SendAsync(
            PpvOrder order, IdHistory history, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
            SendAsync(order, cancellationToken);

        public Task<PpvOrderStatus> GetStatusAsync(string orderId, CancellationToken cancellationToken = default) =>
            Task.FromResult(new PpvOrderStatus(orderId, PpvOrderState.NeverSeen, null, null));

        public Task<PpvPurchaseResult> PurchaseAsync(
            ConnectionId connectionId, string eventNumber, string subscriberNumber, string? key, bool isRepeat, TimeSpan? timeout,
            CancellationToken cancellationToken) => throw new NotSupportedException("The gateway places single orders.");

        public Task<PpvOrderStatus> GetPurchaseStatusAsync(string key, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("The gateway asks for single orders.");
    }
}
