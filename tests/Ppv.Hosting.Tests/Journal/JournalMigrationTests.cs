using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Tests;

/// <summary>A file of an earlier release: with larger pages, and with indexes that are not needed any more.</summary>
public sealed class JournalMigrationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestClock _clock = new(Entries.Noon);
    private readonly string _path;

    public JournalMigrationTests() => _path = _folder.File("journal.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_is_used_as_it_is_without_the_indexes()
    {
        MakeFileOfEarlierRelease();
        await using (var journal = Open())
        {
            (await journal.FindAsync("e1"))!.Code.ShouldBe("OK");
            (await journal.FindConfirmAsync(Entries.Confirm("u1").Order.ConnectionId!))!.State.ShouldBe(JournalState.Unknown);
            (await journal.UnknownsAsync()).Single().OrderId.ShouldBe("u1");
            (await journal.RestoreAsync(Entries.Noon.AddMinutes(-1))).Leases.Single().Entries.Count.ShouldBe(2);
            (await journal.SettleAsync("u1", bought: true, "Seen.")).State.ShouldBe(JournalState.SettledBought);
            journal.Record(Entries.Event("e2").Said("OK"));
            _clock.Advance(TimeSpan.FromDays(30) + TimeSpan.FromTicks(1));
            await journal.PruneAsync().WaitAsync(Entries.Bound);
            foreach (var id in new[] { "e1", "u1", "e2" }) (await journal.FindAsync(id)).ShouldBeNull(id);
        }

        Names().ShouldBe(["open_confirms", "refused_orders", "sent_confirms", "sqlite_autoindex_orders_1"]);
    }

    /// <summary>Of the orders in it nobody knows a purchase that they are a part of.</summary>
    [Fact]
    public async Task What_an_order_is_a_part_of_is_kept_from_now_on_and_a_look_into_an_older_file_finds_nothing()
    {
        MakeFileOfEarlierRelease();
        new JournalView(_path).Read(new JournalQuery()).Select(entry => entry.Order.Subject).ShouldBe([null, null]);
        var order = Entries.Event("e2").Order with { Subject = "the-purchase" };
        await using (var journal = Open())
        {
            (await journal.FindAsync("e1"))!.Order.Subject.ShouldBeNull();
            journal.Record(Entries.Event("e2").Said("OK") with { Order = order });
            await journal.PruneAsync().WaitAsync(Entries.Bound);
        }

        await using (var journal = Open()) (await journal.FindAsync("e2"))!.Order.Subject.ShouldBe("the-purchase");
        new JournalView(_path).Read(new JournalQuery()).Select(entry => entry.Order.Subject).ShouldBe(
            [null, null, "the-purchase"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_file_of_a_release_that_knew_repeats_and_no_subjects_is_read_and_used()
    {
        await using (var journal = Open())
        {
            journal.Record(Entries.Event("e1").Said("OK"));
            await journal.PruneAsync().WaitAsync(Entries.Bound);
        }

        Execute("ALTER TABLE orders DROP COLUMN subject");
        new JournalView(_path).Read(new JournalQuery()).Single().OrderId.ShouldBe("e1");
        await using (var journal = Open()) (await journal.FindAsync("e1"))!.Order.Subject.ShouldBeNull();
    }

    [Fact]
    public async Task A_journal_whose_clock_was_ahead_for_a_while_is_pruned_beyond_that()
    {
        await using var journal = Open();
        await journal.PruneAsync().WaitAsync(Entries.Bound); // The one at its start is over.
        var ahead = Entries.Noon.AddYears(1);
        for (var i = 0; i < 1500; i++) journal.Record(Entries.Event($"a{i}", at: ahead));
        await journal.PruneAsync().WaitAsync(Entries.Bound);
        for (var i = 0; i < 10; i++) journal.Record(Entries.Event($"e{i}"));
        await journal.PruneAsync().WaitAsync(Entries.Bound);
        Execute($"UPDATE orders SET updated_at = '{JournalRow.Text(ahead)}' WHERE order_id LIKE 'a%'");
        _clock.Advance(TimeSpan.FromDays(30) + TimeSpan.FromTicks(1));
        await journal.PruneAsync().WaitAsync(Entries.Bound);
        (await journal.FindAsync("a0")).ShouldNotBeNull();
        (await journal.FindAsync("e0")).ShouldBeNull();
    }

    private SqliteOrderJournal Open() => new(new JournalOptions { Path = _path }, _clock);

    private void MakeFileOfEarlierRelease() => Execute($"""
        PRAGMA page_size = 4096;
        PRAGMA journal_mode = WAL;
        CREATE TABLE orders (
          order_id TEXT NOT NULL PRIMARY KEY, connid TEXT COLLATE NOCASE, command TEXT NOT NULL, value TEXT NOT NULL,
          line INTEGER, session_id TEXT,
          state TEXT NOT NULL, code TEXT, reason TEXT, note TEXT,
          deadline TEXT NOT NULL, received_at TEXT NOT NULL, updated_at TEXT NOT NULL
        );
        CREATE INDEX confirms_by_call ON orders (connid) WHERE command = 'CONFIRM';
        CREATE INDEX open_confirms ON orders (state) WHERE command = 'CONFIRM' AND state IN ('Intent', 'Unknown');
        CREATE INDEX orders_by_session ON orders (session_id);
        CREATE INDEX orders_by_time ON orders (updated_at);
        PRAGMA user_version = 1;
        INSERT INTO orders VALUES ('e1', '0127032d64a94732', 'EV', '262193', 20, 's1', 'Completed', 'OK', NULL, NULL,
          '{JournalRow.Text(Entries.Noon)}', '{JournalRow.Text(Entries.Noon)}', '{JournalRow.Text(Entries.Noon)}');
        INSERT INTO orders VALUES ('u1', '0127032d64a94732', 'CONFIRM', 'UP', 20, 's1', 'Intent', NULL, NULL, NULL,
          '{JournalRow.Text(Entries.Noon)}', '{JournalRow.Text(Entries.Noon)}', '{JournalRow.Text(Entries.Noon)}');
        """);

    private List<string> Names()
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name";
        using var rows = command.ExecuteReader();
        var names = new List<string>();
        while (rows.Read()) names.Add(rows.GetString(0));
        return names;
    }

    private void Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={_path};Pooling=false");
        connection.Open();
        return connection;
    }
}
