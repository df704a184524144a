using Microsoft.Extensions.Options;
using Ppv.Protocol;
using static Ppv.Protocol.PpvCommandKind;

namespace Ppv.Hosting.Tests;

/// <summary>Leases and rests while the machine's clock is set, over a restart, and between two machines.</summary>
public sealed class LineClockTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly SteppedClock _clock = new(Entries.Noon);
    private readonly List<LineLeases> _made = [];
    private LineLeases _lines;

    public LineClockTests() => _lines = Make(_clock);

    public void Dispose()
    {
        foreach (var lines in _made) lines.Dispose();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task An_idle_lease_is_reclaimed_when_it_was_idle_for_so_long(int hours)
    {
        await RunAsync("2", Event);
        _clock.Step(hours * Hour);
        var waiting = AcquireAsync("3", Event);
        _clock.Advance(TimeSpan.FromSeconds(29.9));
        waiting.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        (await waiting.WaitAsync(Entries.Bound)).Decision.Verdict.ShouldBe(LineVerdict.Granted);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_rest_ends_when_its_time_is_over(int hours)
    {
        await RunAsync("2", Event, answer: null);
        _clock.Step(hours * Hour);
        var waiting = AcquireAsync("3", Event, seconds: 120);
        _clock.Advance(TimeSpan.FromSeconds(59.9));
        waiting.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        (await waiting.WaitAsync(Entries.Bound)).Decision.Verdict.ShouldBe(LineVerdict.Granted);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_wait_ends_at_its_deadline(int hours)
    {
        using var holder = await AcquireAsync("2", Event);
        var waiting = AcquireAsync("3", Event, seconds: 5);
        _clock.Step(hours * Hour);
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        waiting.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        (await waiting.WaitAsync(Entries.Bound)).Decision.Verdict.ShouldBe(LineVerdict.TooLate);
    }

    [Fact]
    public async Task Nobody_waits_for_a_line_for_longer_than_any_caller_does()
    {
        using var holder = await AcquireAsync("2", Event);
        var waiting = AcquireAsync("3", Event, seconds: 60 * 60 * 24 * 50);
        _clock.Advance(TimeSpan.FromMinutes(10));
        (await waiting.WaitAsync(Entries.Bound)).Decision.Verdict.ShouldBe(LineVerdict.TooLate);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Who_looks_at_the_lines_is_told_the_time_by_the_clock_as_it_is_now(int hours)
    {
        await RunAsync("2", Event, answer: null);
        _clock.Advance(TimeSpan.FromSeconds(10));
        _clock.Step(hours * Hour);
        _lines.Lines.Single().RestsUntil.ShouldBe(_clock.GetUtcNow().AddSeconds(50));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task And_since_when_a_call_has_its_line(int hours)
    {
        await RunAsync("2", Event);
        _clock.Advance(TimeSpan.FromSeconds(10));
        _clock.Step(hours * Hour);
        _lines.Lines.Single().Lease!.Began.ShouldBe(_clock.GetUtcNow().AddSeconds(-10));
    }

    [Fact]
    public async Task A_lease_of_the_future_is_not_believed_and_neither_is_one_that_came_before_it()
    {
        var older = (await RunAsync("2", Event)) with { Id = "older", Line = new LineNumber(2) };
        var future = older with { Id = "future", ConnectionId = ConnectionId.Parse("3"), Line = new LineNumber(3) };
        var later = older with { Id = "later", ConnectionId = ConnectionId.Parse("4"), Line = new LineNumber(1) };
        _clock.Step(-Hour);
        older = older with { LastActivity = _clock.GetUtcNow().AddSeconds(-1) }; // An hour ago it was so late, too.
        later = later with { LastActivity = _clock.GetUtcNow() };

        Restart(3).Restore([older, future, later], later.LastActivity).ShouldBeTrue();

        _lines.Lines.Select(line => line.Lease?.Id).ShouldBe(["later", null, null]);
    }

    [Fact]
    public async Task A_command_without_an_answer_rests_for_all_of_its_time_when_it_lies_in_the_future()
    {
        var lease = await RunAsync("2", Event, answer: null);
        _clock.Step(-Hour);
        Restart().RestoreRests([lease], lease.LastActivity);
        _clock.Advance(TimeSpan.FromSeconds(59.9));
        _lines.Counts.Resting.ShouldBe(1);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        _lines.Counts.Resting.ShouldBe(0);
    }

    [Fact]
    public async Task A_clock_that_is_set_ahead_while_the_worker_is_down_ends_no_rest()
    {
        var lease = await RunAsync("2", Event, answer: null);
        _clock.Step(Hour);
        Restart().RestoreRests([lease], lease.LastActivity);
        _lines.Counts.Resting.ShouldBe(1);

        Restart();
        _clock.Advance(TimeSpan.FromMinutes(1)); // It stood by for so long.
        _lines.RestoreRests([lease], lease.LastActivity);
        _lines.Counts.Resting.ShouldBe(0);
    }

    /// <summary>Its process is gone since before this one began, which may have stood by for long.</summary>
    [Fact]
    public async Task A_command_that_was_cut_off_rests_from_when_this_process_began()
    {
        var lease = await RunAsync("2", Event, answer: null) with { IsCutOff = true };
        _clock.Advance(TimeSpan.FromHours(1));
        Restart();
        _clock.Advance(TimeSpan.FromSeconds(59));
        _lines.RestoreRests([lease], lease.LastActivity);
        _lines.Counts.Resting.ShouldBe(1);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _lines.Counts.Resting.ShouldBe(0);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)] // Another worker may have begun something until just now.
    public void When_nothing_is_known_all_lines_rest_from_when_nobody_else_can_have_used_them(bool sinceStart, int resting)
    {
        Restart();
        _clock.Advance(TimeSpan.FromMinutes(1));
        _lines.RestAll(sinceStart);
        _lines.Counts.Resting.ShouldBe(resting);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Between_machines_whose_clocks_differ_nothing_is_forgotten_and_nothing_kept_for_longer(int hours)
    {
        await RunAsync("2", Event, lines: Restart(4));
        await RunAsync("3", Event, answer: null);
        await RunAsync("4", Event);
        await RunAsync("4", Subscriber);
        await RunAsync("4", Confirm, answer: "ER7");
        _clock.Advance(TimeSpan.FromSeconds(20));
        var record = LeaseSnapshotJson.ToBytes(_lines.Export());

        var other = new SteppedClock(_clock.GetUtcNow() + (hours * Hour));
        var next = Make(other, 4);
        next.Import(LeaseSnapshotJson.Read(record));

        next.Counts.ShouldBe(new LeaseCounts(0, 1, 1, 0));
        next.Lines.Single(line => line.RestsUntil is not null).RestsUntil.ShouldBe(other.GetUtcNow().AddSeconds(40));
        next.Lines.Single(line => line.Lease is not null).Lease!.LastActivity.ShouldBe(other.GetUtcNow().AddSeconds(-20));
        var repeat = await next.AcquireAsync(
            TestOrders.Of("4", Confirm), other.GetUtcNow() + Entries.Bound, CancellationToken.None);
        (repeat.Decision.Verdict, repeat.Decision.Lease!.Answer).ShouldBe((LineVerdict.ConfirmAnswered, "ER7"));
    }

    [Fact]
    public async Task What_an_earlier_release_hands_over_without_saying_when_is_bounded()
    {
        var lease = await RunAsync("2", Event);
        var ended = lease with { State = LeaseState.Answered, Answer = "OK", LastActivity = DateTimeOffset.MaxValue };
        var future = lease with { LastActivity = _clock.GetUtcNow() + Hour };
        Restart(4).Import(new LeaseSnapshot(
            [
                new CallSnapshot(future, null, FollowsAnother: false), new CallSnapshot(null, null, FollowsAnother: true),
                new CallSnapshot(null, ended with { ConnectionId = ConnectionId.Parse("3") }, FollowsAnother: false),
            ],
            [new RestingLine(new LineNumber(2), DateTimeOffset.MaxValue), new RestingLine(new LineNumber(3), DateTimeOffset.MinValue)]));

        _lines.Counts.ShouldBe(new LeaseCounts(0, 0, 1, 0));
        _lines.Knows(ConnectionId.Parse("3")).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromMinutes(1));
        _lines.Counts.Resting.ShouldBe(0);
        _clock.Advance(TimeSpan.FromMinutes(4));
        _lines.Knows(ConnectionId.Parse("3")).ShouldBeFalse();
    }

    [Fact]
    public async Task Whatever_happens_to_the_clock_the_lines_are_given_out_as_if_it_had_not_been_touched()
    {
        var seen = new Dictionary<LineVerdict, int>();
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            SteppedClock untouched = new(Entries.Noon), set = new(Entries.Noon);
            using var one = new LineCallers(Make(untouched, 3), untouched);
            using var other = new LineCallers(Make(set, 3), set);
            for (var step = 0; step < 150; step++)
            {
                var (what, call, more) = (random.Next(10), random.Next(5), random.Next(1, 40));
                if (what == 0) set.Step(TimeSpan.FromMinutes(random.Next(-90, 90)));
                await one.StepAsync(what, call, more);
                await other.StepAsync(what, call, more);
                other.Decisions.ShouldBe(one.Decisions, $"seed {seed}, step {step}");
                other.Lines.Counts.ShouldBe(one.Lines.Counts, $"seed {seed}, step {step}");
            }

            foreach (var verdict in one.Decisions.Select(decision => decision.Verdict).OfType<LineVerdict>())
                seen[verdict] = seen.GetValueOrDefault(verdict) + 1;
        }

        LineVerdict[] all = [LineVerdict.Granted, LineVerdict.TooLate, LineVerdict.ConfirmAnswered, LineVerdict.ConfirmRefused];
        foreach (var verdict in all)
            seen.GetValueOrDefault(verdict).ShouldBeGreaterThan(10, $"{verdict} was not tested");
    }

    private LineLeases Make(SteppedClock clock, int lastLine = 1)
    {
        var lines = new LineLeases(Options.Create(new PpvServerOptions { Server = { LastLine = lastLine } }), clock);
        _made.Add(lines);
        return lines;
    }

    private LineLeases Restart(int lastLine = 1) => _lines = Make(_clock, lastLine);

    private async Task<Lease> RunAsync(string call, PpvCommandKind command, string? answer = "OK", LineLeases? lines = null)
    {
        _lines = lines ?? _lines;
        var access = await AcquireAsync(call, command).WaitAsync(Entries.Bound);
        access.Decision.Verdict.ShouldBe(LineVerdict.Granted);
        return (answer is null ? access.MaybeSent() : access.Answered(answer))!;
    }

    private Task<LineAccess> AcquireAsync(string call, PpvCommandKind command, double seconds = 60) =>
        _lines.AcquireAsync(
            TestOrders.Of(call, command), _clock.GetUtcNow() + TimeSpan.FromSeconds(seconds), CancellationToken.None).AsTask();
}
