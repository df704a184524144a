using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Samples.Cli.Routes;

namespace Ppv.Samples.Cli.Bench;

/// <summary>
/// Places calls as the plan says. With a rate each call starts when it is to, however the others are doing; else each caller starts the
/// next one when the last is over. An order that fails ends its call, and nothing else.
/// </summary>
internal sealed class BenchRun(IRoute route, RouteLines lines, BenchPlan plan, BenchRecorder recorder, TimeProvider time) : IDisposable
{
    /// <summary>How many calls may be under way; then a rate is not kept, and that is said.</summary>
    public const int MaxUnderWay = 2_000;

    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60), DrainLimitAfterStop = TimeSpan.FromSeconds(5);

    // A clock's tick: who waits for less than this is not woken in time.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    // A caller that nobody answers would ask thousands of times a second.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly CallSource _calls = new(lines, plan.MaxLines, time);
    private readonly CancellationTokenSource _abandon = new();
    private long _next;

    /// <summary>Goes on until the plan is fulfilled and the last answer is there, or given up.</summary>
    /// <param name="stop">No call starts any more; those under way have a few seconds left.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        var running = plan.Rate is { } rate ? OpenAsync(new Pacing(rate, plan.Ramp), stop) : ClosedAsync(stop);
        await using var limit = stop.Register(() => _ = AbandonAfterAsync(DrainLimitAfterStop));
        await running;
        await _abandon.CancelAsync(); // Ends what still waits to abandon.
    }

    public void Dispose() => _abandon.Dispose();

    private async Task OpenAsync(Pacing pacing, CancellationToken stop)
    {
        using var slots = new SemaphoreSlim(MaxUnderWay);
        for (var n = 0L; n < (plan.Count ?? long.MaxValue) && !stop.IsCancellationRequested; n++)
        {
            var intended = pacing.StartOf(n);
            if (intended >= plan.Duration || !await WaitUntilAsync(intended, stop) || !await TryEnterAsync(slots, stop)) break;
            _ = Task.Run(
                async () =>
                {
                    try
                    {
                        await CallAsync(Earlier(intended, recorder.Elapsed));
                    }
                    finally
                    {
                        slots.Release();
                    }
                },
                CancellationToken.None);
        }

        recorder.EndLoad();
        _ = stop.IsCancellationRequested ? Task.CompletedTask : AbandonAfterAsync(DrainLimit);
        for (var slot = 0; slot < MaxUnderWay; slot++) await slots.WaitAsync(CancellationToken.None); // Each call ends, or is abandoned.
    }

    private async Task ClosedAsync(CancellationToken stop)
    {
        var callers = Task.WhenAll(Enumerable.Range(0, plan.Concurrency).Select(caller => Task.Run(() => CallerAsync(caller, stop))));
        var isOver = await WaitUntilAsync(plan.Duration, stop, callers);
        recorder.EndLoad();
        if (isOver) _ = AbandonAfterAsync(DrainLimit);
        await callers;
    }

    private async Task CallerAsync(int caller, CancellationToken stop)
    {
        if (!await WaitUntilAsync(plan.Ramp * caller / plan.Concurrency, stop)) return;
        while (!stop.IsCancellationRequested && recorder.Elapsed < plan.Duration
            && Interlocked.Increment(ref _next) <= (plan.Count ?? long.MaxValue))
        {
            if (!await CallAsync(recorder.Elapsed)) await WaitUntilAsync(recorder.Elapsed + PauseAfterFailure, stop);
        }
    }

    /// <returns>Whether somebody answered.</returns>
    private async Task<bool> CallAsync(TimeSpan intended)
    {
        recorder.Begin(intended);
        BenchCall? call = null;
        var (start, end) = (recorder.Elapsed, BenchLineEnd.Free);
        try
        {
            var due = start;
            call = await _calls.TakeAsync(_abandon.Token);
            start = recorder.Elapsed;
            recorder.HasLine(call.HasWaited ? start - due : TimeSpan.Zero); // A slow computer is no want of lines.
            var (isOk, isAnswered) = (true, true);
            foreach (var kind in plan.Steps)
            {
                var sent = recorder.Elapsed;
                end = BenchLineEnd.Rests;
                var answer = await route.SendAsync(call.Order(kind), _abandon.Token);
                recorder.Order(kind, recorder.Elapsed - sent, answer);
                end = EndAfter(kind, answer);
                (isOk, isAnswered) = (answer.IsOk, answer.Failure is null);
                if (!isOk) break;
            }

            recorder.End(intended, start, isOk);
            return isAnswered;
        }
        catch (OperationCanceledException)
        {
            recorder.Abandon(intended, start);
            return false;
        }
        finally
        {
            if (call is not null) _calls.Return(call, end);
        }
    }

    private static BenchLineEnd EndAfter(PpvCommandKind kind, RouteAnswer answer)
    {
        var isKnown = answer.IsOk || answer.SendTime is null
            || answer.Outcome is nameof(RpcOutcome.Completed) or nameof(RpcOutcome.NotExecuted);
        if (!isKnown) return BenchLineEnd.Rests;
        return kind == PpvCommandKind.Confirm ? BenchLineEnd.Free : BenchLineEnd.Held;
    }

    /// <returns>Whether that time has come, not the stop.</returns>
    private async Task<bool> WaitUntilAsync(TimeSpan when, CancellationToken stop, Task? orUntil = null)
    {
        try
        {
            while (when - recorder.Elapsed is var wait && wait >= ShortestWait)
            {
                var waiting = Task.Delay(wait, time, stop);
                if (orUntil is null) await waiting;
                else if (await Task.WhenAny(waiting, orUntil) is var first && first == orUntil) return false;
                else await first;
            }

            return !stop.IsCancellationRequested;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task AbandonAfterAsync(TimeSpan limit)
    {
        try
        {
            await Task.Delay(limit, time, _abandon.Token);
            await _abandon.CancelAsync();
        }
        catch (Exception problem) when (problem is OperationCanceledException or ObjectDisposedException)
        {
            // All are over already.
        }
    }

    private static async Task<bool> TryEnterAsync(SemaphoreSlim slots, CancellationToken stop)
    {
        try
        {
            await slots.WaitAsync(stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
