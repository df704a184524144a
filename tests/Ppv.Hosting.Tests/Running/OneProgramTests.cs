using Microsoft.Extensions.DependencyInjection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Protocol.Simulation;

namespace Ppv.Hosting.Tests;

/// <summary>HTTP, gateway, broker, worker, TCP, Wizard and back, in one program.</summary>
public class OneProgramTests
{
    [Fact]
    public async Task A_call_of_three_orders_is_booked()
    {
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.UseInMemoryBroker();
        builder.AddPpvGateway();
        builder.AddPpvServer(options => (options.Wizard.Host, options.Wizard.Port) = ("127.0.0.1", wizard.Port));
        await using var app = builder.Build();
        app.MapPpvGateway();
        app.MapPpvServer();
        await app.StartAsync();
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
    public async Task Without_Wizard_the_worker_says_ER444_and_that_nothing_was_done()
    {
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync();
        var port = wizard.Port;
        await wizard.StopAsync();
        await using var app = await GatewayApp.StartAsync(
            services: services => services.AddPpvServer(
                options => (options.Wizard.Host, options.Wizard.Port, options.Wizard.MaxConnectRetries) = ("127.0.0.1", port, 0)),
            ownClient: true);
        using var response = await app.PostAsync("""{"content":{"connid":"1","EV":"1"}}""");
        await response.ShouldSayAsync("ER444", "NotExecuted");
    }
}
