using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Figures;

/// <summary>
/// What gateway and worker note of each order for the line board: always, because it costs next to nothing, and a board that is opened in
/// trouble is to show how it came. One for each host, unlike the process's meters, so that several hosts in one process are told apart.
/// Safe for use by several threads.
/// </summary>
internal sealed class OrderFigures(TimeProvider timeProvider)
{
    /// <summary>This program, among those that tell each other their figures.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>When this began.</summary>
    public DateTimeOffset Since { get; } = timeProvider.GetUtcNow();

    /// <summary>From a request's arrival at the gateway to its answer.</summary>
    public HopFigures Gateway { get; } = new(timeProvider);

    /// <summary>From the gateway's sending to the queue to the answer from there: the broker and everything behind it.</summary>
    public HopFigures RoundTrip { get; } = new(timeProvider);

    /// <summary>From a client's sending to the worker's taking, by the clocks of both.</summary>
    public HopFigures Queue { get; } = new(timeProvider);

    /// <summary>From the worker's taking to its answer.</summary>
    public HopFigures Worker { get; } = new(timeProvider);

    /// <summary>One exchange with Wizard, connecting included.</summary>
    public HopFigures Wizard { get; } = new(timeProvider);

    /// <summary>What the gateway answered.</summary>
    public CodeFigures GatewayCodes { get; } = new(timeProvider);

    /// <summary>What the worker answered.</summary>
    public CodeFigures WorkerCodes { get; } = new(timeProvider);

    /// <summary>What passed on the lines.</summary>
    public LineFigures Lines { get; } = new();

    /// <summary>What each hop knows by itself, whichever program has it.</summary>
    public IReadOnlyList<(string Name, HopFigures Figures)> ByName =>
        [(HopNames.Gateway, Gateway), (HopNames.Broker, Queue), (HopNames.Worker, Worker), (HopNames.Wizard, Wizard)];

    /// <summary>The gateway has answered a request.</summary>
    public void AnsweredByGateway(string code, RpcOutcome outcome, TimeSpan elapsed)
    {
        Gateway.Record(elapsed, outcome != RpcOutcome.Completed);
        GatewayCodes.Record(code);
    }

    /// <summary>The gateway's wait for an order's answer is over.</summary>
    /// <param name="elapsed">How long it waited.</param>
    /// <param name="isAnswered">Whether a worker answered, whatever it said.</param>
    public void CameBack(TimeSpan elapsed, bool isAnswered) => RoundTrip.Record(elapsed, !isAnswered);

    /// <summary>The worker has taken an order from the queue.</summary>
    /// <param name="waited">How long it lay there; negative where the clocks of two hosts differ.</param>
    public void Taken(TimeSpan waited) => Queue.Record(waited, isError: false);

    /// <summary>The worker has answered an order.</summary>
    public void AnsweredByWorker(string code, RpcOutcome outcome, TimeSpan elapsed)
    {
        Worker.Record(elapsed, outcome != RpcOutcome.Completed);
        WorkerCodes.Record(code);
    }

    /// <summary>A command has ended, answered by Wizard or not.</summary>
    public void Exchanged(LineNumber line, WizardExchange exchange)
    {
        Wizard.Record(exchange.Elapsed, exchange.Outcome != RpcOutcome.Completed);
        Lines.Record(line, exchange);
    }
}
