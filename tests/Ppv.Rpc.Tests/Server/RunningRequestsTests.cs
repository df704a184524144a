using Ppv.Rpc.Server;
using Ppv.Rpc.Tests.Support;
using Ppv.Tests;

namespace Ppv.Rpc.Tests.Server;

/// <summary>Who stops waits for what is under way.</summary>
public class RunningRequestsTests
{
    private readonly RunningRequests _running = new();
    private readonly TestClock _clock = new();

    [Fact]
    public async Task Who_waits_is_told_when_the_last_one_has_ended()
    {
        _running.Begin();
        _running.Begin();
        var waiting = _running.WaitAsync(TimeSpan.FromSeconds(1), _clock, default);
        _running.End();
        waiting.IsCompleted.ShouldBeFalse();
        _running.Count.ShouldBe(1);

        _running.End();

        (await waiting.Within()).ShouldBeTrue();
        _running.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Who_waits_a_second_time_waits_for_what_began_since()
    {
        _running.Begin();
        var first = _running.WhenNone();
        _running.End();
        await first.Within();
        _running.Begin();

        _running.WhenNone().IsCompleted.ShouldBeFalse();
        _running.End();
        _running.WhenNone().IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task The_waiting_ends_with_its_limit_and_with_its_token()
    {
        _running.Begin();
        using var gone = new CancellationTokenSource();
        var (limited, cancelled) = (
            _running.WaitAsync(TimeSpan.FromSeconds(1), _clock, default),
            _running.WaitAsync(TimeSpan.FromSeconds(9), _clock, gone.Token));

        _clock.Advance(TimeSpan.FromSeconds(1));
        await gone.CancelAsync();

        (await limited.Within()).ShouldBeFalse();
        (await cancelled.Within()).ShouldBeFalse();
        (await _running.WaitAsync(TimeSpan.FromSeconds(-1), _clock, default).Within()).ShouldBeFalse();
    }

    [Fact]
    public async Task Where_none_runs_nobody_waits() =>
        (await _running.WaitAsync(TimeSpan.Zero, _clock, default).Within()).ShouldBeTrue();
}
