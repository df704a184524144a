using Ppv.Rpc.Brokers;
using Ppv.Rpc.Clocks;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Tests.Server;

/// <summary>What a server makes of the times in a request, whatever the clock of its sender shows.</summary>
public class RequestTimesTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 3, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), Life = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(50 * 24)]
    [InlineData(24 * 365 * 56)] // A server whose clock begins in 1970.
    public void A_deadline_lies_no_further_ahead_than_anybody_waits(int hours)
    {
        var times = Read(Now.AddHours(hours), null);

        (times.Deadline - Now).ShouldBe(RpcRules.LongestReplyTimeout - TimeSpan.FromMilliseconds(500));
        times.SenderIsBehindBy.ShouldNotBeNull().ShouldBeLessThan(TimeSpan.Zero);
    }

    [Fact]
    public void The_last_moment_of_all_is_bounded_too() =>
        Read(DateTimeOffset.MaxValue, TimeSpan.FromDays(49)).Deadline.ShouldBeLessThanOrEqualTo(Now + RpcRules.LongestReplyTimeout);

    [Fact]
    public void Of_a_sender_that_is_ahead_no_more_time_is_left_than_its_message_had_to_live()
    {
        var times = Read(Now + Hour + Life, Life);

        times.Deadline.ShouldBe(Now.AddSeconds(29.5));
        times.SenderIsBehindBy.ShouldBe(-Hour);
        times.SentAt.ShouldBeNull("no span between the two clocks means anything");
        times.ClockTrouble.ShouldBeNull("it is late for nobody");
    }

    [Fact]
    public void Of_a_sender_that_is_behind_it_is_said_how_far()
    {
        var times = Read(Now - Hour + Life, Life);

        times.SenderIsBehindBy.ShouldBe(Hour);
        times.ClockTrouble.ShouldBe("By this worker's clock its caller's time was over, but the order can't have been on its way for so "
            + "long: the clocks of gateway and worker differ by about 60 min (the gateway's is behind); set them right.");
        times.SentAt.ShouldBeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)] // As long as it may live.
    [InlineData(35)] // And what timers take.
    [InlineData(-5)]
    public void What_may_have_been_on_its_way_for_so_long_says_nothing_of_the_clocks(int seconds)
    {
        var sent = Now.AddSeconds(-seconds);
        var times = Read(sent + Life, Life);

        times.SenderIsBehindBy.ShouldBeNull();
        times.SentAt.ShouldBe(sent);
    }

    [Fact]
    public void What_a_server_had_and_gave_back_may_be_of_any_age() =>
        Read(Now - Hour + Life, Life, redelivered: true).SenderIsBehindBy.ShouldBeNull();

    [Fact]
    public void The_queue_may_keep_it_for_a_shorter_time_than_it_may_live() =>
        Read(Now.AddSeconds(-20) + Life, Life, options: new RpcOptions { MessageTtl = TimeSpan.FromSeconds(5) })
            .SenderIsBehindBy.ShouldBe(TimeSpan.FromSeconds(20));

    [Fact]
    public void What_clocks_may_differ_by_is_no_trouble() =>
        Read(Now.AddSeconds(-40) + Life, Life, options: new RpcOptions { ClockSkew = TimeSpan.FromSeconds(10) })
            .SenderIsBehindBy.ShouldBeNull();

    [Fact]
    public void A_deadline_that_is_over_stays_over_whatever_happens_to_the_clock()
    {
        var clock = new SteppedClock(Now);
        var arrivedAt = ClockReading.Now(clock);
        var late = Read(DateTimeOffset.MinValue, null);
        var good = Read(Now + Life, Life);
        clock.Advance(TimeSpan.FromSeconds(20)); // Held back, in an alarm of the broker.
        clock.Step(-Hour);

        late.DeadlineNow(arrivedAt, clock).ShouldBe(DateTimeOffset.MinValue);
        (good.DeadlineNow(arrivedAt, clock) - clock.GetUtcNow()).ShouldBe(TimeSpan.FromSeconds(9.5));
        clock.Step(2 * Hour);
        good.DeadlineNow(arrivedAt, clock).ShouldBeLessThan(clock.GetUtcNow());
    }

    private static RequestTimes Read(
        DateTimeOffset deadline, TimeSpan? expiration, bool redelivered = false, RpcOptions? options = null) =>
        RequestTimes.Of(
            new BrokerMessage { Body = default, Deadline = deadline, Expiration = expiration }, redelivered, Now,
            options ?? new RpcOptions());
}
