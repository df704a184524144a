using CsCheck;
using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>One command at a time per line, all lines at once, in the order of arrival, never beyond the deadline.</summary>
public class LineSchedulerTests
{
    private static readonly LineNumber One = new(1);
    private static readonly LineNumber Two = new(2);
    private readonly TestClock _clock = new();
    private readonly LineScheduler _lines;

    public LineSchedulerTests() => _lines = new LineScheduler(_clock);

    private DateTimeOffset In(int seconds) => _clock.GetUtcNow() + TimeSpan.FromSeconds(seconds);

    [Fact]
    public async Task A_free_line_is_given_at_once_and_another_line_never_waits()
    {
        var first = _lines.AcquireAsync(One, In(30), CancellationToken.None);
        first.IsCompletedSuccessfully.ShouldBeTrue();
        var second = _lines.AcquireAsync(One, In(30), CancellationToken.None);
        second.IsCompleted.ShouldBeFalse();
        _lines.AcquireAsync(Two, In(30), CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
        (await first)!.Dispose();
        (await second.WaitAsync(Hang.Limit)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Who_waits_too_long_goes_without_and_does_not_hold_up_the_next()
    {
        var holder = await _lines.AcquireAsync(One, In(30), CancellationToken.None);
        var hasty = _lines.AcquireAsync(One, In(5), CancellationToken.None);
        var patient = _lines.AcquireAsync(One, In(20), CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(5));
        (await hasty.WaitAsync(Hang.Limit)).ShouldBeNull();
        holder!.Dispose();
        (await patient.WaitAsync(Hang.Limit)).ShouldNotBeNull();
    }

    [Fact]
    public async Task After_the_deadline_even_a_free_line_is_not_given()
    {
        (await _lines.AcquireAsync(One, _clock.GetUtcNow(), CancellationToken.None)).ShouldBeNull();
        _lines.BusyLines.ShouldBe(0);
    }

    [Fact]
    public async Task A_deadline_beyond_every_timer_is_no_trouble()
    {
        using var holder = await _lines.AcquireAsync(One, DateTimeOffset.MaxValue, CancellationToken.None);
        var next = _lines.AcquireAsync(One, DateTimeOffset.MaxValue, CancellationToken.None);
        next.IsFaulted.ShouldBeFalse();
        holder!.Dispose();
        (await next).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_cancelled_wait_throws_and_leaves_the_queue()
    {
        using var stop = new CancellationTokenSource();
        var holder = await _lines.AcquireAsync(One, In(30), CancellationToken.None);
        var waiting = _lines.AcquireAsync(One, In(30), stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        holder!.Dispose();
        _lines.BusyLines.ShouldBe(0);
    }

    [Fact]
    public async Task A_turn_ends_once_however_often_it_is_disposed_of()
    {
        var first = await _lines.AcquireAsync(One, In(30), CancellationToken.None);
        first!.Dispose();
        using var second = await _lines.AcquireAsync(One, In(30), CancellationToken.None);
        first.Dispose();
        _lines.AcquireAsync(One, In(30), CancellationToken.None).IsCompleted.ShouldBeFalse();
    }

    /// <summary>Any sequence of arrivals, departures and time: the scheduler does what the plain model of a queue per line does.</summary>
    [Fact]
    public void It_behaves_as_a_queue_per_line()
    {
        var step = Gen.Select(Gen.Int[0, 2], Gen.Int[1, 3], Gen.Int[1, 10]);
        step.List[1, 60].Sample(steps => Run(steps), iter: 2_000);
    }

    private static void Run(List<(int Kind, int Line, int Seconds)> steps)
    {
        var clock = new TestClock();
        var lines = new LineScheduler(clock);
        var queues = Enumerable.Range(1, 3).ToDictionary(line => line, _ => new List<(Task<IDisposable?> Turn, DateTimeOffset Deadline)>());
        foreach (var (kind, line, seconds) in steps)
        {
            var queue = queues[line];
            if (kind == 0)
            {
                var deadline = clock.GetUtcNow() + TimeSpan.FromSeconds(seconds);
                queue.Add((lines.AcquireAsync(new LineNumber(line), deadline, CancellationToken.None), deadline));
            }
            else if (kind == 1 && queue.Count > 0)
            {
                Settled(queue[0].Turn)!.Dispose();
                queue.RemoveAt(0);
            }
            else if (kind == 2)
            {
                clock.Advance(TimeSpan.FromSeconds(seconds));
                foreach (var each in queues.Values)
                {
                    // The head holds the line; whoever waits behind it past the deadline goes without.
                    foreach (var late in each.Skip(1).Where(waiter => waiter.Deadline <= clock.GetUtcNow()).ToList())
                    {
                        Settled(late.Turn).ShouldBeNull();
                        each.Remove(late);
                    }
                }
            }

            foreach (var each in queues.Values.Where(each => each.Count > 0))
            {
                Settled(each[0].Turn).ShouldNotBeNull();
                each.Skip(1).ShouldAllBe(waiter => !waiter.Turn.IsCompleted);
            }

            lines.BusyLines.ShouldBe(queues.Values.Count(each => each.Count > 0));
        }
    }

    private static IDisposable? Settled(Task<IDisposable?> turn)
    {
        turn.Wait(Hang.Limit).ShouldBeTrue();
        return turn.Result;
    }
}
