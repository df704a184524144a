using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>An operator closes a program's intake, sees it become empty, and takes it back in; the program runs on meanwhile.</summary>
public sealed class IntakeTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = Hang.Limit;
    private static readonly ConnectionId Call = ConnectionId.Parse("012703395c597610");
    private readonly TemporaryFolder _folder = new();
    private readonly InMemoryBroker _broker = new();
    private readonly TestClock _wizardsClock = new();
    private readonly WizardSimulator _wizard;
    private readonly LogCollector _log = new();
    private readonly List<WebApplication> _apps = [];

    public IntakeTests() => _wizard = new WizardSimulator(new WizardSimulatorOptions(), _wizardsClock);

    public async ValueTask InitializeAsync() => await _wizard.StartAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps) await app.DisposeAsync();
        await _wizard.DisposeAsync();
        _folder.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task A_closed_gateway_answers_what_it_has_and_sends_others_elsewhere_until_it_is_opened()
    {
        await StartAsync("worker");
        using var gateway = await StartAsync("gateway");
        using var control = OverSocket("gateway");
        _wizard.Script = _ => WizardBehavior.Normal with { Delay = TimeSpan.FromSeconds(1) };
        var underWay = PlaceAsync(gateway, PpvCommand.Event("262193"));
        await RequestsAtWizardAsync(1);

        (await AskAsync(control, HttpMethod.Post, "/close")).ShouldBe([("gateway", false, 1)]);
        using (var refused = await PlaceAsync(gateway, PpvCommand.Event("1")))
        {
            await refused.ShouldSayAsync("ER996", "NotExecuted", HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
            refused.Header("X-Ppv-Reason").ShouldBe("An operator has closed the gateway's intake.");
        }

        (await HealthAsync(gateway)).ShouldStartWith("503 Unhealthy\nppv: gateway: An operator has closed its intake, and ");
        using (var answered = await WhenWizardAnswersAsync(underWay)) await answered.ShouldSayAsync("OK", "Completed");
        await UntilAsync(control, ("gateway", false, 0));
        (await HealthAsync(gateway)).ShouldBe("503 Unhealthy\nppv: gateway: An operator has closed its intake, and it is empty.\n");
        using (var status = await gateway.GetAsync($"{GatewayApp.Path}/orders/nobodys")) // Questions are no orders.
            status.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        _wizard.Script = null;
        (await AskAsync(control, HttpMethod.Post, "/open")).ShouldBe([("gateway", true, 0)]);
        using (var again = await PlaceAsync(gateway, PpvCommand.Event("262193"))) await again.ShouldSayAsync("OK", "Completed");
        _wizard.Requests.Count.ShouldBe(2);
        _log.OfOurs.Select(entry => entry.Message).ShouldContain(
            "An operator has closed the intake of the gateway: it takes no orders, and 1 are under way.");
        _log.OfOurs.Select(entry => entry.Message).ShouldContain("The gateway is empty: nothing is under way.");
        _log.OfOurs.Select(entry => entry.Message).ShouldContain("An operator has opened the intake of the gateway again.");
    }

    [Fact]
    public async Task A_closed_worker_finishes_what_it_has_and_orders_wait_for_it_in_the_queue()
    {
        using var worker = await StartAsync("worker");
        using var gateway = await StartAsync("gateway");
        using var control = OverSocket("worker");
        _wizard.Script = _ => WizardBehavior.Normal with { Delay = TimeSpan.FromSeconds(1) };
        var underWay = PlaceAsync(gateway, PpvCommand.Event("262193"));
        await RequestsAtWizardAsync(1);

        (await AskAsync(control, HttpMethod.Post, "/close")).ShouldBe([("worker", false, 1)]);
        using (var answered = await WhenWizardAnswersAsync(underWay)) await answered.ShouldSayAsync("OK", "Completed");
        await UntilAsync(control, ("worker", false, 0));
        (await HealthAsync(worker)).ShouldStartWith("503 Unhealthy\nppv: worker: An operator has closed its intake, and it is empty.\n");

        _wizard.Script = null;
        var waiting = PlaceAsync(gateway, PpvCommand.Subscriber("85165320"));
        await UntilAsync(() => _broker.MessagesReady("prod.ppv.kfs") == 1);
        _wizard.Requests.Count.ShouldBe(1);

        (await AskAsync(control, HttpMethod.Post, "/open")).ShouldHaveSingleItem().IsOpen.ShouldBeTrue();
        using (var answered = await waiting) await answered.ShouldSayAsync("OK", "Completed");
        using (var confirmed = await PlaceAsync(gateway, PpvCommand.Confirm)) await confirmed.ShouldSayAsync("OK", "Completed");
        var purchase = _wizard.Purchases.ShouldHaveSingleItem();
        (purchase.Event, purchase.Subscriber).ShouldBe(("262193", "85165320"), "the call goes on on its line");
        await UntilAsync(async () => (await HealthAsync(worker)).StartsWith("200 Healthy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_closed_workers_calls_go_on_at_the_one_that_stood_by()
    {
        await StartAsync("worker");
        using var gateway = await StartAsync("gateway");
        foreach (var command in (PpvCommand[])[PpvCommand.Event("262193"), PpvCommand.Subscriber("85165320")])
            using (var answer = await PlaceAsync(gateway, command)) await answer.ShouldSayAsync("OK", "Completed");
        using var standby = await StartAsync("standby");
        await UntilAsync(async () => (await HealthAsync(standby)).Contains("standing by", StringComparison.Ordinal));

        using var control = OverSocket("worker");
        await AskAsync(control, HttpMethod.Post, "/close");
        using (var confirmed = await PlaceAsync(gateway, PpvCommand.Confirm)) await confirmed.ShouldSayAsync("OK", "Completed");

        _wizard.Purchases.ShouldHaveSingleItem();
        await AskAsync(control, HttpMethod.Post, "/open");
        using (var next = await PlaceAsync(gateway, PpvCommand.Event("1"))) await next.ShouldSayAsync("OK", "Completed");
    }

    [Fact]
    public async Task A_closed_worker_stays_closed_over_a_new_connection_and_serves_after_it_when_opened()
    {
        using var worker = await StartAsync("worker");
        using var gateway = await StartAsync("gateway");
        using var control = OverSocket("worker");
        await AskAsync(control, HttpMethod.Post, "/close");
        await UntilAsync(control, ("worker", false, 0));

        _broker.IsRunning = false;
        await UntilAsync(async () => !(await HealthAsync(gateway)).StartsWith("200", StringComparison.Ordinal));
        _broker.IsRunning = true;
        await UntilAsync(async () => (await HealthAsync(gateway)).StartsWith("200", StringComparison.Ordinal));
        var waiting = PlaceAsync(gateway, PpvCommand.Event("262193"));
        await UntilAsync(() => _broker.MessagesReady("prod.ppv.kfs") == 1);
        _wizard.Requests.ShouldBeEmpty();

        await AskAsync(control, HttpMethod.Post, "/open");
        using var answer = await waiting;
        await answer.ShouldSayAsync("OK", "Completed");
    }

    [Fact]
    public async Task A_closed_worker_can_be_stopped()
    {
        await StartAsync("worker");
        using var control = OverSocket("worker");
        await AskAsync(control, HttpMethod.Post, "/close");

        await _apps[0].StopAsync().WaitAsync(Limit);
    }

    [Fact]
    public async Task Nobody_else_may_close_it()
    {
        using var gateway = await StartAsync("gateway");
        foreach (var (method, path) in ((HttpMethod, string)[])
            [(HttpMethod.Get, ""), (HttpMethod.Post, "/close"), (HttpMethod.Post, "/open")])
        {
            using var request = new HttpRequestMessage(method, $"/control/intake{path}");
            using var answer = await gateway.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    /// <summary>A program that is only checked is built and mapped too, beside the one that runs and has the journal.</summary>
    [Fact]
    public async Task Mapping_it_opens_no_journal()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.UseInMemoryBroker(_broker);
        builder.AddPpvServer(options => options.Server.Journal.Path = _folder.File("untouched.db"));
        await using var app = builder.Build();
        app.MapPpvServer();

        File.Exists(_folder.File("untouched.db")).ShouldBeFalse();
    }

    /// <returns>A client over TCP.</returns>
    private async Task<HttpClient> StartAsync(string name)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders().AddProvider(_log);
        builder.WebHost.UseUrls("http://127.0.0.1:0", $"http://unix:{Socket(name)}");
        builder.Services.UseInMemoryBroker(_broker);
        if (name == "gateway") builder.AddPpvGateway(options => Quick(options.Broker));
        else
            builder.AddPpvServer(options =>
            {
                Quick(options.Broker);
                (options.Wizard.Host, options.Wizard.Port) = ("127.0.0.1", _wizard.Port);
                options.Server.Journal.Path = _folder.File($"{name}.db");
            });
        var app = builder.Build();
        _apps.Add(app);
        if (name == "gateway") app.MapPpvGateway();
        else app.MapPpvServer();
        await app.StartAsync();
        var http = new HttpClient { BaseAddress = new Uri(app.Urls.First(url => url.Contains("127.0.0.1"))), Timeout = Limit };
        await UntilAsync(async () => (await HealthAsync(http)).StartsWith("200", StringComparison.Ordinal));
        return http;

        static void Quick(BrokerOptions broker) => broker.ReconnectDelay = TimeSpan.FromMilliseconds(10);
    }

    private string Socket(string name) => _folder.File($"{name}.sock");

    private HttpClient OverSocket(string name) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket(name)), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    }) { BaseAddress = new Uri("http://localhost"), Timeout = Limit };

    private static Task<HttpResponseMessage> PlaceAsync(HttpClient http, PpvCommand command) =>
        http.PostAsync(GatewayApp.Path, new ByteArrayContent(OrderJson.ToRequestBytes(new PpvOrder(Call, command))));

    private static async Task<string> HealthAsync(HttpClient http)
    {
        using var answer = await http.GetAsync("/health/ready");
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
    }

    private static async Task<(string? Name, bool IsOpen, int UnderWay)[]> AskAsync(HttpClient control, HttpMethod method, string path = "")
    {
        using var request = new HttpRequestMessage(method, $"/control/intake{path}");
        using var answer = await control.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return
        [
            .. json.RootElement.EnumerateArray().Select(intake => (intake.GetProperty("name").GetString(),
                intake.GetProperty("isOpen").GetBoolean(), intake.GetProperty("underWay").GetInt32())),
        ];
    }

    private static Task UntilAsync(HttpClient control, (string Name, bool IsOpen, int UnderWay) state) =>
        UntilAsync(async () => (await AskAsync(control, HttpMethod.Get)).SequenceEqual([state]));

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
    }

    /// <summary>By its own clock Wizard takes a second, which begins at some moment after it has the request.</summary>
    private async Task<HttpResponseMessage> WhenWizardAnswersAsync(Task<HttpResponseMessage> underWay)
    {
        await UntilAsync(() =>
        {
            _wizardsClock.Advance(TimeSpan.FromSeconds(1));
            return underWay.IsCompleted;
        });
        return await underWay;
    }

    private async Task RequestsAtWizardAsync(int count)
    {
        using var limit = new CancellationTokenSource(Limit);
        await _wizard.WaitForRequestsAsync(count, limit.Token);
    }
}
