using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Samples.Demo;

/// <summary>The whole path in one process: gateway on HTTP, broker, worker, simulated Wizard on TCP.</summary>
internal static class DemoProgram
{
    private const string Queue = "demo.ppv";

    public static async Task<int> RunAsync(DemoSettings settings, CancellationToken cancellationToken)
    {
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync(cancellationToken);
        var hops = new HopPrinter(Console.Out);
        wizard.RequestHandled = hops.WizardHandled;

        await using var app = Build(settings, wizard.Port, hops);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or FormatException)
        {
            await Console.Error.WriteLineAsync($"The gateway can't listen on {settings.Urls}: {e.Message}");
            return 1;
        }

        var gateway = new Uri(
            new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), "/api/v1/ppv");
        Console.WriteLine($"""
            The path of an order, all in this process:
              HTTP  gateway  {gateway}
              AMQP  broker   {(settings.Amqp is { } amqp ? $"RabbitMQ on {amqp.Host}:{BrokerPort(amqp)}" : "in memory")}, queue {Queue}
              TCP   Wizard   simulated on 127.0.0.1:{wizard.Port}, lines 001-029
            """);

        var booked = await DemoCall.PlaceAsync(gateway, wizard, hops, cancellationToken);
        if (!settings.Once && !cancellationToken.IsCancellationRequested)
        {
            Console.WriteLine($$"""

                It stays up. Try:
                  curl -s -X GET -H 'Content-Type: application/json' \
                    -d "{\"content\": \"{'connid':'0127032d64a94732','EV':'1569885'}\"}" {{gateway}}
                Stop it with Ctrl-C.
                """);
            await app.WaitForShutdownAsync(cancellationToken);
        }

        await app.StopAsync(CancellationToken.None);
        return booked ? 0 : 1;
    }

    private static WebApplication Build(DemoSettings settings, int wizardPort, HopPrinter hops)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls(settings.Urls);
        builder.Logging.ClearProviders().AddProvider(hops).SetMinimumLevel(LogLevel.Warning).AddFilter("Ppv.Rpc.RpcClient", LogLevel.Debug);
        builder.AddPpvGateway(gateway => Configure(gateway.Broker, gateway.Rpc, settings));
        builder.AddPpvServer(worker =>
        {
            Configure(worker.Broker, worker.Rpc, settings);
            (worker.Wizard.Host, worker.Wizard.Port) = ("127.0.0.1", wizardPort);
            worker.Server.Journal.Path = null; // In memory: the demo leaves nothing behind.
        });
        if (settings.Amqp is null) builder.Services.UseInMemoryBroker();

        var app = builder.Build();
        app.MapPpvGateway();
        app.MapPpvServer();
        return app;
    }

    private static void Configure(BrokerOptions broker, RpcOptions rpc, DemoSettings settings)
    {
        rpc.Queue = Queue;
        if (settings.Amqp is not { } amqp) return;
        broker.Hosts = [$"{amqp.Host}:{BrokerPort(amqp)}"];
        if (amqp.AbsolutePath.Length > 1) broker.VirtualHost = Uri.UnescapeDataString(amqp.AbsolutePath[1..]);
        if (amqp.UserInfo.Split(':', 2) is [{ Length: > 0 } user, .. var password])
            (broker.UserName, broker.Password) = (Uri.UnescapeDataString(user), Uri.UnescapeDataString(password.FirstOrDefault() ?? ""));
    }

    private static int BrokerPort(Uri amqp) => amqp.Port > 0 ? amqp.Port : BrokerHost.DefaultPort;
}
