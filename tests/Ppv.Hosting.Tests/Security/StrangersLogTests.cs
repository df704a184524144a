using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Hosting.Tests;

/// <summary>Who sends too much does not fill the log with it, and what was left out is counted.</summary>
public sealed class StrangersLogTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly LogCollector _log = new();
    private readonly StrangersLog _strangers;

    public StrangersLogTests() => _strangers = new StrangersLog(PlainLogger.To(_log.CreateLogger("a")), _clock);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Ten_are_said_at_once_then_one_in_ten_seconds_with_the_count_of_those_before_it()
    {
        Cause(1, 1_000_000);
        _log.Entries.Select(entry => entry.Message).ShouldBe(Enumerable.Repeat("It is 1.", 10));

        _clock.Advance(TimeSpan.FromSeconds(9.9));
        Cause(1, 1);
        _log.Entries.Count.ShouldBe(10);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Cause(1, 3);
        _log.Entries.Skip(10).Select(entry => entry.Message).ShouldBe(["It is 1. Before it 999991 of this kind were left out."]);

        _clock.Advance(TimeSpan.FromHours(1));
        Cause(1, 12);
        _log.Entries.Count.ShouldBe(21);
        _log.Entries[11].Message.ShouldBe("It is 1. Before it 2 of this kind were left out.");
    }

    [Fact]
    public void One_kind_takes_nothing_from_another()
    {
        Cause(1, 100);
        Cause(2, 1);
        _log.Entries[^1].Message.ShouldBe("It is 2.");
    }

    [Theory]
    [InlineData(RpcOutcome.NotExecuted, 10)]
    [InlineData(RpcOutcome.Unknown, 1_000)]
    [InlineData(RpcOutcome.Completed, 1_000)]
    public void Of_what_became_of_an_order_more_is_told_unless_it_was_refused(RpcOutcome outcome, int lines)
    {
        Cause(1, 3_000, _strangers.For(outcome));
        _log.Entries.Select(entry => entry.Message).ShouldBe(Enumerable.Repeat("It is 1.", lines));
    }

    [Fact]
    public void Those_of_which_more_is_told_are_no_flood_either_and_take_nothing_from_the_others()
    {
        Cause(1, 1_007, _strangers.Many);
        Cause(1, 11);
        _log.Entries.Count.ShouldBe(1_010);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Cause(1, 2, _strangers.Many);
        _log.Entries.Skip(1_010).Select(entry => entry.Message).ShouldBe(["It is 1. Before it 7 of this kind were left out."]);
    }

    [Fact]
    public void So_many_keys_are_told_apart_and_the_rest_has_one_share_until_somebody_is_back()
    {
        var allowances = new Allowances<int>(2, TimeSpan.FromSeconds(1), _clock, max: 3);
        for (var key = 0; key < 3; key++) allowances.TryTake(key).ShouldBeTrue();
        allowances.TryTake(100).ShouldBeTrue();
        allowances.TryTake(101).ShouldBeTrue();
        allowances.IsLeft(102).ShouldBeFalse("those beyond share one");
        allowances.TryTake(102).ShouldBeFalse();
        allowances.TryTake(1).ShouldBeTrue("who is known has his own");
        allowances.TryTake(1).ShouldBeFalse();

        _clock.Advance(TimeSpan.FromSeconds(1));
        allowances.TryTake(103).ShouldBeTrue("two are forgotten, as they have used nothing now");
        allowances.TryTake(103).ShouldBeTrue();
        allowances.TryTake(104).ShouldBeTrue();
        allowances.TryTake(1).ShouldBeTrue("and he who has is not");
        allowances.TryTake(1).ShouldBeFalse();
    }

    private void Cause(int id, int times, StrangersLog? log = null)
    {
        for (var i = 0; i < times; i++)
            (log ?? _strangers).Log(LogLevel.Warning, new EventId(id), id, null, static (it, _) => $"It is {it}.");
    }
}
