using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>One worker process between queue and Wizard. Its journal outlives it.</summary>
internal sealed class ModelProcess : IAsyncDisposable
{
    private readonly ModelBilling _billing;
    private readonly IOptions<PpvServerOptions> _options;
    private readonly TimeProvider _clock;
    private readonly IOrderJournal _journal;
    private readonly LineLeases _leases;
    private readonly OrderHandler _handler;
    private string?[] _place = ["It has none yet."];

    public ModelProcess(ModelBilling billing, IOptions<PpvServerOptions> options, TimeProvider clock, IOrderJournal? journal = null)
    {
        (_billing, _options, _clock, _journal) = (billing, options, clock, journal ?? new InMemoryOrderJournal(null, clock));
        _leases = new LineLeases(options, clock);
        Wizard = billing.Connect();
        var execution = new OrderExecution(Wizard, _leases, _journal, options, clock, NullLogger<OrderExecution>.Instance);
        _handler = new OrderHandler(execution, new RunningOrders(), _journal, options, clock, NullLogger<OrderHandler>.Instance);
        var restore = new SessionRestore(_journal, _leases, options, clock, NullLogger<SessionRestore>.Instance);
        Succession = new WorkerSuccession(_journal, _leases, restore, clock, NullLogger<WorkerSuccession>.Instance);
    }

    public IWizardClient Wizard { get; }

    public WorkerSuccession Succession { get; }

    /// <summary>Since when nobody else has served, as the process knows.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>It has its place from now on.</summary>
    public void Enter() => _place = [null];

    /// <summary>It has its place no more; whoever began in it finds out.</summary>
    public void Lose() => _place[0] = "Another worker has the place.";

    public Task<RpcReply> HandleAsync(PpvOrder order, bool possibleDuplicate)
    {
        var place = _place;
        return _handler.HandleAsync(
            new RpcCall
            {
                Id = order.Id, Body = OrderJson.ToBytes(order), Deadline = _clock.GetUtcNow().AddSeconds(30), PossibleDuplicate = possibleDuplicate, PlaceCheck = () => place[0],
            },
            CancellationToken.None);
    }

    /// <summary>The next process over the same journal.</summary>
    public ModelProcess Restarted()
    {
        _leases.Dispose();
        Succession.Dispose();
        return new ModelProcess(_billing, _options, _clock, _journal);
    }

    public async ValueTask DisposeAsync()
    {
        _leases.Dispose();
        Succession.Dispose();
        await _journal.DisposeAsync();
    }
}
