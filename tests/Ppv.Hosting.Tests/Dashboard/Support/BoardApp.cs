using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>
/// Gateway, worker and line board in one program on a real HTTP server, loopback, any port; the broker is in memory, or RabbitMQ where a
/// test says so, and Wizard is simulated.
/// </summary>
internal sealed class BoardApp : IAsyncDisposable
{
    private static readonly TimeSpan Bound = Hang.Limit;
    private readonly WebApplication _app;

    private BoardApp(WebApplication app, WizardSimulator wizard, InMemoryBroker broker)
    {
        (_app, Wizard, Broker) = (app, wizard, broker);
        Address = new Uri(app.Urls.First(url => url.StartsWith("http://127.0.0.1", StringComparison.Ordinal)));
        // Redirects are looked at, not followed.
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address, Timeout = Bound };
    }

    public WizardSimulator Wizard { get; }

    public InMemoryBroker Broker { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public IPpvClient Client => Services.GetRequiredService<IPpvClient>();

    public static async Task<BoardApp> StartAsync(
        Action<WebApplication>? map = null,
        Action<WebApplicationBuilder>? build = null,
        Action<PpvServerOptions>? worker = null,
        bool withGateway = true,
        bool withWorker = true,
        InMemoryBroker? sharedBroker = null,
        Action<BrokerOptions, RpcOptions>? rabbit = null)
    {
        var (wizard, broker) = (new WizardSimulator(), sharedBroker ?? new InMemoryBroker());
        await wizard.StartAsync();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (rabbit is null) builder.Services.UseInMemoryBroker(broker);
        if (withGateway) builder.AddPpvGateway(options => rabbit?.Invoke(options.Broker, options.Rpc));
        if (withWorker)
            builder.AddPpvServer(options =>
            {
                (options.Wizard.Host, options.Wizard.Port) = ("127.0.0.1", wizard.Port);
                (options.Wizard.MaxConnectRetries, options.Wizard.ResponseTimeout) = (0, TimeSpan.FromSeconds(1));
                options.Rpc.TakeoverGrace = TimeSpan.Zero;
                options.Server.Journal.Path = null; // In memory: what one test leaves unknown degrades no other one's board.
                rabbit?.Invoke(options.Broker, options.Rpc);
                worker?.Invoke(options);
            });
        builder.Services.PostConfigure<HostOptions>(options => options.ShutdownTimeout = 5 * Bound); // A stop that waits for it is seen.
        build?.Invoke(builder);
        var app = builder.Build();
        if (withGateway) app.MapPpvGateway();
        if (withWorker) app.MapPpvServer();
        if (map is null) app.MapPpvDashboard();
        else map(app);
        await app.StartAsync();
        return new BoardApp(app, wizard, broker);
    }

    /// <summary>The state at this moment, as a page gets it.</summary>
    public async Task<JsonElement> StateAsync() => await GetAsync("/board/state");

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Http.GetAsync(path);
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.Clone();
    }

    /// <summary>Waits until the state is as it is to be.</summary>
    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> condition)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (true)
        {
            var state = await StateAsync();
            if (condition(state)) return state;
            if (bound.IsCancellationRequested) throw new TimeoutException($"The board did not become as it was to be: {state}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        await Wizard.DisposeAsync();
    }
}
