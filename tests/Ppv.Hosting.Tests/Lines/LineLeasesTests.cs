using Microsoft.Extensions.Options;
using Ppv.Protocol;
using static Ppv.Protocol.PpvCommandKind;

namespace Ppv.Hosting.Tests;

/// <summary>Waiting for a line: deadlines, cancellation, and the moments at which something becomes free by itself.</summary>
public sealed class LineLeasesTests : IDisposable
{
    private static readonly TimeSpan Bound = Hang.Limit;
    private readonly TestClock _clock = new();
    private readonly LineLeases _lines;

    public LineLeasesTests() => _lines = new LineLeases(Options.Create(new PpvServerOptions { Server = { LastLine = 1 } }), _clock);

    public void Dispose() => _lines.Dispose();

    [Fact]
    public async Task A_free_line_is_given_at_once_and_the_next_call_gets_it_after_the_confirm()
    {
        await PrepareAsync("2");
        using var confirm = await GrantedAsync("2", Confirm);
        var next = AcquireAsync("3", Event);
        next.IsCompleted.ShouldBeFalse();
        confirm.Answered("OK")!.State.ShouldBe(LeaseState.Answered);
        (await next.WaitAsync(Bound)).Decision.Verdict.ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public async Task After_the_deadline_there_is_no_line()
    {
        using var late = await AcquireAsync("2", Event, seconds: 0);
        late.Decision.Verdict.ShouldBe(LineVerdict.TooLate);
        using var holder = await GrantedAsync("2", Event);
        var waiting = AcquireAsync("3", Event, seconds: 5);
        _clock.Advance(TimeSpan.FromSeconds(5));
        (await waiting.WaitAsync(Bound)).Decision.Verdict.ShouldBe(LineVerdict.TooLate);
        _lines.Counts.ShouldBe(new LeaseCounts(1, 1, 0, 0));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(0)]
    public async Task Who_takes_away_what_a_call_asked_for_hears_of_it_with_his_place(int seconds)
    {
        using var running = await GrantedAsync("2", Event);
        TakesAway("2", Event, seconds).ShouldBeTrue(); // It may be answered OK by then.
        TakesAway("2", Subscriber, seconds).ShouldBeFalse();
        TakesAway("2", Confirm, seconds).ShouldBeFalse();
        TakesAway("3", Event, seconds).ShouldBeFalse();
    }

    [Fact]
    public async Task A_deadline_beyond_every_timer_is_no_trouble()
    {
        var holder = await GrantedAsync("2", Event);
        var waiting = _lines.AcquireAsync(TestOrders.Of("2", Subscriber), DateTimeOffset.MaxValue, CancellationToken.None).AsTask();
        holder.Answered("OK");
        (await waiting.WaitAsync(Bound)).Decision.Verdict.ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public async Task A_cancelled_wait_throws_and_leaves_the_queue()
    {
        using var stop = new CancellationTokenSource();
        using var holder = await GrantedAsync("2", Event);
        var waiting = AcquireAsync("3", Event, stop: stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting.WaitAsync(Bound));
        await Should.ThrowAsync<OperationCanceledException>(AcquireAsync("3", Event, stop: stop.Token));
        _lines.Counts.ShouldBe(new LeaseCounts(1, 1, 0, 0));
    }

    [Fact]
    public async Task An_idle_lease_is_reclaimed_for_one_who_waits_without_anything_else_happening()
    {
        await PrepareAsync("2");
        var waiting = AcquireAsync("3", Event, seconds: 60);
        _clock.Advance(TimeSpan.FromSeconds(29.9));
        waiting.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        (await waiting.WaitAsync(Bound)).Decision.Verdict.ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public async Task A_turn_whose_end_nobody_reports_counts_as_sent_and_its_line_comes_back_by_itself()
    {
        (await GrantedAsync("2", Event)).Dispose();
        _lines.Counts.ShouldBe(new LeaseCounts(0, 0, 1, 0));
        var waiting = AcquireAsync("3", Event, seconds: 90);
        _clock.Advance(TimeSpan.FromSeconds(59.9));
        waiting.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        (await waiting.WaitAsync(Bound)).Decision.Verdict.ShouldBe(LineVerdict.Granted);
    }

    [Fact]
    public async Task An_end_is_reported_once()
    {
        var turn = await GrantedAsync("2", Event);
        turn.NotSent();
        Should.Throw<InvalidOperationException>(() => turn.Answered("OK"));
        turn.Dispose();
        _lines.Counts.Resting.ShouldBe(0);
        using var refused = await AcquireAsync("2", Confirm);
        Should.Throw<InvalidOperationException>(refused.MaybeSent);
    }

    [Fact]
    public async Task Sessions_come_back_after_a_restart()
    {
        var lease = await PrepareAsync("2");
        using var restarted = new LineLeases(Options.Create(new PpvServerOptions()), _clock);
        restarted.Restore([lease], lease.LastActivity);
        using var confirm = await restarted.AcquireAsync(
            TestOrders.Of("2", Confirm), _clock.GetUtcNow() + Bound, CancellationToken.None);
        confirm.Decision.Line.ShouldBe(new LineNumber(1));
    }

    [Fact]
    public async Task With_the_old_formula_calls_share_a_line_and_confirms_are_not_checked()
    {
        var options = new PpvServerOptions { Server = { LastLine = 1 } };
        var lines = new ModuloLines(new LineScheduler(_clock), Options.Create(options));
        var first = await AcquireAsync(lines, "2", Event);
        var second = AcquireAsync(lines, "3", Confirm);
        second.IsCompleted.ShouldBeFalse();
        first.MaybeSent().ShouldBeNull();
        (await second.WaitAsync(Bound)).Decision.ShouldBe(new LineDecision(LineVerdict.Granted, new LineNumber(1)));
        (await AcquireAsync(lines, null, Event)).Decision.Verdict.ShouldBe(LineVerdict.NoLine);
        var late = AcquireAsync(lines, "4", Event);
        _clock.Advance(Bound);
        (await late.WaitAsync(Bound)).Decision.Verdict.ShouldBe(LineVerdict.TooLate);
    }

    private bool TakesAway(string call, PpvCommandKind kind, int seconds)
    {
        var isTold = false;
        _ = _lines.AcquireAsync(
            TestOrders.Of(call, kind), _clock.GetUtcNow().AddSeconds(seconds), CancellationToken.None, () => isTold = true).AsTask();
        return isTold;
    }

    private async Task<Lease> PrepareAsync(string call)
    {
        (await GrantedAsync(call, Event)).Answered("OK");
        return (await GrantedAsync(call, Subscriber)).Answered("OK")!;
    }

    private async Task<LineAccess> GrantedAsync(string call, PpvCommandKind command)
    {
        var turn = await AcquireAsync(call, command).WaitAsync(Bound);
        turn.Decision.Verdict.ShouldBe(LineVerdict.Granted);
        return turn;
    }

    private Task<LineAccess> AcquireAsync(string call, PpvCommandKind command, double seconds = 10, CancellationToken stop = default) =>
        _lines.AcquireAsync(TestOrders.Of(call, command), _clock.GetUtcNow() + TimeSpan.FromSeconds(seconds), stop).AsTask();

    private Task<LineAccess> AcquireAsync(ModuloLines lines, string? call, PpvCommandKind command) =>
        lines.AcquireAsync(
            TestOrders.Of(call, command), _clock.GetUtcNow() + Bound, CancellationToken.None).AsTask();
}
