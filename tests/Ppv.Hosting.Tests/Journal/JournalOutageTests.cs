using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ppv.Hosting.Tests;

/// <summary>
/// A file that can't be used refuses confirms, says so once, keeps what is recorded, and is used again as soon as it can be.
/// </summary>
public sealed class JournalOutageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestClock _clock = new(Entries.Noon);
    private readonly LogCollector _log = new();
    private readonly string _path;
    private string? _pragma;
    private TaskCompletionSource? _recovered;

    public JournalOutageTests() => _path = _folder.File("journal.db");

    public void Dispose() => _folder.Dispose();

    private SqliteOrderJournal Open(string? path = null) =>
        new(new JournalOptions { Path = path ?? _path }, _clock, _log.CreateLogger("Ppv.Hosting"),
            new JournalHooks { BeforeGroup = BeforeGroup });

    private void BeforeGroup(SqliteConnection connection)
    {
        _recovered?.TrySetResult();
        if (_pragma is null) return;
        using var command = connection.CreateCommand();
        command.CommandText = _pragma;
        command.ExecuteNonQuery();
    }

    private static async Task<string> RefusedAsync(SqliteOrderJournal journal, string orderId)
    {
        var refused = await Should.ThrowAsync<JournalUnavailableException>(
            journal.RecordIntentAsync(Entries.Confirm(orderId)).WaitAsync(Entries.Bound));
        journal.Problem.ShouldBe(refused.Message);
        return refused.Message;
    }

    private IEnumerable<string> Logged(LogLevel level) => _log.Entries.Where(entry => entry.Level == level).Select(entry => entry.Message);

    [Fact]
    public async Task A_full_disk_refuses_confirms_until_there_is_room_again()
    {
        await using var journal = Open();
        await journal.RecordIntentAsync(Entries.Confirm("u0"));
        _pragma = "PRAGMA max_page_count = 1"; // SQLite raises it to what the file has: nothing more fits.
        for (var i = 0; i < 200; i++) journal.Record(Entries.Event($"e{i}") with { Reason = new string('x', 1000) });

        (await RefusedAsync(journal, "u1")).ShouldBe(
            $"The order journal {_path} can't be used: SQLite Error 13: 'database or disk is full'. Make room on its disk.");
        (await RefusedAsync(journal, "u2")).ShouldContain("disk is full");
        (await journal.FindAsync("u1"))!.State.ShouldBe(JournalState.NotExecuted);
        (await journal.FindAsync("e199")).ShouldNotBeNull("what was recorded is known even so");
        (await journal.RecordResultAsync(Entries.Confirm("u0").Said("OK"))).ShouldBeFalse();
        (await journal.FindConfirmAsync(Entries.Confirm("u0").Order.ConnectionId!))!.Code.ShouldBe("OK");
        Logged(LogLevel.Error).Single().ShouldEndWith(
            "Make room on its disk. Confirms are refused until then, EV and EN go on. It is tried again every 5 s.");

        _pragma = "PRAGMA max_page_count = 100000";
        _clock.Advance(TimeSpan.FromSeconds(5));
        await journal.RecordIntentAsync(Entries.Confirm("u3")).WaitAsync(Entries.Bound);
        journal.Problem.ShouldBeNull();
        Logged(LogLevel.Information).ShouldContain($"The order journal {_path} works again after 5 s.");
        await journal.DisposeAsync();

        await using var next = Open();
        (await next.FindAsync("u0"))!.Code.ShouldBe("OK");
        (await next.FindAsync("u1"))!.State.ShouldBe(JournalState.NotExecuted);
        (await next.FindAsync("u3"))!.State.ShouldBe(JournalState.Unknown);
        (await next.FindAsync("e0")).ShouldNotBeNull();
    }

    [Fact]
    public async Task It_recovers_without_a_confirm_that_asks_for_it()
    {
        await using var journal = Open();
        await journal.RecordIntentAsync(Entries.Confirm("u0"));
        _pragma = "PRAGMA query_only = 1";
        (await RefusedAsync(journal, "u1")).ShouldEndWith("Let the worker's account write the file and its folder.");
        _pragma = null;
        _recovered = new TaskCompletionSource();
        _clock.Advance(TimeSpan.FromSeconds(5));
        await _recovered.Task.WaitAsync(Entries.Bound);
    }

    [Fact]
    public async Task A_worker_that_has_nothing_to_write_learns_that_it_could_not()
    {
        await using var journal = Open();
        await journal.PruneAsync().WaitAsync(Entries.Bound);
        _pragma = "PRAGMA query_only = 1";
        _recovered = new TaskCompletionSource();
        _clock.Advance(TimeSpan.FromMinutes(1));
        await _recovered.Task.WaitAsync(Entries.Bound);
        using var limit = new CancellationTokenSource(Entries.Bound);
        while (journal.Problem is null)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        journal.Problem.ShouldEndWith("Let the worker's account write the file and its folder.");
    }

    [Fact]
    public async Task What_is_recorded_during_an_outage_is_bounded_and_what_is_lost_is_told()
    {
        await using var journal = Open();
        await journal.RecordIntentAsync(Entries.Confirm("u0"));
        _pragma = "PRAGMA query_only = 1";
        await RefusedAsync(journal, "u1");
        for (var i = 0; i < SqliteOrderJournal.MaxUnsaved + 9; i++) journal.Record(Entries.Event($"e{i}"));
        (await journal.RecordResultAsync(Entries.Event("f0").Said("OK")).WaitAsync(Entries.Bound)).ShouldBeFalse();
        (await journal.FindAsync("f0")).ShouldBeNull("there was no room for it");
        (await journal.RecordResultAsync(Entries.Confirm("u0").Said("OK"))).ShouldBeFalse();
        (await journal.FindAsync("u0"))!.Code.ShouldBe("OK", "a confirm's result is never lost");
        (await journal.FindAsync($"e{SqliteOrderJournal.MaxUnsaved + 8}")).ShouldBeNull();
        _pragma = null;
        await journal.RecordIntentAsync(Entries.Confirm("u2")).WaitAsync(Entries.Bound);
        Logged(LogLevel.Warning).Count().ShouldBe(2);
        Logged(LogLevel.Warning).Last().ShouldStartWith("11 records of EV, EN and confirms that were not sent are missing");
        (await journal.FindAsync("e0")).ShouldNotBeNull();
    }

    [Fact]
    public async Task That_answers_find_no_room_is_told_even_when_nothing_else_is_recorded()
    {
        await using var journal = Open();
        await journal.RecordIntentAsync(Entries.Confirm("u0"));
        _pragma = "PRAGMA query_only = 1";
        await RefusedAsync(journal, "u1");
        for (var i = 1; i < SqliteOrderJournal.MaxUnsaved; i++) journal.Record(Entries.Event($"e{i}")); // One place is u1's.
        Logged(LogLevel.Warning).ShouldBeEmpty();
        (await journal.RecordResultAsync(Entries.Event("f0").Said("OK")).WaitAsync(Entries.Bound)).ShouldBeFalse();
        await RefusedAsync(journal, "u2");
        Logged(LogLevel.Warning).Single().ShouldStartWith(
            $"{SqliteOrderJournal.MaxUnsaved} orders wait for the order journal {_path}; further EV");
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_left_as_it_is_and_replaced_when_it_is_gone()
    {
        var damaged = new string('z', 20_000);
        await File.WriteAllTextAsync(_path, damaged);
        await using var journal = Open();
        (await RefusedAsync(journal, "u1")).ShouldContain(
            "file is not a database'. It is left as it is. Stop the worker, then restore a backup, or move");
        journal.Record(Entries.Event("e1").Said("OK"));
        (await journal.FindAsync("e1"))!.Code.ShouldBe("OK");
        await Should.ThrowAsync<JournalUnavailableException>(async () => await journal.FindAsync("e2"));
        await Should.ThrowAsync<JournalUnavailableException>(async () => await journal.RestoreAsync(Entries.Noon));
        (await File.ReadAllTextAsync(_path)).ShouldBe(damaged);

        File.Move(_path, _path + ".damaged");
        await journal.RecordIntentAsync(Entries.Confirm("u2")).WaitAsync(Entries.Bound);
        (await journal.FindAsync("e1"))!.Code.ShouldBe("OK");
    }

    [Fact]
    public async Task A_page_that_is_damaged_refuses_instead_of_telling_lies()
    {
        await using (var journal = Open())
        {
            for (var i = 0; i < 200; i++) journal.Record(Entries.Confirm($"u{i}").Said("OK"));
        }

        await using (var file = File.OpenWrite(_path))
        {
            file.Position = 4096;
            await file.WriteAsync(Enumerable.Repeat((byte)0xA5, (int)file.Length - 4096).ToArray());
        }

        await using var again = Open();
        (await RefusedAsync(again, "u1")).ShouldContain("malformed");
        await Should.ThrowAsync<JournalUnavailableException>(async () => await again.FindAsync("u3"));
    }

    [Fact]
    public async Task A_row_that_somebody_spoilt_is_named()
    {
        await using (var journal = Open()) journal.Record(Entries.Event("e1"));
        Change("UPDATE orders SET state = 'Sold'");
        await using var again = Open();
        (await Should.ThrowAsync<JournalUnavailableException>(async () => await again.FindAsync("e1"))).Message.ShouldContain(
            "The row of order e1 can't be understood");
        await again.RecordIntentAsync(Entries.Confirm("u1"));
    }

    [Theory]
    [InlineData("PRAGMA user_version = 7", "a newer release wrote it (version 7, this one knows 2). Install that release again, or give "
        + "this worker another file.")]
    [InlineData("CREATE TABLE films (title TEXT); PRAGMA user_version = 0", "it is another program's database. Give the journal a file "
        + "of its own.")]
    public async Task Files_of_others_are_refused_and_not_touched(string sql, string message)
    {
        Change(sql);
        var before = await File.ReadAllBytesAsync(_path);
        await using (var journal = Open()) (await RefusedAsync(journal, "u1")).ShouldEndWith(message);
        Change("PRAGMA journal_mode = DELETE");
        (await File.ReadAllBytesAsync(_path)).Length.ShouldBe(before.Length);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_refuses_confirms()
    {
        await File.WriteAllTextAsync(_folder.File("file"), "");
        await using var journal = Open(_folder.File("file/journal.db"));
        (await RefusedAsync(journal, "u1")).ShouldStartWith($"The order journal {_folder.File("file/journal.db")} can't be used: ");
        Logged(LogLevel.Error).Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_second_worker_on_one_journal_is_refused_until_the_first_one_ends()
    {
        var first = Open();
        await first.RecordIntentAsync(Entries.Confirm("u1"));
        await using var second = Open();
        (await RefusedAsync(second, "u2")).ShouldBe(
            $"The order journal {_path} can't be used: another worker uses it, and one journal belongs to one worker. Stop that worker, "
                + "or give this one a file of its own.");
        (await first.FindAsync("u1"))!.State.ShouldBe(JournalState.Intent, "the second one left it alone");
        await first.DisposeAsync();
        await second.RecordIntentAsync(Entries.Confirm("u3")).WaitAsync(Entries.Bound);
        (await second.FindAsync("u1"))!.State.ShouldBe(JournalState.Unknown);
    }

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
