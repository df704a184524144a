using Ppv.Protocol;
using Ppv.Samples.Cli.Bench;
using Ppv.Samples.Cli.Routes;

namespace Ppv.Cli.Tests;

public sealed class BenchRunTests
{
    private static readonly TimeSpan Bound = Hang.Limit;
    private static readonly PpvCommandKind[] WholeCall = [PpvCommandKind.Event, PpvCommandKind.Subscriber, PpvCommandKind.Confirm];
    private readonly WatchedClock _clock = new();

    /// <summary>
    /// For a second nothing can start: the hundred calls that were due in it have waited for 0.01 s to 1 s, though each was answered at
    /// once.
    /// </summary>
    [Fact]
    public async Task What_a_stall_held_up_counts_from_when_it_was_due()
    {
        var route = new FakeRoute();
        var run = Start(route, new BenchPlan { Rate = 100, Duration = TimeSpan.FromSeconds(1), Steps = WholeCall }, out var result);
        await _clock.TimerSet.WaitAsync(Bound); // The second call is waited for,
        using var limit = new CancellationTokenSource(Bound);
        while (result().Ended == 0) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, limit.Token); // the first is over.
        _clock.Advance(TimeSpan.FromSeconds(1));
        await run.WaitAsync(Bound);

        var measured = result();
        (measured.Ended, measured.Orders).ShouldBe((100, 300));
        measured.Latency.Max!.Value.ShouldBe(990, 3);
        measured.Latency.At(50)!.Value.ShouldBe(500, 20);
        measured.ActualLatency.Max.ShouldBe(0);
        measured.KeptRate.ShouldBeFalse();
    }

    /// <summary>The time until a call runs on is no wait for a line when one was free.</summary>
    [Fact]
    public async Task Only_a_call_that_found_no_free_line_has_waited_for_one()
    {
        var calls = new CallSource(RouteLines.Leased(count: 1), most: 1, _clock);
        var first = await calls.TakeAsync(TestContext.Current.CancellationToken);
        var second = calls.TakeAsync(TestContext.Current.CancellationToken).AsTask();
        calls.Return(first, BenchLineEnd.Free);

        first.HasWaited.ShouldBeFalse();
        (await second.WaitAsync(Bound)).HasWaited.ShouldBeTrue();
    }

    [Fact]
    public async Task No_two_calls_have_an_id_an_event_or_a_subscriber_in_common_and_each_goes_in_order()
    {
        var route = new FakeRoute();
        var run = Start(route, new BenchPlan { Concurrency = 4, Count = 200, Duration = TimeSpan.FromHours(1), Steps = WholeCall }, out _);
        await run.WaitAsync(Bound);

        var calls = route.Orders.GroupBy(order => order.ConnectionId!).ToList();
        calls.Count.ShouldBe(200);
        calls.ShouldAllBe(call => call.Select(order => order.Command.Kind).SequenceEqual(WholeCall));
        foreach (var kind in new[] { PpvCommandKind.Event, PpvCommandKind.Subscriber })
            route.Orders.Where(order => order.Command.Kind == kind).Select(order => order.Command.Value).Distinct().Count().ShouldBe(200);
    }

    [Fact]
    public async Task An_order_that_fails_ends_its_call_and_nothing_else()
    {
        var n = 0;
        var route = new FakeRoute((order, _) => Task.FromResult<string?>(
            order.Command.Kind == PpvCommandKind.Subscriber && Interlocked.Increment(ref n) % 2 == 0 ? "ER001" : "OK"));
        var run = Start(route, new BenchPlan { Count = 10, Duration = TimeSpan.FromHours(1), Steps = WholeCall }, out var result);
        await run.WaitAsync(Bound);

        var measured = result();
        (measured.Ended, measured.Failed, measured.Orders).ShouldBe((10, 5, 25));
        measured.Codes.ShouldBe(new Dictionary<string, long> { ["ER001"] = 5, ["OK"] = 20 });
        measured.ErrorPercent.ShouldBe(50);
    }

    [Fact]
    public async Task So_many_callers_are_under_way_and_no_more()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = 0;
        var route = new FakeRoute(async (_, _) =>
        {
            if (Interlocked.Increment(ref begun) == 7) all.SetResult();
            await release.Task;
            return "OK";
        });
        var run = Start(
            route, new BenchPlan { Concurrency = 7, Count = 70, Duration = TimeSpan.FromHours(1), Steps = WholeCall }, out var result);
        await all.Task.WaitAsync(Bound);
        release.SetResult();
        await run.WaitAsync(Bound);

        route.MostUnderWay.ShouldBe(7);
        result().Ended.ShouldBe(70);
    }

    /// <summary>With the old formula the id is the line; two calls on it would buy each other's event.</summary>
    [Fact]
    public async Task Where_the_id_chooses_the_line_no_two_calls_at_once_are_on_one()
    {
        var lines = new LineRange(4, 6);
        var busy = new HashSet<LineNumber>();
        var collisions = 0;
        var route = new FakeRoute(
            async (order, _) =>
            {
                var line = LineFormula.LineOf(order.ConnectionId!, lines);
                lock (busy)
                {
                    if (order.Command.Kind == PpvCommandKind.Event && !busy.Add(line)) collisions++;
                }

                await Task.Yield();
                lock (busy)
                {
                    if (order.Command.Kind == PpvCommandKind.Confirm) busy.Remove(line);
                }

                return "OK";
            },
            lines.Count);
        var run = Start(
            route, new BenchPlan { Concurrency = 20, Count = 300, Duration = TimeSpan.FromHours(1), Steps = WholeCall }, out var result);
        await run.WaitAsync(Bound);

        (result().Ended, collisions).ShouldBe((300, 0));
        route.Orders.Select(order => LineFormula.LineOf(order.ConnectionId!, lines).Value).Distinct().Order().ShouldBe([4, 5, 6]);
        route.MostUnderWay.ShouldBeLessThanOrEqualTo(3);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(10.0)]
    public async Task Stopped_it_waits_a_few_seconds_for_what_is_under_way_and_gives_it_up(double? rate)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var route = new FakeRoute(async (_, end) =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
            return null;
        });
        using var stop = new CancellationTokenSource();
        var plan = new BenchPlan { Rate = rate, Duration = TimeSpan.FromHours(1), Steps = WholeCall };
        var run = Start(route, plan, out var result, stop.Token);
        await reached.Task.WaitAsync(Bound);
        await stop.CancelAsync();
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        run.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        await run.WaitAsync(Bound);

        var measured = result();
        (measured.Ended, measured.UnderWay).ShouldBe((0, 0));
        measured.Abandoned.ShouldBe(measured.Started);
        measured.Abandoned.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_was_given_up_is_an_error_as_late_as_it_is_old_and_the_rate_is_the_loads_own()
    {
        var calls = 0;
        var route = new FakeRoute(async (_, end) =>
        {
            // Every second one is never answered.
            if (Interlocked.Increment(ref calls) % 2 == 0) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
            return ResultCodes.Ok;
        });
        var plan = new BenchPlan { Rate = 10, Duration = TimeSpan.FromSeconds(10), Steps = [PpvCommandKind.Event] };
        var run = Start(route, plan, out var result);
        await PassUntilOverAsync(run, TimeSpan.FromMilliseconds(100));

        var measured = result();
        (measured.Started, measured.Ended, measured.Abandoned, measured.Failed).ShouldBe((100, 50, 50, 50));
        measured.ErrorPercent.ShouldBe(50);
        measured.Latency.Max.ShouldNotBeNull().ShouldBeGreaterThan(60_000);
        measured.CallsPerSecond.ShouldBeInRange(4.5, 5.5);
    }

    [Fact]
    public async Task After_its_time_it_waits_a_minute_for_the_last_answers()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var route = new FakeRoute(async (_, end) =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
            return null;
        });
        var run = Start(route, new BenchPlan { Duration = TimeSpan.FromSeconds(1), Steps = WholeCall }, out var result);
        await reached.Task.WaitAsync(Bound);
        using var bound = new CancellationTokenSource(Bound);
        while (!run.IsCompleted && !bound.IsCancellationRequested)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await run.WaitAsync(Bound);
        result().Abandoned.ShouldBe(1);
        result().Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(61));
    }

    /// <summary>A call that does not confirm holds its line long after its end: a later one must have the same.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Calls_have_no_more_lines_than_they_may(bool buys)
    {
        var route = new FakeRoute();
        var steps = buys ? WholeCall : [PpvCommandKind.Event, PpvCommandKind.Subscriber];
        var plan = new BenchPlan { Concurrency = 20, Count = 300, Duration = TimeSpan.FromHours(1), Steps = steps, MaxLines = 3 };
        await Start(route, plan, out var result).WaitAsync(Bound);

        result().Ended.ShouldBe(300);
        route.MostUnderWay.ShouldBeLessThanOrEqualTo(3);
        route.Orders.Select(order => order.ConnectionId).Distinct().Count().ShouldBe(buys ? 300 : 3);
    }

    /// <summary>The worker gives that line to nobody meanwhile: another call would take one more from callers.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(3)]
    public async Task Where_an_order_was_not_answered_the_line_rests_before_the_next_call_has_it(int? chosen)
    {
        var calls = 0;
        var route = new FakeRoute((_, _) => Task.FromResult(Interlocked.Increment(ref calls) == 1 ? null : ResultCodes.Ok), chosen);
        var plan = new BenchPlan { Count = 2, Duration = TimeSpan.FromHours(1), Steps = [PpvCommandKind.Event], MaxLines = 1 };
        var run = Start(route, plan, out var result);
        await PassUntilOverAsync(run, TimeSpan.FromSeconds(1));

        result().Ended.ShouldBe(2);
        result().Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(1));
        route.Orders.Select(order => order.ConnectionId).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Where_the_id_chooses_the_line_the_others_are_left_to_callers()
    {
        var route = new FakeRoute((_, _) => Task.FromResult<string?>("OK"), lines: 29);
        var plan = new BenchPlan { Concurrency = 20, Count = 100, Duration = TimeSpan.FromHours(1), Steps = WholeCall, MaxLines = 4 };
        await Start(route, plan, out _).WaitAsync(Bound);
        route.Orders.Select(order => LineFormula.LineOf(order.ConnectionId!, new LineRange(1, 29)).Value).Distinct().Order()
            .ShouldBe([26, 27, 28, 29]);
    }

    [Fact]
    public void Each_second_has_what_ended_in_it_and_one_without_calls_is_there_too()
    {
        var recorder = new BenchRecorder(_clock, isOpen: false);
        recorder.Begin(recorder.Elapsed);
        _clock.Advance(TimeSpan.FromSeconds(2.5));
        recorder.End(TimeSpan.Zero, TimeSpan.Zero, isOk: true);
        var seconds = recorder.Result(new BenchPlan { Duration = Bound, Steps = WholeCall }, isInterrupted: false).Seconds;

        seconds.Select(second => (second.Second, second.Started, second.Ended)).ShouldBe([(0, 1L, 0L), (1, 0L, 0L), (2, 0L, 1L)]);
        seconds[1].P99.ShouldBeNull();
        seconds[2].P99!.Value.ShouldBe(2500, 3);
    }

    private async Task PassUntilOverAsync(Task run, TimeSpan step)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!run.IsCompleted)
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Bound);
            _clock.Advance(step);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    private Task Start(FakeRoute route, BenchPlan plan, out Func<BenchResult> result, CancellationToken stop = default)
    {
        var recorder = new BenchRecorder(_clock, plan.Rate is not null);
        result = () => recorder.Result(plan, isInterrupted: false);
        return RunAsync(new BenchRun(route, route.Lines, plan, recorder, _clock), stop);
    }

    private static async Task RunAsync(BenchRun run, CancellationToken stop)
    {
        using (run) await run.RunAsync(stop);
    }

    /// <summary>Says when somebody waits for it: a clock that moves before that moves for nobody.</summary>
    private sealed class WatchedClock : TestClock
    {
        private readonly TaskCompletionSource _timerSet = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task TimerSet => _timerSet.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _timerSet.TrySetResult();
            return timer;
        }
    }
}
