using Microsoft.Extensions.DependencyInjection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>HTTP, gateway, broker, worker, TCP, Wizard and back, in one program.</summary>
public class OneProgramTests
{
    /// <summary>
    /// A program that was started just now has more to do for its first order than to answer it: the runtime compiles what it meets first.
    /// </summary>
    private const int Starts = 20;

    private static readonly TimeSpan FirstOrder = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task A_call_of_three_orders_is_booked()
    {
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync();
        await using var app = await StartAsync(wizard);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        var id = ConnectionId.Parse("012703395c597610");
        foreach (var order in new[] { PpvOrder.Event(id, "262193"), PpvOrder.Subscriber(id, "85165320"), PpvOrder.Confirm(id) })
        {
            using var response = await http.PostAsync(GatewayApp.Path, new ByteArrayContent(OrderJson.ToRequestBytes(order)));
            await response.ShouldSayAsync("OK", "Completed");
        }

        // Contract §3, byte for byte.
        wizard.Requests.Select(request => System.Text.Encoding.ASCII.GetString(request.Raw.Span)).ShouldBe(
            ["A016EV262193              \r", "A016EN85165320            \r", "A016UP\r"], Case.Sensitive);
        wizard.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task In_memory_nobody_has_served_before_so_the_first_order_waits_for_nobody_and_nothing_warns()
    {
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync();
        // The clock stands still: whoever waits for it waits for ever.
        await using var app = await GatewayApp.StartAsync(
            ownClock: true,
            services: services => services.AddPpvServer(options =>
            {
                (options.Wizard.Host, options.Wizard.Port) = ("127.0.0.1", wizard.Port);
                options.Server.Journal.Path = null;
            }),
            ownClient: true);

        using var response = await app.PostAsync("""{"content":{"connid":"1","EV":"1"}}""");

        await response.ShouldSayAsync("OK", "Completed");
        app.Log.OfOurs.Where(entry => entry.Level >= LogLevel.Warning).Select(entry => entry.Message).ShouldBeEmpty();
        app.Log.OfOurs.ShouldContain(entry => entry.Message.Contains("is connected to the broker in memory", StringComparison.Ordinal));
        app.Log.AllText.ShouldNotContain("RabbitMQ");
    }

    [Fact]
    public async Task In_memory_the_first_order_is_answered_in_50_ms()
    {
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync();
        var quickest = TimeSpan.MaxValue;
        for (var start = 0; start < Starts && quickest >= FirstOrder; start++)
        {
            await using var app = await StartAsync(wizard);
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
            var since = TimeProvider.System.GetTimestamp();
            using var response = await http.PostAsync(
                GatewayApp.Path, new ByteArrayContent(OrderJson.ToRequestBytes(PpvOrder.Event(ConnectionId.Parse("1"), "1"))));
            var took = TimeProvider.System.GetElapsedTime(since);
            await response.ShouldSayAsync("OK", "Completed");
            if (took < quickest) quickest = took;
        }

        quickest.ShouldBeLessThan(FirstOrder);
    }

    [Fact]
    public async Task Callers_that_wait_for_a_line_do_not_keep_the_confirm_of_the_one_who_has_it_waiting()
    {
        const int waiting = 200;
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync();
        await using var app = await GatewayApp.StartAsync(
            services: services => services.AddPpvServer(options =>
            {
                (options.Wizard.Host, options.Wizard.Port) = ("127.0.0.1", wizard.Port);
                (options.Server.FirstLine, options.Server.LastLine) = (1, 1);
                options.Server.Journal.Path = null;
            }),
            ownClient: true);
        var (client, lines) =
            (app.Services.GetRequiredService<IPpvClient>(), (LineLeases)app.Services.GetRequiredService<ILineAllocator>());
        var holder = ConnectionId.Parse("1");
        (await client.SendAsync(PpvOrder.Event(holder, "1"))).Outcome.ShouldBe(RpcOutcome.Completed);

        using var enough = new CancellationTokenSource();
        var others = Enumerable.Range(2, waiting).Select(
            id => client.SendAsync(PpvOrder.Event(ConnectionId.Parse($"{id:x}"), "2"), enough.Token)).ToArray();
        using var limit = new CancellationTokenSource(Hang.Limit);
        while (lines.Counts.Waiting < waiting)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        (await client.SendAsync(PpvOrder.Subscriber(holder, "3"), limit.Token)).Outcome.ShouldBe(RpcOutcome.Completed);
        (await client.SendAsync(PpvOrder.Confirm(holder), limit.Token)).Outcome.ShouldBe(RpcOutcome.Completed);
        wizard.Purchases.Count.ShouldBe(1);

        await enough.CancelAsync();
        await Task.WhenAll(others.Select(other => other.ContinueWith(static _ => { }, TaskScheduler.Default)));
    }

    [Fact]
    public async Task Without_Wizard_the_worker_says_ER444_and_that_nothing_was_done()
    {
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync();
        var port = wizard.Port;
        await wizard.StopAsync();
        await using var app = await GatewayApp.StartAsync(
            services: services => services.AddPpvServer(options =>
            {
                (options.Wizard.Host, options.Wizard.Port, options.Wizard.MaxConnectRetries) = ("127.0.0.1", port, 0);
                options.Server.Journal.Path = null;
            }),
            ownClient: true);
        using var response = await app.PostAsync("""{"content":{"connid":"1","EV":"1"}}""");
        await response.ShouldSayAsync("ER444", "NotExecuted");
    }

    /// <summary>Gateway and worker on the broker in memory, on a port of their own.</summary>
    private static async Task<WebApplication> StartAsync(WizardSimulator wizard)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.UseInMemoryBroker();
        builder.AddPpvGateway();
        builder.AddPpvServer(options =>
        {
            (options.Wizard.Host, options.Wizard.Port) = ("127.0.0.1", wizard.Port);
            options.Server.Journal.Path = null;
        });
        var app = builder.Build();
        app.MapPpvGateway();
        app.MapPpvServer();
        await app.StartAsync();
        return app;
    }
}
