using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>What a journal knows about calls: their confirms, unknown ones, leases, and for how long.</summary>
public abstract partial class OrderJournalContract
{
    [Fact]
    public async Task A_calls_last_confirm_that_may_have_been_sent_is_found_whatever_its_order_id()
    {
        (await _journal.FindConfirmAsync(Call)).ShouldBeNull();
        await _journal.RecordIntentAsync(Entries.Confirm("u1", "0127032D64A94732"));
        (await _journal.FindConfirmAsync(Call))!.State.ShouldBe(JournalState.Intent);
        await _journal.RecordResultAsync(Entries.Confirm("u1", "0127032D64A94732").Said("OK"));

        var later = Entries.Noon.AddSeconds(5);
        _journal.Record(Entries.Confirm("u2", at: later).Is(JournalState.NotExecuted, "Too late."));
        _journal.Record(Entries.Confirm("u3", at: later));
        _journal.Record(Entries.Event("e1", at: later).Said("OK"));
        _journal.Record(Entries.Confirm("u4", "0127032d64a94733", at: later).Said("OK"));
        var found = await _journal.FindConfirmAsync(Call);
        found!.Order.Id.ShouldBe("u1");
        found.Code.ShouldBe("OK");

        await _journal.RecordIntentAsync(Entries.Confirm("u5", lease: "s2", at: later));
        (await _journal.FindConfirmAsync(Call))!.LeaseId.ShouldBe("s2");
    }

    [Fact]
    public async Task An_unknown_confirm_is_settled_once_with_a_note()
    {
        _journal.Record(Entries.Confirm("u1").Is(JournalState.Unknown, "No answer."));
        _journal.Record(Entries.Confirm("u2", at: Entries.Noon.AddSeconds(-1)).Is(JournalState.Unknown, "No answer."));
        _journal.Record(Entries.Event("e1").Is(JournalState.Unknown, "No answer."));
        (await _journal.UnknownsAsync()).Select(entry => entry.Order.Id).ShouldBe(["u2", "u1"]);

        var settled = await _journal.SettleAsync("u1", bought: true, "Seen on the bill (anna).");
        settled.State.ShouldBe(JournalState.SettledBought);
        settled.ShouldBe(await _journal.FindAsync("u1"));
        (await _journal.SettleAsync("u1", bought: true, "Again.")).Note.ShouldBe("Seen on the bill (anna).");
        (await _journal.SettleAsync("u2", bought: false, "Not on the bill.")).State.ShouldBe(JournalState.SettledNotBought);
        (await _journal.UnknownsAsync()).ShouldBeEmpty();
        (await _journal.FindConfirmAsync(Call))!.State.ShouldBe(JournalState.SettledBought);

        var other = await Should.ThrowAsync<InvalidOperationException>(_journal.SettleAsync("u1", bought: false, "Or not?"));
        other.Message.ShouldBe(
            "Order u1 (CONFIRM=UP) is SettledBought since 2026-07-01 12:00:00Z; only confirms whose outcome is unknown can be settled.");
        await _journal.RecordResultAsync(Entries.Confirm("u1").Said("ER12"));
        (await _journal.FindAsync("u1"))!.Note.ShouldBe("Seen on the bill (anna).");
    }

    [Fact]
    public async Task A_confirm_that_repeats_another_is_known_by_its_id_and_is_none_of_its_own()
    {
        await _journal.RecordIntentAsync(Entries.Confirm("u1"));
        await _journal.RecordResultAsync(Entries.Confirm("u1").Is(JournalState.Unknown, "No answer."));
        var repeat = Entries.Confirm("u2", lease: null, at: Entries.Noon.AddSeconds(5)).Is(
            JournalState.Unknown, "No answer.") with { RepeatOf = "u1" };
        _journal.Record(repeat);
        (await _journal.FindAsync("u2")).ShouldBe(repeat with { UpdatedAt = Clock.GetUtcNow() });
        (await _journal.UnknownsAsync()).Single().Order.Id.ShouldBe("u1");
        (await _journal.FindConfirmAsync(Call))!.Order.Id.ShouldBe("u1");
        await Should.ThrowAsync<InvalidOperationException>(_journal.SettleAsync("u2", true, "")); // The first one is to be settled.
        Clock.Advance(TimeSpan.FromDays(31));
        await _journal.PruneAsync();
        (await _journal.FindAsync("u2")).ShouldBeNull();
        (await _journal.FindAsync("u1")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Only_what_is_unknown_can_be_settled()
    {
        (await Should.ThrowAsync<InvalidOperationException>(_journal.SettleAsync("u0", true, ""))).Message
            .ShouldBe("The journal does not know order u0, so there is nothing to settle.");
        await _journal.RecordIntentAsync(Entries.Confirm("u1"));
        _journal.Record(Entries.Confirm("u2").Said("OK"));
        _journal.Record(Entries.Event("e1").Is(JournalState.Unknown));
        foreach (var id in new[] { "u1", "u2", "e1" })
            await Should.ThrowAsync<InvalidOperationException>(_journal.SettleAsync(id, true, ""));
    }

    [Fact]
    public async Task Sessions_are_restored_with_what_was_accepted_on_them()
    {
        var at = Entries.Noon;
        _journal.Record(Entries.Event("e0", lease: "s0", at: at).Said("OK"));
        Clock.Advance(TimeSpan.FromMinutes(1));
        at = Clock.GetUtcNow();
        _journal.Record(Entries.Event("e1", at: at).Said("OK"));
        var since = at.AddSeconds(1);
        Clock.Advance(TimeSpan.FromMinutes(1));
        at = Clock.GetUtcNow();
        _journal.Record(Entries.Subscriber("n1", at: at).Said("ER7"));
        _journal.Record(Entries.Event("e2", at: at).Is(JournalState.NotExecuted));
        _journal.Record(Entries.Event("e9", "aa", "s9", at).Said("OK") with { Line = new LineNumber(9) });

        var leases = (await _journal.RestoreAsync(since)).Leases.ToDictionary(lease => lease.LeaseId);
        leases.Keys.ShouldBe(["s1", "s9"], ignoreOrder: true);
        leases["s9"].Line.ShouldBe(new LineNumber(9));
        leases["s1"].ShouldSatisfyAllConditions(
            lease => lease.ConnectionId.ShouldBe(Call),
            lease => lease.Named.Select(dated => dated.Entry.OrderId).TakeLast(3).ShouldBe(["e1", "n1", "e2"]),
            lease => lease.Confirm.ShouldBeNull(),
            lease => lease.LastActivity.ShouldBe(at),
            lease => lease.Entries.Count.ShouldBe(3));

        Clock.Advance(TimeSpan.FromSeconds(1));
        at = Clock.GetUtcNow();
        _journal.Record(Entries.Event("e3", at: at)); // On its way: whether Wizard still has the old event is not known.
        _journal.Record(Entries.Subscriber("n2", at: at).Said("OK"));
        await _journal.RecordIntentAsync(Entries.Confirm("u1", at: at));
        var restored = (await _journal.RestoreAsync(at)).Leases.Single();
        restored.Named.Select(dated => dated.Entry.OrderId).TakeLast(5).ShouldBe(["e1", "n1", "e2", "e3", "n2"], ignoreOrder: true);
        restored.Confirm!.State.ShouldBe(JournalState.Intent);
    }

    /// <summary>It may have taken away what the lease would buy; it came late, so it is on no lease.</summary>
    [Fact]
    public async Task What_a_call_has_asked_for_is_restored_with_its_lease_however_long_ago_it_was()
    {
        _journal.Record(Entries.Event("e1").Said("OK"));
        Clock.Advance(TimeSpan.FromSeconds(5));
        _journal.Record(Entries.Event("e2", lease: null, at: Clock.GetUtcNow()).Is(JournalState.NotExecuted) with { Line = null });
        Clock.Advance(TimeSpan.FromMinutes(4));
        _journal.Record(Entries.Subscriber("n1", at: Clock.GetUtcNow()).Said("OK"));
        await _journal.PruneAsync(); // All of it is in the file now.

        var restored = await _journal.RestoreAsync(Clock.GetUtcNow());

        restored.Leases.ShouldHaveSingleItem().Named.Select(dated => dated.Entry.OrderId).ShouldBe(["e1", "e2", "n1"]);
    }

    [Fact]
    public async Task Each_line_is_restored_with_the_lease_that_had_it_last_also_that_of_orders_without_connid()
    {
        _journal.Record(Entries.Event("e1").Is(JournalState.Unknown));
        _journal.Record(Entries.Event("e2", "aa", "s2").Said("OK"));
        var without = Entries.Event("e3", lease: "s3");
        _journal.Record(without with
        {
            Order = new PpvOrder(null, without.Order.Command) { Id = "e3" }, Line = new LineNumber(21), State = JournalState.Unknown,
        });

        var lines = (await _journal.RestoreAsync(Entries.Noon)).LastOnLines;

        lines.Select(lease => (lease.Line.Value, lease.LeaseId)).ShouldBe([(20, "s2"), (21, "s3")], ignoreOrder: true);
    }

    [Fact]
    public async Task Of_two_deliveries_of_an_order_that_were_cut_off_the_later_one_is_on_record()
    {
        _journal.Record(Entries.Event("e1"));
        _journal.Record(Entries.Event("e1", lease: "s2", at: Entries.Noon.AddSeconds(9)) with { Line = new LineNumber(21) });
        (await _journal.FindAsync("e1")).ShouldNotBeNull().LeaseId.ShouldBe("s2");
    }

    [Fact]
    public async Task Old_orders_are_forgotten_once_a_day_but_never_what_is_unsettled()
    {
        _journal.Record(Entries.Event("e1").Said("OK"));
        _journal.Record(Entries.Event("e2").Is(JournalState.Unknown));
        _journal.Record(Entries.Confirm("u1").Is(JournalState.Unknown));
        _journal.Record(Entries.Confirm("u2").Is(JournalState.Unknown));
        _journal.Record(Entries.Confirm("u3").Said("OK"));
        await _journal.RecordIntentAsync(Entries.Confirm("u4"));
        await _journal.SettleAsync("u2", bought: false, "");
        Clock.Advance(TimeSpan.FromDays(30));
        (await _journal.PruneAsync()).ShouldBe(0);
        (await _journal.FindAsync("e1")).ShouldNotBeNull();

        Clock.Advance(TimeSpan.FromDays(1)); // The journal's own timer.
        (await _journal.PruneAsync()).ShouldBeOneOf(0, 4);
        foreach (var id in new[] { "e1", "e2", "u2", "u3" }) (await _journal.FindAsync(id)).ShouldBeNull(id);
        (await _journal.UnknownsAsync()).Single().Order.Id.ShouldBe("u1");
        (await _journal.FindAsync("u4"))!.State.ShouldBe(JournalState.Intent);
    }
}
