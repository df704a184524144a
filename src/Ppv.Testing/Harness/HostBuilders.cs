using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Ppv.Hosting;
using Ppv.Hosting.Worker.Journal;
using Ppv.Rpc;

namespace Ppv.Testing.Harness;

/// <summary>Builds the application and the worker of a test host. Neither reads files, environment variables or signals.</summary>
internal sealed class HostBuilders : IAsyncDisposable
{
    public const string PrimaryHost = "primary", BackupHost = "backup";

    private readonly PpvTestHostOptions _options;
    private readonly InMemoryBroker _broker;
    private readonly Func<int> _wizardPort;
    private readonly InMemoryOrderJournal? _journal;

    /// <exception cref="InvalidOperationException">Client and worker would not find each other.</exception>
    public HostBuilders(PpvTestHostOptions options, InMemoryBroker broker, Func<int> wizardPort)
    {
        (_options, _broker, _wizardPort) = (options, broker, wizardPort);
        var (client, worker) = (new PpvGatewayOptions(), new PpvServerOptions());
        if (options.RunGateway) Configure(client);
        else Configure((PpvClientOptions)client);
        Configure(worker);
        if (!client.Rpc.QueueNames.Contains(worker.Rpc.Queue))
            throw new InvalidOperationException(
                $"The worker takes orders from queue '{worker.Rpc.Queue}', but the client sends them to "
                + $"'{string.Join("', '", client.Rpc.QueueNames)}'. Set the same Rpc.Queue in ConfigureClient and in ConfigureWorker.");
        if (string.IsNullOrEmpty(worker.Server.Journal.Path))
            _journal = new InMemoryOrderJournal(worker.Server.Journal, options.TimeProvider);
    }

    /// <summary>The client, with the gateway on a free port or without it.</summary>
    public HostPart BuildApplication() =>
        new(BuildHost(), _options.RunGateway ? "gateway" : "client", services => services.GetService<PpvClient>()?.Status);

    public HostPart BuildWorker()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        AddCommon(builder.Services, _options.ConfigureWorkerServices);
        // An instance is not the container's to dispose of, so that it outlives the worker, as a file does.
        if (_journal is not null) builder.Services.AddSingleton<IOrderJournalStore>(_journal);
        builder.Services.AddPpvServer(Configure);
        return new HostPart(builder.Build(), "worker", services => services.GetRequiredService<RpcServer>().Status);
    }

    /// <summary>The journal goes, so this comes last: what a worker still records must not fail.</summary>
    public ValueTask DisposeAsync() => _journal?.DisposeAsync() ?? ValueTask.CompletedTask;

    private IHost BuildHost()
    {
        if (!_options.RunGateway)
        {
            var plain = Host.CreateEmptyApplicationBuilder(null);
            AddCommon(plain.Services, _options.ConfigureServices);
            plain.Services.AddPpvClient(Configure);
            return plain.Build();
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        AddCommon(builder.Services, _options.ConfigureServices);
        builder.Services.AddPpvGateway(Configure);
        var application = builder.Build();
        application.MapPpvGateway();
        return application;
    }

    private void AddCommon(IServiceCollection services, Action<IServiceCollection>? configure)
    {
        services.AddSingleton<IHostLifetime, NoLifetime>();
        services.AddSingleton(_options.TimeProvider);
        services.UseInMemoryBroker(_broker);
        configure?.Invoke(services);
    }

    private void Configure(PpvClientOptions client)
    {
        Shorten(client.Broker, client.Rpc);
        _options.ConfigureClient?.Invoke(client);
    }

    private void Configure(PpvGatewayOptions gateway)
    {
        Configure((PpvClientOptions)gateway);
        _options.ConfigureGateway?.Invoke(gateway);
    }

    private void Configure(PpvServerOptions worker)
    {
        Shorten(worker.Broker, worker.Rpc);
        worker.Wizard.Host = IPAddress.Loopback.ToString();
        if (_wizardPort() is > 0 and var port) worker.Wizard.Port = port;
        worker.Wizard.ResponseTimeout = TimeSpan.FromSeconds(2);
        worker.Wizard.ConnectRetryDelay = TimeSpan.FromMilliseconds(50);
        worker.Wizard.MaxConnectRetries = 3;
        worker.Server.Journal.Path = null;
        _options.ConfigureWorker?.Invoke(worker);
    }

    /// <summary>Waits that are meant for networks and people would only make tests slow. The public options name each of them.</summary>
    private void Shorten(BrokerOptions broker, RpcOptions rpc)
    {
        if (_options.RunBackupBroker)
        {
            broker.Hosts = [PrimaryHost, BackupHost];
            broker.Topology = BrokerTopology.Independent;
        }

        broker.ReconnectDelay = TimeSpan.FromMilliseconds(10);
        broker.MaxReconnectDelay = TimeSpan.FromMilliseconds(100);
        // In one process nobody else can lead while nothing runs: a busy machine that stands still for a while loses no leadership.
        broker.Heartbeat = TimeSpan.FromMinutes(1);
        rpc.ReplyTimeout = TimeSpan.FromSeconds(5);
        rpc.ConnectionWait = TimeSpan.FromSeconds(1);
        rpc.TakeoverGrace = TimeSpan.Zero;
    }

    /// <summary>The signals of the process are the test runner's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
