using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.Options;
using Ppv.Hosting;
using Ppv.Hosting.Worker;
using Ppv.Hosting.Worker.Journal;
using Ppv.Hosting.Worker.Lines;
using Ppv.Hosting.Worker.Lines.Handover;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;

namespace Ppv.Benchmarks.Scale;

/// <summary>
/// One process of the real worker, from the request on: <see cref="RequestHandler"/>, order execution, leases, handover. Its clock, its
/// journal's disk and its Wizard are simulated. It can be killed at any moment.
/// </summary>
internal sealed class WorkerProcess
{
    private readonly ProcessTime _time;
    private readonly RequestHandler _handler;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Run> _runs = new(StringComparer.Ordinal);
    private int _running, _waitingForAnother;

    /// <param name="time">The time.</param>
    /// <param name="wizard">The site's Wizard.</param>
    /// <param name="journal">The journal, which outlives the process.</param>
    /// <param name="lines">How many lines it has.</param>
    public WorkerProcess(VirtualTime time, SimulatedWizard wizard, IOrderJournalStore journal, int lines)
    {
        _time = new ProcessTime(time);
        var options = Options.Create(new PpvServerOptions { Server = { LastLine = lines } });
        Lines = new LineLeases(options, _time);
        var execution = new OrderExecution(
            wizard.Connect(_time), Lines, journal, options, _time, PlainLogger<OrderExecution>.None);
        _handler = new RequestHandler(
            execution, new RunningOrders(), Lines, journal, options, NullRedactorProvider.Instance, _time,
            PlainLogger<RequestHandler>.None);
        var restore = new LeaseRestore(journal, Lines, options, _time, PlainLogger<LeaseRestore>.None);
        var orders = new OrderHandover(journal, options, _time, PlainLogger<OrderHandover>.None);
        Handover = new LeaseHandover(journal, Lines, restore, orders, options, _time, PlainLogger<LeaseHandover>.None);
    }

    public LineLeases Lines { get; }

    public LeaseHandover Handover { get; }

    public bool IsKilled => _time.IsKilled;

    /// <summary>
    /// Whether all that was begun waits for time to pass: for Wizard, for a line, or for an order that does. Only what has waited for a
    /// line goes on on another thread, so that the answer is nearly always found at the first look.
    /// </summary>
    public bool IsSettled => IsKilled || Volatile.Read(ref _running) is var running && running == _time.Parked
        || running == _time.Parked + Lines.Counts.Waiting + Volatile.Read(ref _waitingForAnother);

    public void Kill() => _time.Kill();

    /// <summary>Handles a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="answer">Takes the answer; <see langword="null"/> when the request was given back.</param>
    public async Task HandleAsync(RpcRequestContext context, Action<RpcReply?> answer)
    {
        Interlocked.Increment(ref _running);
        var run = Join(context.Id);
        RpcReply? reply = null;
        try
        {
            reply = await _handler.HandleAsync(context, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // It belongs to whoever leads now.
        }

        answer(reply);
        Part(context.Id, run, isAnswered: reply is not null);
        Interlocked.Decrement(ref _running);
    }

    private Run Join(string id)
    {
        lock (_gate)
        {
            if (_runs.TryGetValue(id, out var run)) _waitingForAnother++;
            else _runs.Add(id, run = new Run());
            run.Handlers++;
            return run;
        }
    }

    /// <summary>The first one that has an answer gives it to all; when it has none, one of the others takes its place.</summary>
    private void Part(string id, Run run, bool isAnswered)
    {
        lock (_gate)
        {
            run.Handlers--;
            if (_runs.GetValueOrDefault(id) != run) return;
            if (isAnswered || run.Handlers == 0) _runs.Remove(id);
            _waitingForAnother -= isAnswered ? run.Handlers : Math.Min(1, run.Handlers);
        }
    }

    /// <summary>Those who handle the same order.</summary>
    private sealed class Run
    {
        public int Handlers { get; set; }
    }
}
