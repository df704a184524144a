using Microsoft.Data.Sqlite;
using Ppv.Protocol.Text;
using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

public sealed class SqliteOrderJournalTests : OrderJournalContract
{
    private readonly TemporaryFolder _folder = new();

    private protected override IOrderJournalStore Create(JournalOptions options)
    {
        options.Path = _folder.File("new/folder/journal.db");
        return new SqliteOrderJournal(options, Clock);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private SqliteOrderJournal Open(string name = "a.db", Action<SqliteConnection>? beforeGroup = null) =>
        new(new JournalOptions { Path = _folder.File(name) }, Clock, PlainLogger.None, new JournalHooks { BeforeGroup = beforeGroup });

    private void Copy(string from, string to)
    {
        foreach (var suffix in new[] { "", "-wal" }) File.Copy(_folder.File(from) + suffix, _folder.File(to) + suffix);
    }

    /// <summary>The copy is what a process that is killed now leaves behind.</summary>
    [Fact]
    public async Task An_intent_is_in_the_file_when_its_task_completes_and_unknown_to_the_next_process()
    {
        await using var journal = Open();
        await journal.RecordIntentAsync(Entries.Confirm("u1"));
        Copy("a.db", "b.db");
        await using var next = Open("b.db");
        var found = await next.FindAsync("u1");
        found!.State.ShouldBe(JournalState.Unknown);
        found.Reason.ShouldBe("The worker ended before it knew what Wizard did.");
        (await next.UnknownsAsync()).Single().ShouldBe(found);
        await Should.ThrowAsync<InvalidOperationException>(next.RecordIntentAsync(Entries.Confirm("u1")));
        (await next.SettleAsync("u1", true, "Seen.")).State.ShouldBe(JournalState.SettledBought);
    }

    /// <summary>The worker may never be started again: a person must find it in the list, and be able to settle it.</summary>
    [Fact]
    public async Task What_is_cut_off_by_the_end_of_the_worker_is_listed_when_the_journal_is_closed()
    {
        await using (var journal = Open())
        {
            await journal.RecordIntentAsync(Entries.Confirm("cut-off"));
            await journal.RecordIntentAsync(Entries.Confirm("ended"));
            await journal.RecordResultAsync(Entries.Confirm("ended").Said("OK"));
        }

        new JournalView(_folder.File("a.db")).Read(JournalQuery.Unknowns).ShouldHaveSingleItem().OrderId.ShouldBe("cut-off");
    }

    /// <summary>It is for the next start of the worker, and nobody's order.</summary>
    [Fact]
    public async Task The_note_that_what_a_call_had_named_counts_no_more_is_not_listed_as_an_order()
    {
        await using (var journal = Open())
        {
            await journal.RecordResultAsync(Entries.Event("e1").Said("OK"));
            await journal.RecordResultAsync(Entries.Event("note").Is(JournalState.NotExecuted) with { RepeatOf = "e1" });
            await journal.RecordResultAsync(Entries.Confirm("u1").Is(JournalState.Unknown) with { RepeatOf = "u0" });
        }

        new JournalView(_folder.File("a.db")).Read(new JournalQuery()).Select(entry => entry.OrderId).ShouldBe(["e1", "u1"]);
    }

    /// <summary>What was refused is forgotten soon, and leaves the rows of other orders far apart.</summary>
    [Fact]
    public async Task What_came_before_a_flood_of_forgotten_refusals_is_handed_over_and_restored()
    {
        await using (var journal = Open())
        {
            await journal.RecordResultAsync(Entries.Event("ev").Said("OK"));
            await journal.RecordIntentAsync(Entries.Confirm("before"));
            await journal.RecordResultAsync(Entries.Confirm("before").Said("OK"));
            await journal.RecordResultAsync(Entries.Event("after", "2", "s2").Said("OK"));
        }

        using (var file = new SqliteConnection($"Data Source={_folder.File("a.db")};Pooling=False"))
        {
            file.Open();
            using var gap = file.CreateCommand();
            gap.CommandText = "UPDATE orders SET rowid = rowid + 1000000 WHERE order_id = 'after'";
            gap.ExecuteNonQuery().ShouldBe(1);
        }

        await using var next = Open();
        (await next.ChangedSinceAsync(Entries.Noon.AddDays(-1), 10)).Select(entry => entry.OrderId).ShouldBe(["after", "before", "ev"],
            ignoreOrder: true);
        (await next.RestoreAsync(Entries.Noon.AddDays(-1))).Leases.Select(lease => lease.LeaseId).ShouldBe(["s1", "s2"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("0127032d64a94732", "call")]
    [InlineData("0127032D64A94732", "call")]
    [InlineData("0127032d64a94732~ivr", "call")]
    [InlineData("an_id", "an_id~ivr")]
    [InlineData("an_id~ivr", "an_id~ivr")]
    [InlineData("an", "")]
    [InlineData("%", "")]
    public async Task An_operator_finds_the_orders_of_all_clients_by_what_they_call_them(string asked, string found)
    {
        await using (var journal = Open())
        {
            await journal.RecordResultAsync(Entries.Event("call", "0127032d64a94732~ivr").Said("OK"));
            await journal.RecordResultAsync(Entries.Event("an_id~ivr", "2").Said("OK"));
            await journal.RecordResultAsync(Entries.Event("anXid~ivr", "3").Said("OK"));
        }

        string.Join(',', new JournalView(_folder.File("a.db")).Read(new JournalQuery { AnyId = asked }).Select(entry => entry.OrderId))
            .ShouldBe(found);
    }

    [Fact]
    public async Task A_result_and_a_verdict_are_in_the_file_when_their_task_completes()
    {
        await using var journal = Open();
        await journal.RecordIntentAsync(Entries.Confirm("u1"));
        (await journal.RecordResultAsync(Entries.Confirm("u1").Said("OK"))).ShouldBeTrue();
        await journal.RecordIntentAsync(Entries.Confirm("u2"));
        await journal.RecordResultAsync(Entries.Confirm("u2").Is(JournalState.Unknown));
        await journal.SettleAsync("u2", false, "Not on the bill.");
        Copy("a.db", "b.db");
        await using var next = Open("b.db");
        (await next.FindAsync("u1"))!.Code.ShouldBe("OK");
        (await next.FindAsync("u2"))!.Note.ShouldBe("Not on the bill.");
    }

    [Fact]
    public async Task Only_what_must_survive_a_power_cut_waits_for_the_disk()
    {
        var synchronous = new List<long>();
        await using var journal = Open(beforeGroup: connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA synchronous";
            lock (synchronous) synchronous.Add((long)command.ExecuteScalar()!);
        });
        const long normal = 1, full = 2;

        await Expect(normal, () => journal.Record(Entries.Event("e1")));
        await Expect(full, () => _ = journal.RecordIntentAsync(Entries.Confirm("u1")));
        await Expect(normal, () => journal.Record(Entries.Confirm("u2")));
        await Expect(full, () => journal.Record(Entries.Confirm("u1").Said("OK")));

        async Task Expect(long expected, Action write)
        {
            lock (synchronous) synchronous.Clear();
            write();
            await journal.PruneAsync().WaitAsync(Entries.Bound); // It comes after what waits.
            lock (synchronous) synchronous.ShouldBe([expected]);
        }
    }

    [Fact]
    public async Task Everything_is_there_after_a_clean_end()
    {
        await using (var journal = Open())
        {
            for (var i = 0; i < 1000; i++) journal.Record(Entries.Event($"e{i}").Said("OK"));
        }

        File.Exists(_folder.File("a.db-wal")).ShouldBeFalse("the file is whole without it");
        await using var next = Open();
        for (var i = 0; i < 1000; i++) (await next.FindAsync($"e{i}"))!.Code.ShouldBe("OK");
    }

    /// <summary>Whoever has confirms of one call refused without end must not make each further one slower.</summary>
    [Theory]
    [InlineData("CONFIRM", JournalSchema.IsSentConfirm + " AND connid = '0127032d64a94732'")]
    [InlineData("owners", JournalSchema.IsSentConfirm + " AND connid > '0127032d64a94732~' AND connid < '0127032d64a94732z'")]
    public async Task Confirms_of_a_call_that_were_never_sent_are_not_even_looked_at(string what, string condition)
    {
        await using (var journal = Open()) journal.Record(Entries.Confirm("u1").Said("OK"));
        await using var connection = new SqliteConnection($"Data Source={_folder.File("a.db")};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"""
            EXPLAIN QUERY PLAN SELECT * FROM orders WHERE {condition} OR order_id IN (SELECT value FROM json_each('[]')) ORDER BY +rowid
            """;
        await using var rows = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await rows.ReadAsync()) plan.Add(rows.GetString(3));
        plan.ShouldContain(line => line.Contains("USING INDEX sent_confirms", StringComparison.Ordinal), what);
        plan.ShouldNotContain(line => line.StartsWith("SCAN orders", StringComparison.Ordinal));
    }

    /// <summary>Its neighbour in the file has an owner, and is the only order under it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_id_that_only_an_owner_has_is_found_in_a_file_that_was_opened_anew(bool hasCall)
    {
        var call = hasCall ? ConnectionId.Parse("7") : null;
        var owned = Entries.Confirm("zz") with { Order = (new PpvOrder(call, PpvCommand.Confirm) with { Id = "zz" }).OwnedBy("ivr") };
        await using (var journal = Open()) await journal.RecordResultAsync(owned.Said("OK"));

        await using var next = Open();
        (await next.IsOwnedAsync("zz")).ShouldBeTrue();
        (await next.IsOwnedAsync("zy")).ShouldBeFalse();
    }

    [Fact]
    public async Task Many_intents_at_once_share_commits()
    {
        const int intents = 500;
        var groups = 0;
        using var first = new ManualResetEventSlim();
        await using var journal = Open(beforeGroup: _ =>
        {
            if (++groups == 1) first.Wait(Entries.Bound);
        });
        var all = Enumerable.Range(0, intents).Select(i => journal.RecordIntentAsync(Entries.Confirm($"u{i}"))).ToList();
        first.Set(); // One or more intents are in the first group; the others came while it was written.
        await Task.WhenAll(all).WaitAsync(Entries.Bound);
        groups.ShouldBeLessThanOrEqualTo(2);
        (await journal.FindAsync("u499"))!.State.ShouldBe(JournalState.Intent);
    }

    [Fact]
    public async Task Who_leaves_before_the_intent_is_taken_leaves_nothing_behind()
    {
        using var entered = new SemaphoreSlim(0);
        using var go = new ManualResetEventSlim();
        await using var journal = Open(beforeGroup: _ =>
        {
            entered.Release();
            go.Wait(Entries.Bound);
        });
        using var deadline = new CancellationTokenSource();
        journal.Record(Entries.Event("e1"));
        (await entered.WaitAsync(Entries.Bound)).ShouldBeTrue();
        var waits = journal.RecordIntentAsync(Entries.Confirm("u1"), deadline.Token);
        await deadline.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waits);
        go.Set();
        await journal.PruneAsync().WaitAsync(Entries.Bound);
        (await journal.FindAsync("u1")).ShouldBeNull("it was not yet taken");
    }

    [Fact]
    public async Task An_intent_whose_caller_left_during_the_commit_becomes_not_executed()
    {
        using var deadline = new CancellationTokenSource();
        var write = new GuardedWrite(
            "u1", Entries.Confirm("u1").Is(JournalState.Intent), _ => Entries.Confirm("u1").Is(JournalState.Intent));
        write.Decide(null).ShouldNotBeNull();
        write.Cancel(new CancellationToken(true));
        write.Succeed()!.State.ShouldBe(JournalState.Intent);

        // And the whole of it: the caller leaves when its row is written and the commit is not yet made.
        await using var journal = Open(beforeGroup: connection => connection.CreateFunction("leave", () =>
        {
            deadline.Cancel();
            return 1;
        }));
        await journal.PruneAsync();
        await AddTriggerAsync(_folder.File("a.db"));
        await Should.ThrowAsync<OperationCanceledException>(journal.RecordIntentAsync(Entries.Confirm("u1"), deadline.Token));
        await journal.PruneAsync().WaitAsync(Entries.Bound);
        var found = await journal.FindAsync("u1");
        found!.State.ShouldBe(JournalState.NotExecuted);
        found.Reason.ShouldBe("Its caller's time was over before the journal had recorded it.");
        (await journal.FindConfirmAsync(found.Order.ConnectionId!)).ShouldBeNull();
    }

    private static async Task AddTriggerAsync(string path)
    {
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        await connection.OpenAsync();
        connection.CreateFunction("leave", () => 1);
        await using var command = connection.CreateCommand();
        command.CommandText = "CREATE TRIGGER leaving AFTER INSERT ON orders WHEN NEW.state = 'Intent' BEGIN SELECT leave(); END";
        await command.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task A_large_journal_is_pruned_piece_by_piece()
    {
        await using var journal = new SqliteOrderJournal(
            new JournalOptions { Path = _folder.File("a.db"), Retention = TimeSpan.FromHours(1) }, Clock);
        await journal.PruneAsync().WaitAsync(Entries.Bound); // The one at its start is over.
        for (var i = 0; i < 2500; i++) journal.Record(Entries.Event($"e{i}"));
        Clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromTicks(1));
        (await journal.PruneAsync().WaitAsync(Entries.Bound)).ShouldBe(2500);
        (await journal.PruneAsync().WaitAsync(Entries.Bound)).ShouldBe(0);
    }

    [Fact]
    public async Task It_prunes_when_it_starts()
    {
        await using (var journal = Open()) journal.Record(Entries.Event("e1"));
        Clock.Advance(TimeSpan.FromDays(31));
        await using (var journal = Open()) await journal.PruneAsync();
        await using var next = Open();
        (await next.FindAsync("e1")).ShouldBeNull();
    }
}
