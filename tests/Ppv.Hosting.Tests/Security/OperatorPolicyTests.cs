using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ppv.Hosting.Tests;

/// <summary>
/// Who is an operator: whoever reaches the server's Unix socket, or shows an operator's key; nobody for where he comes from.
/// </summary>
public sealed class OperatorPolicyTests : IAsyncLifetime
{
    private const string OperatorKey = "the-key-of-an-operator", IvrKey = "the-key-of-the-ivr";
    private readonly TemporaryFolder _folder = new();
    private readonly LogCollector _log = new();
    private readonly List<IAsyncDisposable> _apps = [];

    private string Socket => _folder.File("admin.sock");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps) await app.DisposeAsync();
        _folder.Dispose();
        _log.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Over_the_unix_socket_it_is_an_operator_with_or_without_keys(bool withKeys)
    {
        await StartAsync(withKeys);
        (await OverSocketAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("Forwarded")]
    [InlineData("Via")]
    [InlineData("x-real-ip")]
    public async Task What_a_proxy_passes_on_over_the_socket_is_no_operators(string header)
    {
        await StartAsync(withKeys: true);
        (await OverSocketAsync((header, "10.0.0.1"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await OverSocketAsync((header, "10.0.0.1"), ("X-Api-Key", OperatorKey))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task From_loopback_alone_it_is_not()
    {
        using var http = await StartAsync(withKeys: false);
        using var answer = await http.GetAsync("/control");
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("This is for operators, on the server's Unix socket.\n");
        _log.OfOurs.ShouldContain(entry => entry.Level == LogLevel.Warning && entry.Message.Contains("from 127.0.0.1 was refused"));
    }

    [Fact]
    public async Task With_an_operators_key_it_is_and_with_one_for_orders_it_is_not()
    {
        using var http = await StartAsync(withKeys: true);
        (await AskAsync(http, ("X-Api-Key", OperatorKey))).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(http, ("X-Api-Key", IvrKey))).ShouldBe(HttpStatusCode.Forbidden);
        (await AskAsync(http)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_worker_has_the_policy_too()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.UseInMemoryBroker();
        builder.AddPpvServer(options => options.Server.Journal.Path = null);
        using var http = await StartAsync(builder);
        (await AskAsync(http)).ShouldBe(HttpStatusCode.Forbidden);
        (await OverSocketAsync()).ShouldBe(HttpStatusCode.OK);
    }

    private Task<HttpClient> StartAsync(bool withKeys)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.UseInMemoryBroker();
        builder.AddPpvGateway();
        if (withKeys)
            builder.Services.Configure<PpvAccessOptions>(access =>
            {
                access.Clients.Add("ivr", new PpvAccessClient { Key = IvrKey });
                access.Clients.Add("operator", new PpvAccessClient { Key = OperatorKey, Role = PpvAccessRole.Operator });
            });
        return StartAsync(builder);
    }

    /// <returns>A client that comes over TCP, from loopback.</returns>
    private async Task<HttpClient> StartAsync(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders().AddProvider(_log);
        builder.WebHost.UseUrls("http://127.0.0.1:0", $"http://unix:{Socket}");
        var app = builder.Build();
        app.MapGet("/control", () => "done").RequireAuthorization(PpvPolicies.Operator);
        await app.StartAsync();
        _apps.Add(app);
        return new HttpClient { BaseAddress = new Uri(app.Urls.First(url => url.Contains("127.0.0.1"))), Timeout = Limit };
    }

    private static TimeSpan Limit => Hang.Limit;

    private async Task<HttpStatusCode> OverSocketAsync(params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        }) { BaseAddress = new Uri("http://localhost"), Timeout = Limit };
        return await AskAsync(http, headers);
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient http, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/control");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
