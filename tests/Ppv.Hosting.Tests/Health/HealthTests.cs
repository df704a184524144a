using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>Live is: the process answers. Ready is: orders can pass. What is missing is said in words.</summary>
public class HealthTests
{
    [Fact]
    public async Task A_gateway_is_ready_when_the_broker_is_and_says_why_when_not()
    {
        var broker = new InMemoryBroker();
        await using var gateway = await GatewayApp.StartAsync(services: services => services.UseInMemoryBroker(broker), ownClient: true);
        await ShouldBecomeAsync(gateway.Http, HttpStatusCode.OK, "gateway: Connected to");

        broker.IsRunning = false;
        await ShouldBecomeAsync(gateway.Http, HttpStatusCode.ServiceUnavailable, "gateway: ");
        using var live = await gateway.Http.GetAsync("/health/live");
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await live.Content.ReadAsStringAsync()).ShouldBe("Healthy\n");
    }

    [Fact]
    public async Task Gateway_and_worker_in_one_program_share_their_health()
    {
        await using var both = await GatewayApp.StartAsync(
            services: services =>
            {
                services.AddPpvServer(options => options.Server.Journal.Path = null);
                services.AddSingleton<IWizardClient>(new FakeWizard());
            },
            map: app =>
            {
                app.MapPpvGateway();
                app.MapPpvServer();
            },
            ownClient: true);
        var report = await ShouldBecomeAsync(both.Http, HttpStatusCode.OK, "Connected to");
        report.ShouldStartWith("Healthy\n");
        report.ShouldContain("gateway: Connected to");
        report.ShouldContain("worker: Connected to");
        using var live = await both.Http.GetAsync("/health/live");
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_program_that_stops_is_alive_and_not_ready()
    {
        await using var app = await StartWorkerAsync(new InMemoryBroker(), options => options.Server.Journal.Path = null);
        using var http = ClientOf(app);
        await ShouldBecomeAsync(http, HttpStatusCode.OK, "worker: Connected to");

        // StopApplication only says so; the HTTP server is there until the host is stopped.
        app.Lifetime.StopApplication();
        await ShouldBecomeAsync(http, HttpStatusCode.ServiceUnavailable, "ppv: It is stopping");
        using var live = await http.GetAsync("/health/live");
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(HealthStatus.Unhealthy, HttpStatusCode.ServiceUnavailable)]
    [InlineData(HealthStatus.Degraded, HttpStatusCode.OK)]
    public async Task A_worker_that_can_take_no_confirm_says_so_and_why_as_soon_as_that_changes(HealthStatus status, HttpStatusCode code)
    {
        await using var journal = new FullDiskJournal(new InMemoryOrderJournal());
        await using var app = await StartWorkerAsync(
            new InMemoryBroker(), options => options.Server.Journal.FailureStatus = status, journal);
        using var http = ClientOf(app);
        (await ShouldBecomeAsync(http, HttpStatusCode.OK, "worker: Connected to")).ShouldContain(
            "\nppv-journal: Confirms can be recorded.\n");

        journal.CannotWrite = true;
        var report = await ShouldBecomeAsync(http, code, "ppv-journal: The disk is full.\n");
        report.ShouldStartWith($"{status}\n");
        report.ShouldContain("worker: Connected to", customMessage: "the other check is as it was");
        using var live = await http.GetAsync("/health/live");
        live.StatusCode.ShouldBe(HttpStatusCode.OK, "to start it again helps nobody");

        journal.CannotWrite = false;
        (await ShouldBecomeAsync(http, HttpStatusCode.OK, "ppv-journal: Confirms")).ShouldStartWith("Healthy\n");
    }

    [Fact]
    public async Task A_worker_that_stands_by_with_a_damaged_journal_says_so_before_it_is_needed()
    {
        var folder = Directory.CreateTempSubdirectory("ppv-health-");
        try
        {
            var damaged = Path.Combine(folder.FullName, "standby.db");
            await File.WriteAllTextAsync(damaged, new string('z', 20_000));
            var broker = new InMemoryBroker();
            await using var active = await StartWorkerAsync(
                broker, options => options.Server.Journal.Path = Path.Combine(folder.FullName, "active.db"));
            using var ofActive = ClientOf(active);
            await ShouldBecomeAsync(ofActive, HttpStatusCode.OK, "worker: Connected to");

            await using var standby = await StartWorkerAsync(broker, options => options.Server.Journal.Path = damaged);
            using var ofStandby = ClientOf(standby);
            await ShouldBecomeAsync(ofStandby, HttpStatusCode.ServiceUnavailable, "standing by: another server leads queue");
            var report = await ShouldBecomeAsync(
                ofStandby, HttpStatusCode.ServiceUnavailable, $"\nppv-journal: The order journal {damaged} can't be used: ");
            report.ShouldContain("Stop the worker, then restore a backup");
            await ShouldBecomeAsync(ofActive, HttpStatusCode.OK, "ppv-journal: Confirms can be recorded.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Authorization_on_the_order_endpoint_leaves_health_open()
    {
        await using var gateway = await GatewayApp.StartAsync(
            services: services =>
            {
                services.AddAuthentication("none").AddScheme<AuthenticationSchemeOptions, NobodyHandler>("none", null);
                services.AddAuthorization();
            },
            map: app => app.MapPpvGateway().RequireAuthorization());
        using var order = await gateway.PostAsync("{}");
        order.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var live = await gateway.Http.GetAsync("/health/live");
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(30, 25, 35)]
    [InlineData(5, 60, 65)]
    [InlineData(90, 25, 95)]
    public void Stopping_may_take_as_long_as_the_callers_and_the_drain_need(int replySeconds, int drainSeconds, int expected)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.AddPpvGateway(options => options.Rpc.ReplyTimeout = TimeSpan.FromSeconds(replySeconds));
        builder.AddPpvServer(options => options.Rpc.DrainTimeout = TimeSpan.FromSeconds(drainSeconds));
        using var host = builder.Build();
        host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<HostOptions>>().Value.ShutdownTimeout.ShouldBe(
            TimeSpan.FromSeconds(expected));
    }

    private static async Task<WebApplication> StartWorkerAsync(
        InMemoryBroker broker, Action<PpvServerOptions> configure, IOrderJournalStore? journal = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.UseInMemoryBroker(broker);
        if (journal is not null) builder.Services.AddSingleton(journal);
        builder.AddPpvServer(configure);
        var app = builder.Build();
        app.MapPpvServer();
        await app.StartAsync();
        return app;
    }

    private static HttpClient ClientOf(WebApplication app) => new() { BaseAddress = new Uri(app.Urls.Single()) };

    /// <summary>The state changes in the background; asked again until it did, ten seconds at most.</summary>
    private static async Task<string> ShouldBecomeAsync(HttpClient http, HttpStatusCode status, string text)
    {
        using var limit = new CancellationTokenSource(Hang.Limit);
        while (true)
        {
            using var response = await http.GetAsync("/health/ready", limit.Token);
            var body = await response.Content.ReadAsStringAsync(limit.Token);
            if (response.StatusCode == status && body.Contains(text, StringComparison.Ordinal)) return body;
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    private sealed class NobodyHandler(
        Microsoft.Extensions.Options.IOptionsMonitor<AuthenticationSchemeOptions> options,
        Microsoft.Extensions.Logging.ILoggerFactory logger,
        System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }
}
