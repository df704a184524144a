using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>
/// A gateway on a real HTTP server, loopback, any port, with a client that tests script, or its own over a broker in memory.
/// </summary>
internal sealed class GatewayApp : IAsyncDisposable
{
    public const string Path = "/api/v1/ppv";
    private readonly WebApplication _app;

    private GatewayApp(WebApplication app, LogCollector log, FakePpvClient client, SignallingClock? clock) =>
        (_app, Log, Client, Clock, Http) =
            (app, log, client, clock, new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = Hang.Limit });

    public LogCollector Log { get; }

    public FakePpvClient Client { get; }

    public SignallingClock? Clock { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address => Http.BaseAddress!;

    public static async Task<GatewayApp> StartAsync(
        Action<PpvGatewayOptions>? configure = null,
        bool ownClock = false,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null,
        bool ownClient = false,
        Action<WebApplicationBuilder>? build = null)
    {
        var builder = WebApplication.CreateBuilder();
        var log = new LogCollector();
        var client = new FakePpvClient();
        var clock = ownClock ? new SignallingClock() : null;
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(log);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (!ownClient) builder.Services.AddSingleton<IPpvClient>(client);
        builder.Services.UseInMemoryBroker();
        if (clock is not null) builder.Services.AddSingleton<TimeProvider>(clock);
        services?.Invoke(builder.Services);
        builder.AddPpvGateway(configure);
        build?.Invoke(builder);
        var app = builder.Build();
        if (map is null) app.MapPpvGateway();
        else map(app);
        await app.StartAsync();
        return new GatewayApp(app, log, client, clock);
    }

    public Task<HttpResponseMessage> PostAsync(string body) => SendAsync(HttpMethod.Post, Encoding.UTF8.GetBytes(body));

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, byte[] body, string? contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, Path) { Content = new ByteArrayContent(body) };
        if (contentType is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        var ending = _app.DisposeAsync().AsTask();
        while (Clock is { } clock && !ending.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1)); // What waits for a clock that a test holds would keep the test from failing.
            await Task.WhenAny(ending, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System));
        }

        await ending;
    }
}
