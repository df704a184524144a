using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Control;
using Ppv.Hosting.Figures;
using Ppv.Hosting.Gateway;
using Ppv.Hosting.Health;
using Ppv.Rpc;

namespace Ppv.Hosting.Board.Views;

/// <summary>
/// The parts of this program that the board looks at: a gateway, a worker, or both. Not to be made before the program has started, because
/// asking for a worker has its journal opened.
/// </summary>
internal sealed class BoardSources
{
    public BoardSources(IServiceProvider services)
    {
        TimeProvider = services.GetRequiredService<TimeProvider>();
        Figures = services.GetRequiredService<OrderFigures>();
        Warnings = services.GetRequiredService<RecentWarnings>();
        Lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        ProgramName = services.GetService<IHostEnvironment>()?.ApplicationName ?? "";
        Intakes = [.. services.GetServices<IIntake>()];
        Redactor = services.GetRequiredService<IRedactorProvider>().GetRedactor(PpvDataClassifications.SubscriberNumber);
        Worker = services.GetService<RpcServer>() is { } server ? new WorkerSources(services, server) : null;
        HasGateway = services.GetService<GatewayIntake>() is not null;
        var client = services.GetService<PpvClient>();
        Instances = [.. new[] { Worker?.Server.Instance, client?.Instance }.OfType<Guid>()];
        AskPresence = Worker is { Server: var asked } ? (patience, token) => asked.AskPresenceAsync(patience, token)
            : client is not null ? (patience, token) => client.AskPresenceAsync(patience, token)
            : null;
        Links = [.. services.GetServices<BrokerReadiness>().Select(link => LinkOf(link, services))];
    }

    public TimeProvider TimeProvider { get; }

    public OrderFigures Figures { get; }

    public RecentWarnings Warnings { get; }

    public IHostApplicationLifetime Lifetime { get; }

    public string ProgramName { get; }

    public IReadOnlyList<IIntake> Intakes { get; }

    public Redactor Redactor { get; }

    public bool HasGateway { get; }

    /// <summary>The worker's parts; <see langword="null"/> where there is none.</summary>
    public WorkerSources? Worker { get; }

    /// <summary>This program's own names among those on the bus.</summary>
    public IReadOnlyList<Guid> Instances { get; }

    /// <summary>Asks who is on the bus; <see langword="null"/> where there is no connection of ours.</summary>
    public AskPresence? AskPresence { get; }

    /// <summary>The connections to the brokers.</summary>
    public IReadOnlyList<LinkSources> Links { get; }

    private LinkSources LinkOf(BrokerReadiness readiness, IServiceProvider services)
    {
        if (Worker is { } worker && readiness.Name == HopNames.Worker)
            return new LinkSources(
                readiness, worker.Server, worker.Options.Broker, [worker.Options.Rpc.Queue], () => worker.Server.Connections);
        var client = services.GetRequiredService<PpvClient>();
        var options = services.GetRequiredService<IOptions<PpvGatewayOptions>>().Value;
        return new LinkSources(
            readiness, client, options.Broker, options.Rpc.QueueNames, () => client.Connection is { } connection ? [connection] : []);
    }
}
