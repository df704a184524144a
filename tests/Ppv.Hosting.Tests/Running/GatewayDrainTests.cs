using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>A gateway that stops answers the requests it has, and only then leaves the broker.</summary>
public class GatewayDrainTests
{
    private static readonly TimeSpan Bound = Hang.Limit;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_that_were_begun_are_answered_wherever_the_HTTP_server_stands_among_the_services(bool httpFirst)
    {
        var broker = new InMemoryBroker();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource<WizardReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var worker = MakeWorker(broker, asked, answer.Task);
        await worker.StartAsync();
        using var gateway = MakeGateway(broker, httpFirst);
        await gateway.StartAsync();
        var address = gateway.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = Bound };
        using var body = new ByteArrayContent(OrderJson.ToRequestBytes(PpvOrder.Event(ConnectionId.Parse("0127032d64a94732"), "1569885")));
        var request = http.PostAsync("/api/v1/ppv", body);
        await asked.Task.WaitAsync(Bound);

        var stopping = gateway.StopAsync();
        gateway.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested.ShouldBeTrue();
        gateway.Services.GetRequiredService<PpvClient>().Status.IsReady.ShouldBeTrue(
            "the client left the broker before the request was answered");
        answer.SetResult(new WizardReply(new LineNumber(20), "OK"));

        using var response = await request.WaitAsync(Bound);
        await response.ShouldSayAsync("OK", "Completed");
        await stopping.WaitAsync(Bound);
        gateway.Services.GetRequiredService<PpvClient>().Status.IsReady.ShouldBeFalse();
        await worker.StopAsync();
    }

    private static IHost MakeWorker(InMemoryBroker broker, TaskCompletionSource asked, Task<WizardReply> answer)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.UseInMemoryBroker(broker);
        builder.Services.AddSingleton<IWizardClient>(new FakeWizard
        {
            Answer = (_, _) =>
            {
                asked.SetResult();
                return answer;
            },
        });
        builder.AddPpvServer(options => options.Server.Journal.Path = null);
        return builder.Build();
    }

    private static IHost MakeGateway(InMemoryBroker broker, bool httpFirst)
    {
        var builder = Host.CreateDefaultBuilder().ConfigureLogging(logging => logging.ClearProviders());
        if (httpFirst) AddHttp();
        builder.ConfigureServices(services => services.UseInMemoryBroker(broker).AddPpvGateway(_ => { }));
        if (!httpFirst) AddHttp();
        return builder.Build();

        void AddHttp() => builder.ConfigureWebHostDefaults(web => web
            .UseUrls("http://127.0.0.1:0")
            .Configure(app => app.UseRouting().UseEndpoints(endpoints => endpoints.MapPpvGateway())));
    }
}
