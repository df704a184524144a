using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Tests;

/// <summary>What a worker hands over of its record, and what the next one makes of it, when something is in the way.</summary>
public sealed class OrderHandoverTests : IDisposable
{
    private const string NoLeases = """{"leases":"eyJjYWxscyI6W10sInJlc3RzIjpbXX0=",""";
    private readonly SteppedClock _clock = new(Entries.Noon);
    private readonly TemporaryFolder _folder = new();
    private readonly LogCollector _log = new();
    private readonly PpvServerOptions _options = new();

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_is_complete_for_as_long_as_undated_ids_may_be_in_use()
    {
        await using var journal = new InMemoryOrderJournal(null, _clock);
        journal.Record(Entries.Confirm("old").Said("OK"));
        _clock.Advance(TimeSpan.FromHours(1.5));
        journal.Record(Entries.Confirm("u1").Said("OK"));
        _clock.Advance(TimeSpan.FromHours(23));

        var handed = (await ExportAsync(journal)).ShouldNotBeNull();

        OrderPack.Unpack(handed.Packed).Select(entry => entry.OrderId).ShouldBe(["u1"]);
        var undated = _options.Rpc.UndatedIdLife + _options.Rpc.MessageTtl;
        handed.CompleteFor.ShouldBeInRange(undated.Add(TimeSpan.FromSeconds(30)), undated.Add(TimeSpan.FromMinutes(5)));
    }

    /// <summary>Else the next worker would know of the last minute only, and every older id would be unknown to it.</summary>
    [Fact]
    public async Task A_flood_of_refusals_takes_no_room_of_what_was_begun_and_the_newest_of_them_are_known_to_the_next_worker()
    {
        await using var journal = new InMemoryOrderJournal(null, _clock);
        journal.Record(Entries.Confirm("u1").Said("OK"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < OrderPack.MaxOrders; i++) journal.Record(Refused($"r{i}"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        journal.Record(Refused("newest"));
        journal.Record(Entries.Confirm("u2", "0127032d64a94733").Said("OK"));

        var handed = (await ExportAsync(journal)).ShouldNotBeNull();

        var ids = OrderPack.Unpack(handed.Packed).Select(entry => entry.OrderId).ToHashSet();
        ids.ShouldContain("u1");
        ids.ShouldContain("newest");
        handed.CompleteFor.ShouldBeGreaterThan(_options.Rpc.UndatedIdLife);
        await using var next = new InMemoryOrderJournal(null, _clock);
        await New(next).AdoptAsync(handed, default);
        (await next.FindAsync("newest"))!.State.ShouldBe(JournalState.NotExecuted);
        (await next.NewestAsync()).ShouldBe(_clock.GetUtcNow());

        JournalEntry Refused(string id) => Entries.Confirm(id, lease: null, at: _clock.GetUtcNow()) with
        {
            Line = null, State = JournalState.NotExecuted, Code = "ER998", Reason = "Start the call over.",
        };
    }

    /// <summary>As on a machine that starts without the time and learns it from the network.</summary>
    [Theory]
    [InlineData(50 * 366)]
    [InlineData(-1)]
    public async Task What_was_recorded_before_the_clock_was_set_is_handed_over_too(int days)
    {
        await using var journal = new InMemoryOrderJournal(null, _clock);
        var handover = New(journal);
        _clock.Advance(TimeSpan.FromMinutes(1));
        journal.Record(Entries.Confirm("u1").Said("OK") with { ReceivedAt = _clock.GetUtcNow() });
        _clock.Step(TimeSpan.FromDays(days));
        _clock.Advance(TimeSpan.FromMinutes(1));

        var handed = (await handover.ExportAsync(1_000_000, default)).ShouldNotBeNull();

        OrderPack.Unpack(handed.Packed).Select(entry => entry.OrderId).ShouldBe(["u1"]);
    }

    [Fact]
    public async Task A_confirm_that_is_still_on_its_way_is_handed_over_as_unknown()
    {
        await using var journal = new InMemoryOrderJournal(null, _clock);
        await journal.RecordIntentAsync(Entries.Confirm("u1"));
        var handed = (await ExportAsync(journal)).ShouldNotBeNull();
        OrderPack.Unpack(handed.Packed).Single().ShouldSatisfyAllConditions(
            entry => entry.State.ShouldBe(JournalState.Unknown), entry => entry.Reason.ShouldNotBeNullOrEmpty());
    }

    [Fact]
    public async Task What_there_is_no_room_for_is_said_to_be_missing()
    {
        await using var journal = new InMemoryOrderJournal(null, _clock);
        for (var number = 0; number < 3_000; number++)
        {
            journal.Record(Entries.Confirm(Guid.NewGuid().ToString("N")).Said("OK"));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        var handed = (await ExportAsync(journal, maxBytes: 20_000)).ShouldNotBeNull();

        var orders = OrderPack.Unpack(handed.Packed);
        orders.Count.ShouldBeInRange(100, 2_900);
        handed.Count.ShouldBe(orders.Count);
        handed.CompleteFor.ShouldBe(TimeSpan.FromSeconds(1 + orders.Count) - TimeSpan.FromMilliseconds(1));
        orders.ShouldAllBe(entry => _clock.GetUtcNow() - entry.UpdatedAt <= handed.CompleteFor);
        _log.Entries.Single().ShouldSatisfyAllConditions(
            entry => entry.Level.ShouldBe(LogLevel.Warning), entry => entry.Message.ShouldContain($"{orders.Count} orders"));
    }

    [Fact]
    public async Task A_disk_that_hangs_holds_the_hand_over_up_for_two_seconds_and_then_the_leases_go_alone()
    {
        var disk = new StallingDisk();
        await using var journal = Open("1", new JournalHooks { BeforeRead = disk.Write });
        await journal.RecordResultAsync(Entries.Confirm("u1").Said("OK"));
        disk.Stall();
        var exporting = Handover(journal).ExportAsync(default);
        while (!disk.IsHolding) await Task.Yield();
        exporting.IsCompleted.ShouldBeFalse();
        _clock.Advance(OrderHandover.ExportLimit);

        var handover = HandoverJson.Read((await exporting.WaitAsync(Hang.Limit)).Span);
        disk.Release();
        (handover.Orders, handover.Leases.Calls.Count).ShouldBe((null, 0));
        _log.Entries.ShouldContain(entry => entry.Message.StartsWith("The next worker gets no orders", StringComparison.Ordinal));

        await using var next = new InMemoryOrderJournal(null, _clock);
        (await Handover(next).ImportAsync(await exporting, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_makes_the_next_worker_say_that_its_record_begins_now()
    {
        await using var journal = new InMemoryOrderJournal(null, _clock);
        journal.Record(Entries.Confirm("u1").Said("OK"));
        var handed = (await ExportAsync(journal)).ShouldNotBeNull();
        var disk = new StallingDisk();
        await using var next = Open("2", new JournalHooks { BeforeGroup = _ => disk.Write() });
        await next.IdentityAsync();
        disk.Stall();

        var adopting = New(next).AdoptAsync(handed, default);
        while (!disk.IsHolding) await Task.Yield();
        _clock.Advance(OrderHandover.AdoptLimit);
        (await adopting.WaitAsync(Hang.Limit)).ShouldBeNull();
        disk.Release();
        while (await next.FindAsync("u1") is null) await Task.Yield(); // It came all the same, and is true.
    }

    [Fact]
    public async Task What_was_taken_over_is_on_disk()
    {
        await using var journal = new InMemoryOrderJournal(null, _clock);
        journal.Record(Entries.Confirm("u1").Said("OK"));
        var handed = (await ExportAsync(journal)).ShouldNotBeNull();
        await using (var next = Open("2", JournalHooks.None))
            (await New(next).AdoptAsync(handed, default)).ShouldBe(handed.CompleteFor);
        new JournalView(_folder.File("2")).Read(new JournalQuery()).Single().ShouldSatisfyAllConditions(
            entry => entry.OrderId.ShouldBe("u1"), entry => entry.HandedOverAt.ShouldBe(_clock.GetUtcNow()));
        new JournalView(_folder.File("2")).Read(JournalQuery.Unknowns).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"leases":"e30="}""")]
    [InlineData(NoLeases + """ "orders":"AQID","count":1,"completeFor":"1.00:00:00","at":"2026-12-01T03:00:00Z"}""")]
    [InlineData(NoLeases + """ "orders":"","count":1,"completeFor":"1.00:00:00","at":"2026-12-01T03:00:00Z"}""")]
    [InlineData(NoLeases + """ "orders":"Ow==","count":0,"completeFor":"-10675199.02:48:05.4775808","at":"2026-12-01T03:00:00Z"}""")]
    public async Task What_is_no_hand_over_is_refused_as_a_whole(string text)
    {
        await using var journal = new InMemoryOrderJournal(null, _clock);
        await Should.ThrowAsync<FormatException>(Handover(journal).ImportAsync(Encoding.UTF8.GetBytes(text), default));
        (await journal.ChangedSinceAsync(default, 1)).ShouldBeEmpty();
    }

    /// <summary>Nobody knows on which lines the dead worker's commands are unanswered.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(60, 29)]
    public async Task After_a_worker_died_no_line_is_given_out_for_as_long_as_is_asked_for(int seconds, int resting)
    {
        _options.Server.TakeoverRest = TimeSpan.FromSeconds(seconds);
        await using var journal = new InMemoryOrderJournal(null, _clock);
        using var lines = new LineLeases(Options.Create(_options), _clock);

        await Handover(journal, lines).StartOverAsync(default);

        lines.Counts.Resting.ShouldBe(resting);
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        lines.Counts.Resting.ShouldBe(0);
    }

    /// <summary>Longer than any line rests by itself; whoever has taken over may be started again, or go in his turn.</summary>
    [Fact]
    public async Task The_rest_after_a_death_outlives_the_next_restart_and_the_next_hand_over()
    {
        _options.Server.TakeoverRest = TimeSpan.FromMinutes(10);
        await using var journal = new InMemoryOrderJournal(null, _clock);
        using var lines = new LineLeases(Options.Create(_options), _clock);
        await Handover(journal, lines).StartOverAsync(default);
        var takenOver = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromMinutes(1));

        using var restarted = new LineLeases(Options.Create(_options), _clock);
        await Handover(journal, restarted).ContinueAsync(takenOver, default);
        using var next = new LineLeases(Options.Create(_options), _clock);
        next.Import(lines.Export());

        foreach (var others in (LineLeases[])[restarted, next])
            others.Lines.Select(line => line.RestsUntil).Distinct().ShouldBe([takenOver.AddMinutes(10)]);
    }

    [Fact]
    public async Task A_hand_over_with_all_that_fits_is_half_as_long_as_a_broker_takes()
    {
        await using var journal = new InMemoryOrderJournal(null, _clock);
        for (var number = 0; number < 150_000; number++)
            journal.Record(Entries.Confirm(Guid.NewGuid().ToString("N"), connid: $"{number:x16}", lease: $"{Guid.NewGuid():N}").Said("OK"));
        var bytes = await Handover(journal).ExportAsync(default);
        var record = new Ppv.Rpc.Server.Leadership.LeaderRecord
        {
            Identity = "1", State = Ppv.Rpc.Server.Leadership.LeaderRecordState.Left, Remembered = bytes.ToArray(),
        };
        record.ToBytes().Length.ShouldBeInRange(4_000_000, 8_100_000);
        HandoverJson.Read(bytes.Span).Orders!.Count.ShouldBeInRange(20_000, OrderPack.MaxOrders);
    }

    private Task<OrderSnapshot?> ExportAsync(IOrderJournalStore journal, int maxBytes = 1_000_000) =>
        New(journal).ExportAsync(maxBytes, default);

    private OrderHandover New(IOrderJournalStore journal) => new(
        journal, Options.Create(_options), _clock, new PlainLogger<OrderHandover>(new LoggerFactory([_log])));

    private LeaseHandover Handover(IOrderJournalStore journal, LineLeases? lines = null)
    {
        var options = Options.Create(_options);
        var leases = lines ?? new LineLeases(options, _clock);
        return new LeaseHandover(
            journal, leases, new LeaseRestore(journal, leases, options, _clock, PlainLogger<LeaseRestore>.None), New(journal), options,
            _clock, PlainLogger<LeaseHandover>.None);
    }

    private SqliteOrderJournal Open(string name, JournalHooks hooks) =>
        new(new JournalOptions { Path = _folder.File(name) }, _clock, PlainLogger.None, hooks);
}
