using Ppv.Hosting;
using Ppv.Hosting.Worker.Journal;
using Ppv.Hosting.Worker.Lines.Handover;
using Ppv.Rpc;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Benchmarks.Scale;

/// <summary>
/// The workers of a site: the one that leads its queue, what becomes of its journal when it is killed, and who comes next. The decision
/// what a successor may believe is the real one (<see cref="TakeoverDecision"/>), and so is what it does then (<c>LeaseHandover</c>).
/// </summary>
internal sealed class ModelWorkers(VirtualTime time, SiteSetup setup, SimulatedWizard wizard, Action onLeading)
{
    /// <summary>How often a standby asks whether the queue is free.</summary>
    private static readonly TimeSpan StandbyLook = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ClockMargin = TimeSpan.FromSeconds(1);
    private static readonly RpcOptions Options = new();

    private readonly List<InMemoryOrderJournal> _journals = [];
    private LeaderRecord? _record;
    private DateTimeOffset? _aloneSince;
    private TimeSpan? _provedAt;
    private int _terms;

    /// <summary>The process that runs, which leads the queue or is about to.</summary>
    public WorkerProcess? Process { get; private set; }

    public bool IsLeading { get; private set; }

    /// <summary>Every journal that was ever written.</summary>
    public IReadOnlyList<IOrderJournal> Journals => _journals;

    public void Start()
    {
        StartProcess(ownJournal: false);
        _record = null;
        IsLeading = true;
        foreach (var trouble in setup.Troubles)
        {
            if (trouble.Kind is TroubleKind.WorkerToStandby or TroubleKind.WorkerRestart or TroubleKind.SiteLost) _ = SufferAsync(trouble);
        }
    }

    /// <summary>
    /// Since when the one that leads has a record of all that was asked for: <see cref="RpcRequestContext.CoveredSince"/>.
    /// </summary>
    public DateTimeOffset? CoveredSince => _aloneSince + ClockMargin;

    /// <summary>The connection is gone; the record that lay at the broker's dead host too, which is the worst case.</summary>
    /// <param name="provedAt">When the leadership was proved last: before the host died, whenever that was noticed.</param>
    public void Disconnect(TimeSpan provedAt)
    {
        Stop();
        (_record, _provedAt) = (null, provedAt);
    }

    public void Connect()
    {
        if (Process is { IsKilled: false }) _ = LeadAsync(Process);
    }

    private async Task SufferAsync(Trouble trouble)
    {
        await Task.Delay(VirtualTime.Start + trouble.From - time.GetUtcNow(), time);
        Process!.Kill();
        Stop();
        var isStandby = trouble.Kind == TroubleKind.WorkerToStandby;
        await Task.Delay(isStandby ? StandbyLook : trouble.Length, time);
        await LeadAsync(StartProcess(ownJournal: !isStandby));
    }

    private void Stop()
    {
        IsLeading = false;
        _terms++;
    }

    private async Task LeadAsync(WorkerProcess process)
    {
        var (term, handover) = (++_terms, process.Handover);
        var identity = await handover.IdentityAsync(CancellationToken.None);
        var ledJustNow = _record is null && time.Elapsed - _provedAt < Options.TakeoverGrace;
        if (TakeoverDecision.Decide(_record, identity, ledJustNow) == TakeoverAction.Continue)
        {
            await handover.ContinueAsync(_aloneSince, CancellationToken.None);
        }
        else
        {
            _aloneSince = time.GetUtcNow();
            await handover.StartOverAsync(CancellationToken.None);
            await Task.Delay(Options.TakeoverGrace, time);
        }

        if (term != _terms) return;
        _record = new LeaderRecord { Identity = identity, State = LeaderRecordState.Active };
        IsLeading = true;
        onLeading();
    }

    private WorkerProcess StartProcess(bool ownJournal)
    {
        if (!ownJournal) _journals.Add(new InMemoryOrderJournal(null, time));
        return Process = new WorkerProcess(time, wizard, _journals[^1], setup.Lines);
    }
}
