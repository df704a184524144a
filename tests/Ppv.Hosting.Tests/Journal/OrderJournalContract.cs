using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>What every journal promises, whatever it is made of.</summary>
public abstract partial class OrderJournalContract : IAsyncLifetime
{
    private static readonly ConnectionId Call = ConnectionId.Parse("0127032d64a94732");
    private IOrderJournalStore _journal = null!;

    protected TestClock Clock { get; } = new(Entries.Noon);

    private protected abstract IOrderJournalStore Create(JournalOptions options);

    public virtual ValueTask InitializeAsync()
    {
        _journal = Create(new JournalOptions());
        return ValueTask.CompletedTask;
    }

    public virtual async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_journal_keeps_its_name_and_no_other_one_has_it()
    {
        var name = await _journal.IdentityAsync();
        name.ShouldNotBeNullOrWhiteSpace();
        (await _journal.IdentityAsync()).ShouldBe(name);
        await using var other = new InMemoryOrderJournal(null, Clock);
        (await other.IdentityAsync()).ShouldNotBe(name);
    }

    [Fact]
    public async Task What_was_recorded_is_found_with_all_it_says()
    {
        var entry = Entries.Event("e1") with
        {
            State = JournalState.NotExecuted,
            Code = "ER444",
            Reason = "No line was free; 'quoted' \u00e4\u0000.",
        };
        Clock.Advance(TimeSpan.FromSeconds(3.1234567));
        _journal.Record(entry);
        (await _journal.FindAsync("e1")).ShouldBe(entry with { UpdatedAt = Clock.GetUtcNow() });
        (await _journal.FindAsync("E1")).ShouldBeNull();
        (await _journal.FindAsync("e2")).ShouldBeNull();
        _journal.Problem.ShouldBeNull();
    }

    /// <summary>It may have been sent on it, and is no refusal.</summary>
    [Fact]
    public async Task An_attempt_that_was_cut_off_keeps_its_line_when_a_later_one_ends_without_one()
    {
        var cutOff = Entries.Event("e1");
        await _journal.RecordResultAsync(cutOff);
        var later = cutOff with { Line = null, LeaseId = null, ReceivedAt = cutOff.ReceivedAt.AddSeconds(1), State = JournalState.Unknown };
        await _journal.RecordResultAsync(later);
        (await _journal.FindAsync("e1")).ShouldBe(
            later with { Line = cutOff.Line, LeaseId = cutOff.LeaseId, UpdatedAt = Clock.GetUtcNow() });
        (await _journal.ChangedSinceAsync(DateTimeOffset.MinValue, 10)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_entry_without_call_line_and_session_is_kept_as_it_is()
    {
        var entry = new JournalEntry
        {
            Order = new PpvOrder(null, PpvCommand.Event("1 2")) { Id = "x" }, Deadline = DateTimeOffset.MaxValue, ReceivedAt = Entries.Noon,
        };
        _journal.Record(entry);
        (await _journal.FindAsync("x")).ShouldBe(entry with { UpdatedAt = Clock.GetUtcNow() });
        (await _journal.RestoreAsync(DateTimeOffset.MinValue)).Leases.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_order_only_moves_forward()
    {
        _journal.Record(Entries.Event("e1").Said("OK"));
        _journal.Record(Entries.Event("e1"));
        _journal.Record(Entries.Event("e1").Is(JournalState.Unknown));
        _journal.Record(Entries.Event("e1").Is(JournalState.NotExecuted, "A repeat came too late."));
        (await _journal.FindAsync("e1"))!.Code.ShouldBe("OK");
    }

    [Fact]
    public async Task A_late_answer_ends_the_uncertainty()
    {
        await _journal.RecordIntentAsync(Entries.Confirm("u1"));
        (await _journal.RecordResultAsync(Entries.Confirm("u1").Is(JournalState.Unknown, "No answer."))).ShouldBeTrue();
        (await _journal.UnknownsAsync()).Single().Reason.ShouldBe("No answer.");
        (await _journal.RecordResultAsync(Entries.Confirm("u1").Said("OK"))).ShouldBeTrue();
        (await _journal.UnknownsAsync()).ShouldBeEmpty();
        (await _journal.FindAsync("u1"))!.State.ShouldBe(JournalState.Completed);
    }

    [Fact]
    public async Task A_refused_repeat_says_nothing_about_the_order()
    {
        var repeat = Entries.Confirm("u1", at: Entries.Noon.AddSeconds(2)).Is(JournalState.NotExecuted, "A repeat came too late.");
        await _journal.RecordIntentAsync(Entries.Confirm("u1"));
        _journal.Record(repeat);
        (await _journal.FindAsync("u1"))!.State.ShouldBe(JournalState.Intent);
        await _journal.RecordResultAsync(Entries.Confirm("u1").Is(JournalState.Unknown));
        _journal.Record(repeat);
        (await _journal.UnknownsAsync()).Count.ShouldBe(1);
        _journal.Record(repeat);
        await _journal.RecordResultAsync(Entries.Confirm("u1").Said("OK"));
        (await _journal.FindAsync("u1"))!.Code.ShouldBe("OK");
    }

    [Fact]
    public async Task A_confirm_that_was_not_sent_takes_its_intent_back()
    {
        await _journal.RecordIntentAsync(Entries.Confirm("u1"));
        (await _journal.RecordResultAsync(Entries.Confirm("u1").Is(JournalState.NotExecuted, "No connection."))).ShouldBeTrue();
        (await _journal.FindAsync("u1"))!.State.ShouldBe(JournalState.NotExecuted);
        (await _journal.FindConfirmAsync(Call)).ShouldBeNull();
    }

    [Fact]
    public async Task A_confirm_begins_once()
    {
        _journal.Record(Entries.Confirm("u1"));
        await _journal.RecordIntentAsync(Entries.Confirm("u1"));
        (await _journal.FindAsync("u1"))!.State.ShouldBe(JournalState.Intent);
        (await _journal.UnknownsAsync()).ShouldBeEmpty("it runs");
        var again = await Should.ThrowAsync<InvalidOperationException>(_journal.RecordIntentAsync(Entries.Confirm("u1")));
        again.Message.ShouldBe("Order u1 (CONFIRM=UP) was recorded before as Intent; it must not be sent to Wizard again.");
        foreach (var end in new[] { JournalState.Unknown, JournalState.Completed, JournalState.NotExecuted })
        {
            _journal.Record(Entries.Confirm($"u-{end}").Is(end));
            await Should.ThrowAsync<InvalidOperationException>(_journal.RecordIntentAsync(Entries.Confirm($"u-{end}")));
            (await _journal.FindAsync($"u-{end}"))!.State.ShouldBe(end);
        }
    }

    [Fact]
    public async Task An_id_stays_the_order_s_that_had_it_first()
    {
        await _journal.RecordIntentAsync(Entries.Confirm("x"));
        await _journal.RecordResultAsync(Entries.Confirm("x").Is(JournalState.Unknown, "No answer."));
        _journal.Record(Entries.Event("x").Said("OK"));
        (await _journal.RecordResultAsync(Entries.Confirm("x", "0127032d64a94733").Said("OK"))).ShouldBeTrue();
        (await _journal.FindAsync("x"))!.State.ShouldBe(JournalState.Unknown);
        (await _journal.UnknownsAsync()).Single().Order.Id.ShouldBe("x");

        _journal.Record(Entries.Event("y"));
        await Should.ThrowAsync<InvalidOperationException>(_journal.RecordIntentAsync(Entries.Confirm("y")));
        (await _journal.FindAsync("y"))!.Order.Command.Kind.ShouldBe(PpvCommandKind.Event);
    }

    [Fact]
    public async Task Of_many_who_begin_one_confirm_at_once_one_may()
    {
        var attempts = Enumerable.Range(0, 20).Select(_ => Task.Run(() => _journal.RecordIntentAsync(Entries.Confirm("u1")))).ToList();
        await Task.WhenAll(attempts.Select(attempt => attempt.ContinueWith(_ => { }, TaskScheduler.Default))).WaitAsync(Entries.Bound);
        attempts.Count(attempt => attempt.IsCompletedSuccessfully).ShouldBe(1);
    }

    [Fact]
    public async Task A_cancelled_intent_is_not_recorded()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Should.ThrowAsync<OperationCanceledException>(_journal.RecordIntentAsync(Entries.Confirm("u1"), cancelled));
        (await _journal.FindAsync("u1")).ShouldBeNull();
    }

    [Fact]
    public async Task States_with_a_method_of_their_own_and_intents_of_other_commands_are_refused()
    {
        foreach (var state in new[] { JournalState.Intent, JournalState.SettledBought, JournalState.SettledNotBought })
        {
            Should.Throw<ArgumentException>(() => _journal.Record(Entries.Confirm("u1").Is(state)));
            await Should.ThrowAsync<ArgumentException>(async () => await _journal.RecordResultAsync(Entries.Confirm("u1").Is(state)));
        }

        await Should.ThrowAsync<ArgumentException>(async () => await _journal.RecordIntentAsync(Entries.Event("e1")));
        (await _journal.FindAsync("u1")).ShouldBeNull();
    }

    [Fact]
    public void A_retention_out_of_range_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Create(new JournalOptions { Retention = TimeSpan.FromMinutes(59) }));
        Should.Throw<ArgumentOutOfRangeException>(() => Create(new JournalOptions { Retention = TimeSpan.FromDays(3651) }));
    }

    [Fact]
    public async Task After_its_end_it_takes_and_tells_nothing()
    {
        await _journal.DisposeAsync();
        Should.Throw<ObjectDisposedException>(() => _journal.Record(Entries.Event("e1")));
        await Should.ThrowAsync<ObjectDisposedException>(async () => await _journal.RecordIntentAsync(Entries.Confirm("u1")));
        await Should.ThrowAsync<ObjectDisposedException>(async () => await _journal.RecordResultAsync(Entries.Confirm("u1").Said("OK")));
        await Should.ThrowAsync<ObjectDisposedException>(async () => await _journal.FindAsync("u1"));
        await Should.ThrowAsync<ObjectDisposedException>(async () => await _journal.PruneAsync());
        await _journal.DisposeAsync();
    }
}
