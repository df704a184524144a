using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Hosting;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Broker.Tests.Support;

/// <summary>Our gateway, in this process, on HTTP at a free port.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;
    private int _sending, _arrived, _answered, _received;

    private GatewayHost(WebApplication app, CollectingLoggerProvider log) =>
        (_app, Log, _http) = (app, log, new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = 2 * Bounds.Limit });

    public CollectingLoggerProvider Log { get; }

    /// <summary>Which broker is in use, and the lever.</summary>
    public IBrokerSwitch Brokers => _app.Services.GetServices<IBrokerSwitch>().Single();

    /// <summary>How many of its calls wait for an answer from the queue.</summary>
    public int PendingRequests => _app.Services.GetRequiredService<PpvClient>().PendingRequests;

    /// <summary>How many orders it has taken and not answered yet.</summary>
    public int InFlight => Volatile.Read(ref _arrived) - Volatile.Read(ref _answered);

    /// <summary>
    /// Whether every order that was sent to it has arrived: a proxy keeps a connection open until then, and only then may it be stopped.
    /// </summary>
    public bool HasAllThatWasSent => Volatile.Read(ref _sending) == Volatile.Read(ref _arrived);

    public static async Task<GatewayHost> StartAsync(Action<PpvGatewayOptions> configure, Action<IServiceCollection>? services = null)
    {
        var log = new CollectingLoggerProvider();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log);
        builder.AddPpvGateway(configure);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        GatewayHost host = null!;
        app.Use((context, next) => host.CountAsync(context.Request.Path, next));
        app.MapPpvGateway();
        app.MapPpvDashboard();
        await app.StartAsync(Bounds.Token);
        return host = new GatewayHost(app, log);
    }

    public Task<GatewayReply> SendAsync(PpvOrder order, HttpMethod? method = null, OrderJsonStyle style = OrderJsonStyle.Python) =>
        SendAsync(Encoding.UTF8.GetString(OrderJson.ToRequestBytes(order, style)), method);

    public async Task<GatewayReply> SendAsync(string body, HttpMethod? method = null, string? orderId = null)
    {
        Interlocked.Increment(ref _sending);
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, "/api/v1/ppv") { Content = new StringContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (orderId is not null) request.Headers.Add("X-Ppv-Order-Id", orderId);
        try
        {
            using var response = await _http.SendAsync(request);
            return await GatewayReply.ReadAsync(response);
        }
        finally
        {
            Interlocked.Increment(ref _received);
        }
    }

    public async Task<PpvOrderState> StatusAsync(string orderId)
    {
        using var response = await _http.GetAsync(new Uri($"/api/v1/ppv/orders/{orderId}", UriKind.Relative));
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return Enum.Parse<PpvOrderState>(json.RootElement.GetProperty("state").GetString()!);
    }

    /// <summary>What is known of an order when it is asked for until the worker can say, a few times.</summary>
    public async Task<PpvOrderState> SettledStatusAsync(string orderId)
    {
        for (var attempt = 0; ; attempt++)
        {
            var status = await StatusAsync(orderId);
            if (status is not (PpvOrderState.Unavailable or PpvOrderState.NeverSeen) || attempt == 5) return status;
        }
    }

    /// <summary>The line board's state, as soon as it is as it is to be.</summary>
    public async Task<JsonElement> BoardAsync(Func<JsonElement, bool> condition)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var json = JsonDocument.Parse(await _http.GetStringAsync(new Uri("/board/state", UriKind.Relative)));
            if (condition(json.RootElement)) return json.RootElement.Clone();
            if (TimeProvider.System.GetElapsedTime(since) > Bounds.Limit)
                throw new TimeoutException($"The board did not become as it was to be: {json.RootElement}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Waits until orders can pass.</summary>
    public Task ReadyAsync() => Log.WaitForAsync(entry => entry.EventId.Id == 1000, Bounds.Limit);

    public async Task<int> ReadinessAsync()
    {
        using var response = await _http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return (int)response.StatusCode;
    }

    /// <summary>Ends it as SIGTERM does, while its callers wait for their answers.</summary>
    public Task StopAsync() => _app.StopAsync(Bounds.Token);

    public async ValueTask DisposeAsync()
    {
        // What it has answered is to be read by who asked, before the client's end cuts that off.
        var since = TimeProvider.System.GetTimestamp();
        while (InFlight == 0 && _received < _answered && TimeProvider.System.GetElapsedTime(since) < Bounds.Limit)
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        _http.Dispose();
        await StopAsync();
        await _app.DisposeAsync();
    }

    private async Task CountAsync(PathString path, Func<Task> next)
    {
        if (path != "/api/v1/ppv")
        {
            await next();
            return;
        }

        Interlocked.Increment(ref _arrived);
        await next();
        Interlocked.Increment(ref _answered);
    }
}
