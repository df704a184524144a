using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>What a journal takes over from the one of another worker.</summary>
public abstract partial class OrderJournalContract
{
    private Task AdoptAsync(params JournalEntry[] entries) => _journal.AdoptAsync(
        [.. entries.Select(entry => entry.UpdatedAt == default ? entry with { UpdatedAt = entry.ReceivedAt } : entry)]);

    /// <summary>Each was asked by the list of another worker.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_two_people_have_settled_a_confirm_differently_bought_stands(bool here)
    {
        await _journal.RecordResultAsync(Entries.Confirm("u1").Is(JournalState.Unknown));
        await _journal.SettleAsync("u1", here, "found out here");
        foreach (var told in new[] { !here, here, !here })
            await AdoptAsync(Entries.Confirm("u1").Is(told ? JournalState.SettledBought : JournalState.SettledNotBought));
        (await _journal.FindAsync("u1"))!.State.ShouldBe(JournalState.SettledBought);
    }

    /// <summary>It was told to the other worker while its end was not known, and that one hands it back.</summary>
    [Fact]
    public async Task What_this_worker_has_proven_unsent_since_is_not_made_unknown_by_what_it_had_told()
    {
        var confirm = Entries.Confirm("u1");
        await _journal.RecordIntentAsync(confirm);
        await _journal.RecordResultAsync(confirm.Is(JournalState.NotExecuted));
        await AdoptAsync(confirm.Is(JournalState.Unknown) with { HandedOverAt = null });
        (await _journal.FindAsync("u1"))!.State.ShouldBe(JournalState.NotExecuted);
    }

    [Fact]
    public async Task What_another_worker_has_on_record_is_found_like_ones_own_and_says_so()
    {
        var confirm = Entries.Confirm("u1", at: Entries.Noon.AddHours(-3)).Said("OK") with { UpdatedAt = Entries.Noon.AddHours(-2) };
        await AdoptAsync([Entries.Event("e1").Said("OK"), confirm]);

        (await _journal.FindAsync("u1")).ShouldBe(confirm with { HandedOverAt = Clock.GetUtcNow() });
        (await _journal.FindConfirmAsync(Call))!.Order.Id.ShouldBe("u1");
        (await _journal.FindAsync("e2")).ShouldBeNull();
        await Should.ThrowAsync<InvalidOperationException>(_journal.RecordIntentAsync(Entries.Confirm("u1")));
    }

    [Fact]
    public async Task Adopted_ids_are_never_taken_for_new_however_many_they_are_and_wherever_they_lie()
    {
        _journal.Record(Entries.Event(Guid.CreateVersion7(Entries.Noon).ToString("N")).Said("OK"));
        var ids = Enumerable.Range(0, 25_000).Select(number => number % 3 == 0
            ? $"order-{number}"
            : Guid.CreateVersion7(Entries.Noon.AddSeconds(number - 12_500)).ToString("N")).ToList();
        await AdoptAsync([.. ids.Select(id => Entries.Confirm(id).Said("OK"))]);
        foreach (var id in ids.Where((_, index) => index % 97 == 0 || index > 24_990))
            (await _journal.FindAsync(id)).ShouldNotBeNull(id);
    }

    [Fact]
    public async Task Of_two_workers_records_the_one_that_knows_more_counts()
    {
        await _journal.RecordIntentAsync(Entries.Confirm("u1"));
        await _journal.RecordResultAsync(Entries.Confirm("u1").Said("OK"));
        _journal.Record(Entries.Confirm("u2").Is(JournalState.Unknown, "No answer."));
        _journal.Record(Entries.Confirm("u3").Is(JournalState.NotExecuted, "Too late."));
        _journal.Record(Entries.Subscriber("n1").Is(JournalState.NotExecuted, "Too late."));
        var hidden = SubscriberFingerprint.Hide(Entries.Subscriber("n1").Order);

        await AdoptAsync(
        [
            Entries.Confirm("u1").Is(JournalState.Unknown, "It was cut off."),
            Entries.Confirm("u2", lease: "other").Is(JournalState.SettledNotBought) with { Note = "Not on the bill." },
            Entries.Confirm("u3", lease: "other").Said("OK"),
            Entries.Subscriber("n1", lease: "other").Said("OK") with { Order = hidden },
        ]);

        (await _journal.FindAsync("u1"))!.ShouldSatisfyAllConditions(
            entry => entry.State.ShouldBe(JournalState.Completed), entry => entry.HandedOverAt.ShouldBeNull());
        (await _journal.FindAsync("u2"))!.ShouldSatisfyAllConditions(
            entry => entry.State.ShouldBe(JournalState.SettledNotBought), entry => entry.Note.ShouldBe("Not on the bill."),
            entry => entry.LeaseId.ShouldBe("s1"), entry => entry.HandedOverAt.ShouldBeNull());
        (await _journal.FindAsync("u3"))!.ShouldSatisfyAllConditions(
            entry => entry.State.ShouldBe(JournalState.Completed), entry => entry.HandedOverAt.ShouldNotBeNull());
        (await _journal.FindAsync("n1"))!.ShouldSatisfyAllConditions(
            entry => entry.State.ShouldBe(JournalState.Completed), entry => entry.Order.Command.Value.ShouldBe("85165320"));
    }

    [Fact]
    public async Task Another_order_under_an_adopted_id_changes_nothing_and_the_same_one_is_recognised_by_its_fingerprint()
    {
        var known = Entries.Subscriber("n1").Is(JournalState.NotExecuted);
        await AdoptAsync([known with { Order = SubscriberFingerprint.Hide(known.Order) }]);

        await _journal.RecordResultAsync(Entries.Of("n1", PpvCommand.Subscriber("85165321")).Said("OK"));
        (await _journal.FindAsync("n1"))!.State.ShouldBe(JournalState.NotExecuted);

        await _journal.RecordResultAsync(Entries.Subscriber("n1").Said("OK"));
        (await _journal.FindAsync("n1"))!.ShouldSatisfyAllConditions(
            entry => entry.State.ShouldBe(JournalState.Completed), entry => entry.HandedOverAt.ShouldBeNull("it was sent here"),
            entry => entry.Order.Command.Value.ShouldBe("85165320"));
    }

    [Fact]
    public async Task An_unknown_confirm_is_listed_where_it_was_sent_and_can_be_settled_on_both_sides()
    {
        await AdoptAsync([Entries.Confirm("u1").Is(JournalState.Unknown, "No answer.")]);
        _journal.Record(Entries.Confirm("u2").Is(JournalState.Unknown, "No answer."));

        (await _journal.UnknownsAsync()).Select(entry => entry.Order.Id).ShouldBe(["u2"]);
        (await _journal.SettleAsync("u1", bought: true, "Seen on the bill.")).State.ShouldBe(JournalState.SettledBought);
    }

    [Fact]
    public async Task What_was_handed_over_is_forgotten_in_its_time_also_when_it_is_unknown()
    {
        await AdoptAsync([Entries.Confirm("u1").Is(JournalState.Unknown) with { UpdatedAt = Entries.Noon }]);
        Clock.Advance(TimeSpan.FromDays(31));
        await _journal.PruneAsync();
        (await _journal.FindAsync("u1")).ShouldBeNull();
    }

    [Fact]
    public async Task Times_of_a_clock_that_is_ahead_are_of_now_and_what_was_handed_over_comes_before_what_is_done_since()
    {
        var ahead = Entries.Noon.AddHours(5);
        await AdoptAsync([Entries.Confirm("u1", at: ahead).Said("OK") with { UpdatedAt = ahead }]);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await _journal.RecordIntentAsync(Entries.Confirm("u2", at: Clock.GetUtcNow()));
        (await _journal.FindAsync("u1"))!.UpdatedAt.ShouldBe(Entries.Noon);
        (await _journal.FindConfirmAsync(Call))!.Order.Id.ShouldBe("u2");
    }

    [Fact]
    public async Task The_orders_that_changed_last_are_read_up_to_a_limit()
    {
        foreach (var number in Enumerable.Range(0, 6))
        {
            _journal.Record(Entries.Event($"e{number}", at: Clock.GetUtcNow()).Said("OK"));
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await _journal.RecordResultAsync(Entries.Confirm("u1").Is(JournalState.Unknown));
        (await _journal.ChangedSinceAsync(Entries.Noon.AddSeconds(2), 10)).Select(entry => entry.Order.Id)
            .ShouldBe(["u1", "e5", "e4", "e3", "e2"]);
        (await _journal.ChangedSinceAsync(Entries.Noon.AddSeconds(2), 2)).Select(entry => entry.Order.Id).ShouldBe(["u1", "e5"]);
    }

    [Fact]
    public async Task What_was_handed_over_restores_no_call_but_says_what_a_call_had_named_last_and_which_lines_rest()
    {
        _journal.Record(Entries.Event("e1").Said("OK"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        var at = Clock.GetUtcNow();
        await AdoptAsync(
        [
            Entries.Event("e2", at: at).Is(JournalState.NotExecuted) with { UpdatedAt = at.AddHours(1) },
            Entries.Event("e9", "aa", "s9", at).Is(JournalState.Unknown) with { UpdatedAt = at, Line = new LineNumber(9) },
        ]);
        Clock.Advance(TimeSpan.FromSeconds(1));
        _journal.Record(Entries.Subscriber("n1", at: Clock.GetUtcNow()).Said("OK"));

        var leases = (await _journal.RestoreAsync(Entries.Noon)).Leases.ToDictionary(lease => lease.LeaseId);
        leases["s1"].Named.Select(dated => dated.Entry.Order.Id).ShouldBe(["e1", "e2", "n1"]);
        leases["s9"].Entries.Single().HandedOverAt.ShouldNotBeNull();
    }
}
