using Ppv.Rpc.Clocks;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Tests.Server;

/// <summary>Until when a leadership is taken to stand.</summary>
public class QueueLeadershipTests
{
    private readonly TwoClocks _clock = new();
    private readonly List<string> _told = [];
    private readonly TaskCompletionSource<string> _connectionLost = new();
    private readonly QueueLeadership _leadership;

    public QueueLeadershipTests() =>
        _leadership = new QueueLeadership(
            "queue test", _connectionLost.Task, TimeSpan.FromSeconds(5), isByService: false, _told.Add, _clock)
        {
            Since = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        };

    [Fact]
    public void It_stands_for_as_long_as_its_last_proof_is_young_enough_and_once_lost_stays_lost()
    {
        _clock.Pass(5);
        _leadership.LostReason.ShouldBeNull();
        _clock.Pass(0.1);
        _leadership.LostReason.ShouldBe(
            "The leadership of queue test, held since 03:04:05 UTC, has not been proved for 5.1 s, "
                + "longer than the heartbeat of 5 s that was agreed on with the broker allows; another server may lead by now.");
        _leadership.Prove(_clock.GetTimestamp());
        _leadership.LostReason!.ShouldContain("5.1 s");
        _told.ShouldHaveSingleItem();
    }

    [Fact]
    public void It_goes_with_its_connection_before_anybody_is_told_of_that()
    {
        _connectionLost.SetResult("the cable was cut");
        _leadership.LostReason!.ShouldContain("the cable was cut");
    }

    [Fact]
    public void A_proof_counts_from_when_it_was_asked_for()
    {
        _clock.Pass(1);
        var asked = _clock.GetTimestamp();
        _clock.Pass(3);
        _leadership.Prove(asked);
        _clock.Pass(2);
        _leadership.LostReason.ShouldBeNull();
        _clock.Pass(0.1);
        _leadership.LostReason.ShouldNotBeNull();
    }

    [Fact]
    public void A_proof_that_comes_after_a_younger_one_makes_nothing_older()
    {
        var asked = _clock.GetTimestamp();
        _clock.Pass(2);
        _leadership.Prove(_clock.GetTimestamp());
        _leadership.Prove(asked);
        _clock.Pass(5);
        _leadership.LostReason.ShouldBeNull();
    }

    [Fact]
    public void A_proof_counts_from_when_it_was_asked_for_by_the_clock_of_the_day_too()
    {
        var asked = _clock.GetTimestamp();
        _clock.Pass(3);
        _leadership.Prove(asked + 1);
        _clock.Suspend(3);
        _leadership.LostReason.ShouldNotBeNull();
    }

    [Fact]
    public void A_clock_that_was_set_back_lengthens_nothing()
    {
        _clock.Suspend(-60);
        _clock.Pass(0.1);
        _leadership.Prove(_clock.GetTimestamp());
        _clock.Suspend(6);
        _leadership.LostReason.ShouldNotBeNull();
    }

    [Fact]
    public void Where_only_being_served_is_a_proof_the_connection_proves_nothing_until_it_is_released()
    {
        var leadership = ByService();
        _clock.Pass(60); // Standing by.
        leadership.Begin(ClockReading.Now(_clock));
        _clock.Pass(3);
        leadership.Prove(_clock.GetTimestamp());
        leadership.ProveServed(ClockReading.Now(_clock));
        _clock.Pass(3);
        leadership.Prove(_clock.GetTimestamp());
        leadership.LostReason.ShouldBeNull();

        leadership.Release(ClockReading.Now(_clock), TimeSpan.FromSeconds(10));
        leadership.Prove(_clock.GetTimestamp());
        _clock.Pass(4);
        leadership.LostReason.ShouldBeNull();
        _clock.Pass(1.1);

        leadership.LostReason!.ShouldContain("not been proved");
    }

    [Fact]
    public void A_service_that_comes_too_late_proves_nothing_though_nobody_has_looked_meanwhile()
    {
        var leadership = ByService();
        _clock.Pass(5.1);
        leadership.ProveServed(ClockReading.Now(_clock));
        leadership.LostReason!.ShouldContain("5.1 s");
        _told.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_service_counts_from_when_it_was_asked_for_by_both_clocks()
    {
        var leadership = ByService();
        var asked = ClockReading.Now(_clock);
        _clock.Suspend(4);
        leadership.ProveServed(asked);
        _clock.Pass(1.1);
        leadership.LostReason.ShouldNotBeNull();
    }

    [Fact]
    public void A_released_one_ends_by_itself_however_well_it_is_proved()
    {
        _leadership.Release(ClockReading.Now(_clock), TimeSpan.FromSeconds(10));
        for (var second = 0; second < 10; second++)
        {
            _clock.Pass(1);
            _leadership.Prove(_clock.GetTimestamp());
            _leadership.LostReason.ShouldBeNull();
        }

        _clock.Suspend(0.1); // As when the process was frozen at its end.
        _leadership.LostReason!.ShouldContain("Ppv:Rpc:DrainTimeout");
    }

    private QueueLeadership ByService() =>
        new("queue test", _connectionLost.Task, TimeSpan.FromSeconds(5), isByService: true, _told.Add, _clock);

    [Fact]
    public void It_says_who_leads_what() => _leadership.Holder.ShouldBe("this server, leader of queue test");

    [Fact]
    public void A_suspended_machine_finds_its_leadership_lost_though_its_monotonic_clock_stood_still()
    {
        _clock.Suspend(6);
        _leadership.LostReason.ShouldNotBeNull();
    }

    [Fact]
    public void A_proof_that_was_asked_for_before_the_machine_was_suspended_proves_nothing_after_it()
    {
        var asked = _clock.GetTimestamp();
        _clock.Pass(0.1);
        _clock.Suspend(6);
        _leadership.Prove(asked + 1);
        _leadership.LostReason.ShouldNotBeNull();
    }

    [Fact]
    public void A_clock_that_is_set_costs_a_leadership_only_while_nobody_knows_better()
    {
        _clock.Suspend(4);
        _leadership.Prove(_clock.GetTimestamp());
        _leadership.Prove(_clock.GetTimestamp());
        _clock.Pass(0.1);
        _leadership.Prove(_clock.GetTimestamp());
        _clock.Suspend(-60);
        _clock.Pass(4);
        _leadership.LostReason.ShouldBeNull();
        _clock.Pass(2);
        _leadership.LostReason.ShouldNotBeNull();
    }

    [Fact]
    public void A_loss_keeps_its_first_reason_and_the_time_of_the_last_proof()
    {
        _leadership.Lose("the cable was cut");
        _leadership.Lose("we closed it");
        _leadership.LostReason.ShouldBe("the cable was cut");
        _clock.Pass(0.9);
        _leadership.WasProvedWithin(TimeSpan.FromSeconds(1)).ShouldBeTrue();
        _clock.Pass(0.1);
        _leadership.WasProvedWithin(TimeSpan.FromSeconds(1)).ShouldBeFalse();
        _told.ShouldBeEmpty();
    }
}
