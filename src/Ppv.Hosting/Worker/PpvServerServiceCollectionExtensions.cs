using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Hosting;
using Ppv.Hosting.Configuration.Programs;
using Ppv.Hosting.Control;
using Ppv.Hosting.Health;
using Ppv.Hosting.Preflight;
using Ppv.Hosting.Running;
using Ppv.Hosting.Worker;
using Ppv.Hosting.Worker.Journal;
using Ppv.Hosting.Worker.Journal.Sqlite;
using Ppv.Hosting.Worker.Lines;
using Ppv.Hosting.Worker.Lines.Handover;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the worker's services to an application.</summary>
public static class PpvServerServiceCollectionExtensions
{
    /// <summary>
    /// Adds the worker, configured by a callback. It takes orders from when the host starts. An <see cref="IWizardClient"/> that the
    /// application registers itself is used in the place of the worker's own.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options; all have defaults. They are checked when the host starts.</param>
    public static IServiceCollection AddPpvServer(this IServiceCollection services, Action<PpvServerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddPpvServer(null, configure);
    }

    /// <summary>Adds the worker, configured by a section.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">
    /// The section <c>Ppv</c>: it holds <c>Broker</c>, <c>Rpc</c>, <c>Server</c>, <c>Wizard</c>, <c>Access</c> and <c>LogFile</c>.
    /// </param>
    public static IServiceCollection AddPpvServer(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return services.AddPpvServer(section, null);
    }

    internal static IServiceCollection AddPpvServer(
        this IServiceCollection services, IConfiguration? section, Action<PpvServerOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddHostOptions<PpvServerOptions, ServerRules>(section, configure, ProgramOptions.Shape);
        if (services.Any(service => service.ServiceType == typeof(RequestHandler))) return services;

        // Leased lines are known to one worker only.
        services.PostConfigure<PpvServerOptions>(
            options => options.Rpc.SingleActiveConsumer ??= options.Server.LineAllocation == LineAllocation.Leased ? true : null);
        services.TryAddSingleton<IWizardClient>(provider => new WizardClient(
            provider.GetRequiredService<IOptions<PpvServerOptions>>().Value.Wizard,
            provider.GetService<ILogger<WizardClient>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IOrderJournalStore>(OpenJournal);
        services.TryAddSingleton<IOrderJournal>(static provider => provider.GetRequiredService<IOrderJournalStore>());
        services.AddSingleton<LineScheduler>();
        services.AddSingleton<ILineAllocator>(
            provider => provider.GetRequiredService<IOptions<PpvServerOptions>>().Value.Server.LineAllocation switch
        {
            LineAllocation.Leased => ActivatorUtilities.CreateInstance<LineLeases>(provider),
            _ => ActivatorUtilities.CreateInstance<ModuloLines>(provider),
        });
        services.AddSingleton<LeaseRestore>();
        services.AddSingleton<OrderHandover>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LeaseHandover>(
            provider, (LineLeases)provider.GetRequiredService<ILineAllocator>()));
        services.AddSingleton<RunningOrders>();
        services.AddSingleton<OrderExecution>();
        services.AddSingleton<RequestHandler>();
        services.AddSingleton<UnknownConfirms>();
        services.AddSingleton<WorkerPresence>();
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<PpvServerOptions>>().Value;
            return new RpcServer(
                provider.GetService<IBrokerDialer>(), options.Broker, options.Rpc, provider
                    .GetRequiredService<RequestHandler>().HandleAsync,
                provider.GetService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILineAllocator>() is LineLeases ? provider.GetRequiredService<LeaseHandover>() : null,
                provider.GetRequiredService<WorkerPresence>().Source);
        });
        services.AddSingleton<IBrokerSwitch>(provider => provider.GetRequiredService<RpcServer>());
        services.AddSingleton<IIntake, WorkerIntake>();
        services.AddHostedService<PpvServerService>();
        services.AddSingleton(provider =>
        {
            var server = provider.GetRequiredService<RpcServer>();
            return new BrokerReadiness("worker", () => server.Status, () => server.Hosts,
                () => provider.GetRequiredService<IOptions<PpvServerOptions>>().Value.Broker.Topology == BrokerTopology.Independent,
                () => server.ClockTrouble);
        });
        services.AddSingleton(provider =>
        {
            var server = provider.GetRequiredService<RpcServer>();
            return new WatchedLoop("worker", () => server.IsHanging);
        });
        services.AddPreflight();
        services.AddHealthChecks()
            .AddCheck<JournalCheck>(JournalCheck.Name, tags: [HealthRoutes.ReadyTag])
            .AddCheck<WizardCheck>(WizardCheck.Name, tags: [HealthRoutes.ReadyTag]);
        services.AllowForStopping<PpvServerOptions>(options => options.Rpc.DrainTimeout);
        return services;
    }

    private static void AddPreflight(this IServiceCollection services)
    {
        services.AddSingleton<IPreflightCheck>(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<PpvServerOptions>>().Value;
            return new BrokerPreflight("worker", options.Broker, options.Rpc.QueueKind, [options.Rpc.Queue], serves: true,
                provider.GetService<IBrokerDialer>(), provider.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton<IPreflightCheck, WizardPreflight>();
        services.AddSingleton<IPreflightCheck>(static provider => new JournalPreflight(
            JournalPath(provider), provider.GetRequiredService<IOptions<PpvServerOptions>>().Value.Server.Journal));
    }

    /// <summary>
    /// The journal's file; <see langword="null"/> for one in memory. Relative to the program, and not to where it was started: two starts
    /// must not have two records.
    /// </summary>
    private static string? JournalPath(IServiceProvider provider)
    {
        var path = provider.GetRequiredService<IOptions<PpvServerOptions>>().Value.Server.Journal.Path;
        if (string.IsNullOrEmpty(path)) return null;
        return Path.GetFullPath(path, AppContext.BaseDirectory);
    }

    private static IOrderJournalStore OpenJournal(IServiceProvider provider)
    {
        var journal = provider.GetRequiredService<IOptions<PpvServerOptions>>().Value.Server.Journal;
        var timeProvider = provider.GetRequiredService<TimeProvider>();
        if (JournalPath(provider) is not { } path) return new InMemoryOrderJournal(journal, timeProvider);
        var logger = provider.GetService<ILogger<SqliteOrderJournal>>();
        ServerLog.JournalAt(PlainLogger.To(logger), path);
        return new SqliteOrderJournal(journal.At(path), timeProvider, logger);
    }
}
