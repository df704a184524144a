namespace Ppv.Rpc.Tests.Support;

/// <summary>What the tests of waits, deadlines and pauses stand on.</summary>
public class TestClockTests
{
    private readonly TestClock _clock = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void A_timer_fires_when_its_time_has_come_and_again_each_period()
    {
        using var timer = Timer("tick", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));

        foreach (var _ in Enumerable.Range(0, 8)) _clock.Advance(TimeSpan.FromSeconds(1));

        _fired.ShouldBe(["tick", "tick", "tick"]);
    }

    [Fact]
    public void A_timer_that_is_set_anew_forgets_what_it_was_set_to()
    {
        using var timer = Timer("tick", TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan).ShouldBeTrue();

        _clock.Advance(TimeSpan.FromSeconds(2));
        _fired.ShouldBeEmpty();
        _clock.Advance(TimeSpan.FromSeconds(1));
        _fired.ShouldBe(["tick"]);
    }

    [Fact]
    public void A_timer_that_is_set_by_whom_it_calls_keeps_that()
    {
        ITimer? timer = null;
        using var made = timer = _clock.CreateTimer(_ => Again(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        _fired.Count.ShouldBe(1);

        _clock.Advance(TimeSpan.FromSeconds(1));
        _fired.Count.ShouldBe(2);

        void Again()
        {
            _fired.Add("tick");
            timer!.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        }
    }

    [Fact]
    public void A_timer_that_was_ended_does_nothing_and_says_so()
    {
        var timer = Timer("tick", TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Dispose();
        timer.Dispose();

        timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan).ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(5));
        _fired.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_timer_that_is_ended_while_another_thread_sets_it_calls_nobody()
    {
        for (var round = 0; round < 2_000; round++)
        {
            var timer = Timer("tick", TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
            using var both = new Barrier(2);
            var setting = Task.Run(() =>
            {
                both.SignalAndWait(Hang.Limit).ShouldBeTrue();
                while (timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan))
                {
                    // Until it is ended.
                }
            });
            both.SignalAndWait(Hang.Limit).ShouldBeTrue();
            Thread.SpinWait(round % 200);
            timer.Dispose();
            await setting;
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        _fired.ShouldBeEmpty();
    }

    private ITimer Timer(string name, TimeSpan dueTime, TimeSpan period) =>
        _clock.CreateTimer(_ => _fired.Add(name), null, dueTime, period);
}
