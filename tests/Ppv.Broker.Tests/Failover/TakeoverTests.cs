using Ppv.Hosting;
using Ppv.Hosting.Security;
using Ppv.Rpc;
using Ppv.Rpc.Server;

namespace Ppv.Broker.Tests.Failover;

/// <summary>
/// Two worker processes with leased lines on one queue: one works, the other stands by and takes over in time, however the first one ends;
/// and the first one writes nothing to Wizard any more, even if it comes back to life.
/// </summary>
[Collection(FailoverGroup.Name)]
public sealed class TakeoverTests(SharedBroker broker)
{
    private const int Callers = 6;

    // A confirm that came back to the queue may be as old as a message lives: so long the first one has led, or it can't prove it new.
    private static readonly TimeSpan Covered = new RpcOptions().MessageTtl + RequestTimes.Margin + TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1), Limit = TimeSpan.FromSeconds(30);

    /// <summary>What is promised, for a worker whose end the broker sees at once.</summary>
    private static readonly TimeSpan Takeover = TimeSpan.FromSeconds(3);

    /// <summary>
    /// On a quorum queue the worker before may not know yet that it leads no longer, so that who takes over waits for its heartbeat, too.
    /// </summary>
    private static readonly TimeSpan ByService = TimeSpan.FromSeconds(2.5);

    /// <summary>A silent connection is given up after two to three heartbeats of 2 s.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(6);

    /// <summary>A transient queue is to the broker as a durable one here, so that it is tried with <c>./test.sh --soak</c> only.</summary>
    private static readonly QueueKind[] Kinds =
        SoakRun.IsOn
            ? [QueueKind.DurableClassic, QueueKind.Quorum, QueueKind.LegacyTransient]
            : [QueueKind.DurableClassic, QueueKind.Quorum];

    /// <summary>A pair of workers for each kind of queue, at the same time: most of it is waiting.</summary>
    [Theory]
    [InlineData(WorkerEnd.Planned)]
    [InlineData(WorkerEnd.Killed)]
    [InlineData(WorkerEnd.Frozen)]
    public Task The_worker_that_stands_by_takes_over_in_time(WorkerEnd end) => Task.WhenAll(Kinds.Select(kind => TakeOverAsync(kind, end)));

    private async Task TakeOverAsync(QueueKind kind, WorkerEnd end)
    {
        await using var pair = await WorkerPair.StartAsync(broker.Address, kind, LineAllocation.Leased, Callers);
        var (first, second) = (pair.Workers[0], pair.Workers[1]);
        await pair.GoOnAsync(end == WorkerEnd.Planned ? Covered : Calm);
        pair.Load.Refusals.ShouldBeEmpty("before anything happened");
        pair.Ways[1].BytesToServer.ShouldBe(0, "the one that stands by has written to Wizard");

        var at = pair.Load.Now;
        var bound = await EndAsync(first, end);
        if (kind == QueueKind.Quorum && end != WorkerEnd.Planned) bound += ByService;
        // A worker that is ended in good order finishes its orders first; the time runs from its death.
        if (end != WorkerEnd.Frozen) bound += pair.Load.Now - at;
        await pair.UntilServedAfterAsync(pair.Load.Now, Limit);
        var (takenOver, written) = (pair.Load.Now, pair.Ways[0].BytesToServer);
        await pair.GoOnAsync(Calm);
        if (end == WorkerEnd.Frozen)
        {
            await first.ThawAsync();
            // Long enough to find out that the connection is lost, and to come back.
            await pair.GoOnAsync(Silence);
        }

        await pair.EndAsync();
        var gap = pair.GapAround(at, takenOver);
        FailoverReport.Gap($"takeover, {kind}, {end}", gap, bound);
        gap.ShouldBeLessThanOrEqualTo(bound, pair.Story);
        pair.Ways[1].BytesToServer.ShouldBeGreaterThan(0, pair.Story);
        pair.Ways[0].BytesToServer.ShouldBe(written, "the one that had lost its place has written to Wizard");
        if (end == WorkerEnd.Planned) pair.Load.Refusals.ShouldBeEmpty(pair.Story);
    }

    [Fact]
    public async Task With_the_old_formula_both_workers_get_work()
    {
        // One caller: with this formula, calls on one line at the same time disturb each other, as ever.
        await using var pair = await WorkerPair.StartAsync(broker.Address, QueueKind.DurableClassic, LineAllocation.Modulo, callers: 1);
        await pair.GoOnAsync(Calm);
        await pair.EndAsync();
        pair.Load.Refusals.ShouldBeEmpty(pair.Story);
        foreach (var way in pair.Ways) way.BytesToServer.ShouldBeGreaterThan(0);
    }

    /// <returns>Within which time the other one has to serve.</returns>
    private static async Task<TimeSpan> EndAsync(Delivery.WorkerProcess worker, WorkerEnd end)
    {
        switch (end)
        {
            case WorkerEnd.Planned:
                await worker.StopAsync();
                return Takeover;
            case WorkerEnd.Killed:
                await worker.KillAsync();
                return Takeover;
            default:
                await worker.FreezeAsync();
                return Silence + Takeover;
        }
    }
}
