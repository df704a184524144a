using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>What <c>--health</c> finds out from the program that runs.</summary>
public sealed class HealthProbeTests : IDisposable
{
    private static readonly TimeSpan Limit = Hang.Limit;

    private readonly TemporaryFolder _folder = new();
    private readonly InMemoryBroker _broker = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_ready_program_is_0_with_its_own_words_at_any_address()
    {
        await using var app = await StartAsync("http://0.0.0.0:0");
        var port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        foreach (var host in (string[])["0.0.0.0", "*", "+", "127.0.0.1"])
        {
            var (code, text) = await AskAsync($"http://{host}:{port}", "ready");
            for (var since = Stopwatch.StartNew(); code != 0 && since.Elapsed < Limit;) // It connects in the background.
                (code, text) = await AskAsync($"http://{host}:{port}", "ready");
            code.ShouldBe(0, text);
            text.ShouldStartWith("Healthy\nppv: gateway: Connected to ");
        }
    }

    [Fact]
    public async Task One_without_a_broker_is_live_and_not_ready_and_a_unix_socket_will_do()
    {
        _broker.IsRunning = false;
        var url = $"http://unix:{_folder.File("http.sock")}";
        await using var app = await StartAsync(url);
        (await AskAsync(url, "live")).Code.ShouldBe(0);
        var (code, text) = await AskAsync(url, "ready");
        code.ShouldBe(1);
        text.ShouldStartWith("Unhealthy\n");
    }

    [Fact]
    public async Task Where_nothing_answers_it_is_1_and_says_so()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var (code, text) = await AskAsync($"http://{closed.LocalEndPoint}", "live");
        code.ShouldBe(1);
        text.ShouldContain("Is the program running");
    }

    [Fact]
    public async Task A_program_that_accepts_and_says_nothing_is_1_after_its_time()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        using var output = new StringWriter();
        var url = Configuration("urls", $"http://{mute.LocalEndpoint}");
        (await HealthProbe.RunAsync(url, "live", output, TimeSpan.FromMilliseconds(200)).WaitAsync(Limit)).ShouldBe(1);
        output.ToString().ShouldContain("did not answer within 0.2 s");
        HealthProbe.DefaultLimit.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("urls", "http://127.0.0.1:8070;http://[::1]:8070", "http://127.0.0.1:8070 http://[::1]:8070")]
    [InlineData("http_ports", "8080;8081", "http://*:8080 http://*:8081")]
    [InlineData("Kestrel:Endpoints:Orders:Url", "http://localhost:9", "http://localhost:9")]
    [InlineData("other", "", "http://localhost:5000")]
    public void The_addresses_are_those_that_Kestrel_takes(string key, string value, string expected) =>
        string.Join(' ', HttpAddresses.Of(Configuration(key, value))).ShouldBe(expected);

    [Theory]
    [InlineData("http://localhost:1", "127.0.0.1")]
    [InlineData("http://[::]:1", "[::1]")]
    [InlineData("http://[::1]:1", "[::1]")]
    [InlineData("http://kfs-gax:1", "127.0.0.1")]
    [InlineData("http://10.1.2.3:1", "10.1.2.3")]
    public void It_is_asked_where_this_machine_reaches_it(string url, string host) =>
        HttpAddresses.Reachable(Microsoft.AspNetCore.Http.BindingAddress.Parse(url)).ShouldBe(host);

    private async Task<WebApplication> StartAsync(string url)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.Services.UseInMemoryBroker(_broker);
        builder.AddPpvGateway();
        var app = builder.Build();
        app.MapPpvGateway();
        await app.StartAsync();
        return app;
    }

    private static async Task<(int Code, string Text)> AskAsync(string url, string what)
    {
        using var output = new StringWriter();
        var code = await HealthProbe.RunAsync(Configuration("urls", url), what, output, Limit).WaitAsync(2 * Limit);
        return (code, output.ToString());
    }

    private static IConfiguration Configuration(string key, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]).Build();
}
