using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Protocol.Text;
using Ppv.TestKit;

namespace Ppv.Hosting.Tests;

/// <summary>The programs listen on loopback unless told otherwise, and say so when anybody in the network may place orders.</summary>
public class ExposureTests
{
    [Theory]
    [InlineData("Gateway")]
    [InlineData("Worker")]
    public void The_samples_are_told_to_listen_on_loopback(string sample)
    {
        var text = File.ReadAllText(Path.Combine(RepositoryPaths.PathTo("samples"), sample, "appsettings.json"));
        using var settings = JsonDocument.Parse(
            text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        new Uri(settings.RootElement.GetProperty("Urls").GetString()!).IsLoopback.ShouldBeTrue();
    }

    [Fact]
    public async Task Urls_win_over_the_ports_that_an_image_sets()
    {
        // ASPNETCORE_HTTP_PORTS of Microsoft's images means any address.
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0", "--http_ports=0"]);
        builder.Logging.ClearProviders();
        builder.Services.UseInMemoryBroker();
        builder.AddPpvGateway();
        await using var app = builder.Build();
        await app.StartAsync();
        new Uri(app.Urls.ShouldHaveSingleItem()).Host.ShouldBe("127.0.0.1");
        await app.StopAsync();
    }

    [Theory]
    [InlineData("http://localhost:5000", false)]
    [InlineData("http://127.0.0.1:8070", false)]
    [InlineData("http://127.8.8.8:8070/", false)]
    [InlineData("https://[::1]:8070", false)]
    [InlineData("http://unix:/run/ppv/admin.sock", false)]
    [InlineData("http://[::]:8070", true)]
    [InlineData("http://0.0.0.0:8070", true)]
    [InlineData("http://*:8070", true)]
    [InlineData("http://10.0.0.7:8070", true)]
    [InlineData("http://gateway.example:8070", true)]
    public async Task What_others_reach_without_a_key_is_a_warning(string address, bool isOpen)
    {
        (await WarningsAsync(address, new PpvAccessOptions())).ShouldBe(isOpen
            ? [$"Orders are taken from everybody who reaches {address}, and that is not only this machine. Bind to loopback behind a proxy "
                + "(Urls), or let clients show a key (Ppv:Access:Clients)."]
            : []);
        var withKeys = new PpvAccessOptions();
        withKeys.Clients.Add("ivr", new PpvAccessClient { Key = "the-key-of-the-ivr" });
        (await WarningsAsync(address, withKeys)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_gateway_on_loopback_warns_of_nothing()
    {
        await using var gateway = await GatewayApp.StartAsync();
        gateway.Log.OfOurs.ShouldAllBe(entry => entry.Level < LogLevel.Warning);
        gateway.Services.GetServices<IHostedService>().OfType<ExposureReport>().ShouldHaveSingleItem();
    }

    private static async Task<List<string>> WarningsAsync(string address, PpvAccessOptions access)
    {
        using var log = new LogCollector();
        using var loggers = new LoggerFactory([log]);
        using var server = new ServerAt(address);
        await using var services = new ServiceCollection().AddSingleton<IServer>(server).BuildServiceProvider();
        await new ExposureReport(services, Options.Create(access), new PlainLogger<ExposureReport>(loggers))
            .StartedAsync(CancellationToken.None);
        return [.. log.Entries.Select(entry => entry.Message)];
    }

    private sealed class ServerAt : IServer
    {
        public ServerAt(string address)
        {
            var addresses = new ServerAddressesFeature();
            addresses.Addresses.Add(address);
            Features.Set<IServerAddressesFeature>(addresses);
        }

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
