using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Hosting;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Broker.Tests.Support;

/// <summary>Our worker, in this process, with a simulated Wizard behind it.</summary>
internal sealed class WorkerHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WorkerHost(WebApplication app, WizardSimulator wizard, CollectingLoggerProvider log) =>
        (_app, Wizard, Log) = (app, wizard, log);

    public WizardSimulator Wizard { get; }

    public CollectingLoggerProvider Log { get; }

    /// <summary>Which broker is in use, and the lever.</summary>
    public IBrokerSwitch Brokers => _app.Services.GetServices<IBrokerSwitch>().Single();

    public static async Task<WorkerHost> StartAsync(Action<PpvServerOptions> configure)
    {
        var log = new CollectingLoggerProvider();
        var wizard = new WizardSimulator();
        await wizard.StartAsync();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log);
        builder.AddPpvServer(options =>
        {
            (options.Wizard.Host, options.Wizard.Port) = ("127.0.0.1", wizard.Port);
            options.Server.Journal.Path = null;
            configure(options);
        });
        var app = builder.Build();
        app.MapPpvServer();
        await app.StartAsync(Bounds.Token);
        return new WorkerHost(app, wizard, log);
    }

    /// <summary>Waits until orders are taken.</summary>
    public Task ReadyAsync() => Log.WaitForAsync(entry => entry.EventId.Id == 1000, Bounds.Limit);

    /// <summary>What <c>/health/ready</c> says.</summary>
    public async Task<(int Status, string Body)> ReadinessAsync()
    {
        using var http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()), Timeout = Bounds.Limit };
        using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public Task StopAsync() => _app.StopAsync(Bounds.Token);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
        await Wizard.DisposeAsync();
    }
}
