using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Worker.Journal;
using Ppv.Hosting.Worker.Lines;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Board.Views;

/// <summary>A worker's parts.</summary>
internal sealed class WorkerSources(IServiceProvider services, RpcServer server)
{
    public RpcServer Server => server;

    public PpvServerOptions Options { get; } = services.GetRequiredService<IOptions<PpvServerOptions>>().Value;

    public ILineAllocator Lines { get; } = services.GetRequiredService<ILineAllocator>();

    public IOrderJournalStore Journal { get; } = services.GetRequiredService<IOrderJournalStore>();

    /// <summary>Where it is our own, which says what stands in its way.</summary>
    public WizardClient? Wizard { get; } = services.GetRequiredService<IWizardClient>() as WizardClient;
}
