using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>One worker process between queue and Wizard. Its journal outlives it.</summary>
internal sealed class ModelProcess : IAsyncDisposable
{
    private readonly ModelBilling _billing;
    private readonly IOptions<PpvServerOptions> _options;
    private readonly TimeProvider _clock;
    private readonly IOrderJournalStore _journal;
    private readonly LineLeases _leases;
    private readonly RequestHandler _handler;
    private string?[] _lost = ["It does not lead yet."];

    public ModelProcess(ModelBilling billing, IOptions<PpvServerOptions> options, TimeProvider clock, IOrderJournalStore? journal = null)
    {
        (_billing, _options, _clock, _journal) = (billing, options, clock, journal ?? new InMemoryOrderJournal(null, clock));
        _leases = new LineLeases(options, clock);
        Wizard = billing.Connect();
        var execution = new OrderExecution(Wizard, _leases, _journal, options, clock, PlainLogger<OrderExecution>.None);
        _handler = new RequestHandler(
            execution, new RunningOrders(), _leases, _journal, options, NullRedactorProvider.Instance, clock,
            PlainLogger<RequestHandler>.None);
        var restore = new LeaseRestore(_journal, _leases, options, clock, PlainLogger<LeaseRestore>.None);
        var orders = new OrderHandover(_journal, options, clock, PlainLogger<OrderHandover>.None);
        Handover = new LeaseHandover(_journal, _leases, restore, orders, options, clock, PlainLogger<LeaseHandover>.None);
    }

    public IWizardClient Wizard { get; }

    public LeaseHandover Handover { get; }

    /// <summary>Since when nobody else has led, as the process knows.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>Since when it has all on record, what others have handed over included.</summary>
    public DateTimeOffset? Covered { get; set; }

    /// <summary>It leads from now on.</summary>
    public void Enter() => _lost = [null];

    /// <summary>It leads no more; whoever began under it finds out.</summary>
    public void Lose() => _lost[0] = "Another worker leads.";

    public Task<RpcReply> HandleAsync(PpvOrder order, IdHistory history)
    {
        var lost = _lost;
        return _handler.HandleAsync(
            new RpcRequestContext
            {
                Id = order.Id,
                Body = OrderJson.ToBytes(order),
                Deadline = _clock.GetUtcNow().AddSeconds(30),
                Subject = order.Subject,
                History = history,
                CoveredSince = Covered,
                Fence = new TestFence(() => lost[0]),
            },
            CancellationToken.None);
    }

    /// <summary>The next process over the same journal.</summary>
    public ModelProcess Restarted()
    {
        _leases.Dispose();
        Handover.Dispose();
        return new ModelProcess(_billing, _options, _clock, _journal);
    }

    public async ValueTask DisposeAsync()
    {
        _leases.Dispose();
        Handover.Dispose();
        await _journal.DisposeAsync();
    }
}
