using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Tests;

/// <summary>The table, its indexes, and files that have another one.</summary>
public sealed class JournalSchemaTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestClock _clock = new(Entries.Noon);
    private readonly string _path;

    public JournalSchemaTests() => _path = _folder.File("journal.db");

    public void Dispose() => _folder.Dispose();

    /// <summary>Each one costs every order that is in it.</summary>
    [Fact]
    public async Task A_new_file_has_no_more_indexes_than_are_asked()
    {
        await using (var journal = Open()) await journal.RecordResultAsync(Entries.Event("e1").Said("OK"));
        Names().ShouldBe(["open_confirms", "refused_orders", "sent_confirms", "sqlite_autoindex_orders_1"]);
    }

    [Theory]
    [InlineData(1, "a program from before the first release wrote it")]
    [InlineData(99, "a newer release wrote it (version 99, this one knows 2)")]
    public async Task A_file_of_another_version_is_refused_and_not_touched(int version, string problem)
    {
        Execute($"CREATE TABLE orders (order_id TEXT); PRAGMA user_version = {version}");
        var before = await File.ReadAllBytesAsync(_path);
        await using (var journal = Open())
        {
            var refused = await Should.ThrowAsync<JournalUnavailableException>(
                journal.RecordIntentAsync(Entries.Confirm("u1")).WaitAsync(Entries.Bound));
            refused.Message.ShouldContain(problem);
        }

        (await File.ReadAllBytesAsync(_path)).ShouldBe(before);
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
