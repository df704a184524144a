using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Tests.Support;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Embedding.Tests.Support;

/// <summary>
/// The shop as its customers see it: over HTTP, on the broker of a test host. Several of them are as several processes of the shop. Its
/// customers are <c>kim</c> and <c>alex</c>, as the sample has them.
/// </summary>
internal sealed class Shop : IAsyncDisposable
{
    public const string Event = "262193";
    public const string Subscriber = "85165320";

    private readonly WebApplicationFactory<Program> _factory;
    private readonly HttpClient _http;

    /// <param name="host">Where its broker is.</param>
    /// <param name="database">What it remembers.</param>
    /// <param name="log">What it says.</param>
    /// <param name="isListening">Whether a browser can reach it, at <see cref="Address"/>.</param>
    public Shop(PpvTestHost host, string database, ILoggerProvider? log = null, bool isListening = false)
    {
        _factory = new WebApplicationFactory<Program>().WithWebHostBuilder(web => web
            .UseEnvironment("Production")
            .UseSetting("Shop:Database", database)
            .UseSetting("Logging:LogLevel:Default", log is null ? "None" : "Trace")
            .UseSetting("Logging:LogLevel:Microsoft.AspNetCore", log is null ? "None" : "Trace")
            .ConfigureTestServices(services =>
            {
                services.UseInMemoryBroker(host.Broker);
                services.Configure<PpvClientOptions>(WaitLess);
                if (log is not null) services.AddSingleton(log);
            }));
        if (isListening) _factory.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _http = _factory.CreateClient();
        _http.Timeout = Bounded.Limit;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => _http.BaseAddress!;

    public HttpClient Http => _http;

    /// <summary>Signs a customer in, in the place of whoever was.</summary>
    public async Task SignInAsync(string name = "kim")
    {
        using var response = await _http.PostAsJsonAsync("/sign-in", new { name, password = "film night" });
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    public async Task<ShopAnswer> BuyAsync(string cart = "cart-7", string number = Event, string customer = "kim", bool again = false)
    {
        await SignInAsync(customer);
        using var response = await _http.PostAsJsonAsync("/purchases", new { cart, @event = number, again });
        return await ReadAsync(response);
    }

    public async Task<ShopAnswer> FindAsync(string cart = "cart-7", string customer = "kim")
    {
        await SignInAsync(customer);
        using var response = await _http.GetAsync($"/purchases/{cart}");
        return await ReadAsync(response);
    }

    /// <summary>Waits until the shop says that it is healthy, or that it is not.</summary>
    public async Task WaitForHealthAsync(bool isHealthy)
    {
        var expected = isHealthy ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable;
        var limit = Bounded.Token();
        while (true)
        {
            using var response = await _http.GetAsync("/health", limit);
            if (response.StatusCode == expected) return;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _factory.DisposeAsync().AsTask().Within();
    }

    private static async Task<ShopAnswer> ReadAsync(HttpResponseMessage response) => new(
        response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(), response.Headers.Location?.ToString());

    private static void WaitLess(PpvClientOptions ppv)
    {
        ppv.Rpc.ConnectionWait = TimeSpan.FromMilliseconds(200);
        ppv.Broker.ReconnectDelay = TimeSpan.FromMilliseconds(10);
        ppv.Broker.MaxReconnectDelay = TimeSpan.FromMilliseconds(100);
    }
}
