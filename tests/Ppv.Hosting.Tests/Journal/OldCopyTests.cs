using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Tests;

/// <summary>
/// What is found in the journal's place at a start is not the file that the last worker wrote: a mark outside of it shows that. What was
/// bought since must not count as never seen.
/// </summary>
public sealed class OldCopyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestClock _clock = new(Entries.Noon);
    private readonly string _path;

    public OldCopyTests() => _path = _folder.File("orders.db");

    public void Dispose() => _folder.Dispose();

    private string Lock => _path + ".lock";

    private SqliteOrderJournal Open(string? path = null) => new(new JournalOptions { Path = path ?? _path }, _clock);

    private async Task BuyAsync(string orderId, string? path = null)
    {
        await using var journal = Open(path);
        await BuyAsync(journal, orderId);
    }

    private async Task BuyAsync(SqliteOrderJournal journal, string orderId)
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        await journal.RecordIntentAsync(Entries.Confirm(orderId)).WaitAsync(Entries.Bound);
        (await journal.RecordResultAsync(Entries.Confirm(orderId).Said("OK"))).ShouldBeTrue();
    }

    /// <summary>No confirm is recorded, so none is sent; nothing counts as never seen; and nothing as this worker's own past.</summary>
    private async Task<string> RefusedAsync(string? path = null, string lookedFor = "u2")
    {
        await using var journal = Open(path);
        var refused = await Should.ThrowAsync<JournalUnavailableException>(
            journal.RecordIntentAsync(Entries.Confirm("u9")).WaitAsync(Entries.Bound));
        foreach (var read in new Func<Task>[]
        {
            () => journal.FindAsync(lookedFor), () => journal.FindAsync(Guid.CreateVersion7().ToString("N")),
            () => journal.FindConfirmAsync(Entries.Confirm("u").Order.ConnectionId!), () => journal.UnknownsAsync(),
            () => journal.RestoreAsync(Entries.Noon), () => journal.IdentityAsync(),
        }) (await Should.ThrowAsync<JournalUnavailableException>(read)).Message.ShouldBe(refused.Message);
        journal.Problem.ShouldBe(refused.Message);
        refused.Message.ShouldStartWith($"The order journal {path ?? _path} can't be used: ");
        refused.Message.ShouldContain($"ppv journal accept --journal {path ?? _path}");
        return refused.Message;
    }

    [Fact]
    public async Task An_old_copy_in_its_place_is_refused_and_left_as_it_is_and_the_newest_one_is_taken_again()
    {
        await BuyAsync("u1");
        File.Copy(_path, _folder.File("old.db"));
        await BuyAsync("u2");
        await BuyAsync("u3");
        File.Move(_path, _folder.File("newest.db"));
        File.Copy(_folder.File("old.db"), _path);

        (await RefusedAsync()).ShouldContain("it is an old copy: the worker wrote to it until 2026-07-01 12:03:00Z, and it ends at "
            + "2026-07-01 12:01:00Z. Up to 2 orders are missing. A confirm among them would be bought again. Put the newest file back");

        File.ReadAllBytes(_path).ShouldBe(File.ReadAllBytes(_folder.File("old.db")));
        File.Move(_folder.File("newest.db"), _path, overwrite: true);
        await using var journal = Open();
        (await journal.FindAsync("u3"))!.Code.ShouldBe("OK");
        await BuyAsync(journal, "u4");
    }

    /// <summary>The newest row is the same in both.</summary>
    [Fact]
    public async Task A_copy_that_lacks_only_what_became_of_an_order_that_it_has_is_an_old_one()
    {
        await using (var journal = Open())
        {
            journal.Record(Entries.Confirm("u1"));
            journal.Record(Entries.Event("e1").Said("OK"));
        }

        File.Copy(_path, _folder.File("old.db"));
        await BuyAsync("u1");
        File.Copy(_folder.File("old.db"), _path, overwrite: true);
        await RefusedAsync(lookedFor: "u1");
    }

    [Fact]
    public async Task What_only_an_event_has_added_is_missed_as_well()
    {
        await BuyAsync("u1");
        File.Copy(_path, _folder.File("old.db"));
        await using (var journal = Open()) journal.Record(Entries.Event("e1").Said("OK"));
        File.Copy(_folder.File("old.db"), _path, overwrite: true);
        await RefusedAsync();
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("empty")]
    public async Task A_file_that_vanished_is_not_made_anew(string how)
    {
        await BuyAsync("u2");
        File.Delete(_path);
        if (how == "empty") File.WriteAllBytes(_path, []);
        (await RefusedAsync()).ShouldContain($"it is {how}");
        File.Exists(_path).ShouldBe(how == "empty");
    }

    [Fact]
    public async Task Another_journal_in_its_place_is_refused()
    {
        await BuyAsync("u2");
        for (var i = 0; i < 5; i++) await BuyAsync($"v{i}", _folder.File("other.db"));
        File.Copy(_folder.File("other.db"), _path, overwrite: true);
        (await RefusedAsync()).ShouldContain("another journal is in its place");
    }

    /// <summary>Another worker went on with a copy: it has more orders, and not those of this one.</summary>
    [Fact]
    public async Task A_copy_that_went_its_own_way_is_refused_though_it_has_more()
    {
        await BuyAsync("u1");
        File.Copy(_path, _folder.File("copy.db"));
        await BuyAsync("u2");
        for (var i = 0; i < 5; i++) await BuyAsync($"v{i}", _folder.File("copy.db"));
        File.Copy(_folder.File("copy.db"), _path, overwrite: true);
        await RefusedAsync();
    }

    /// <summary>Everything by the journal's name is removed, and a backup put in its place.</summary>
    [Fact]
    public async Task A_file_whose_mark_is_gone_is_refused_where_it_was_marked_and_taken_elsewhere_under_a_new_name()
    {
        await BuyAsync("u1");
        var name = await IdentityAsync(_path);
        var backup = JournalCopies.Backup(_path, _folder.File("backup.db"));
        await BuyAsync("u2");
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(_path)!, "orders.db*")) File.Delete(file);
        File.Copy(backup, _path);
        (await RefusedAsync()).ShouldContain("the mark that was kept beside it");

        await using var moved = Open(backup);
        (await moved.FindAsync("u1"))!.Code.ShouldBe("OK");
        var renamed = await moved.IdentityAsync();
        renamed.ShouldNotBe(name);
        await moved.DisposeAsync();
        (await IdentityAsync(backup)).ShouldBe(renamed, "it is known at its place now");
    }

    private async Task<string> IdentityAsync(string path)
    {
        await using var journal = Open(path);
        return await journal.IdentityAsync();
    }

    [Fact]
    public async Task What_is_no_mark_is_refused()
    {
        await BuyAsync("u2");
        File.WriteAllText(Lock, "Do not remove!");
        (await RefusedAsync()).ShouldContain("can't be read");
    }

    [Fact]
    public async Task A_file_of_an_earlier_release_is_taken_as_it_is_and_marked_from_then_on()
    {
        await BuyAsync("u1");
        Execute("DROP TABLE history");
        File.WriteAllText(Lock, "");
        File.Copy(_path, _folder.File("old.db"));
        await BuyAsync("u2");
        File.Copy(_folder.File("old.db"), _path, overwrite: true);
        await RefusedAsync();
    }

    [Fact]
    public async Task What_a_killed_worker_leaves_is_taken_and_its_log_missed()
    {
        await using var journal = Open();
        await BuyAsync(journal, "u1");
        await BuyAsync(journal, "u2");
        var left = JournalCopies.AfterKill(_path, _folder, "left");
        await using (var next = Open(left)) (await next.FindAsync("u2"))!.Code.ShouldBe("OK");

        left = JournalCopies.AfterKill(_path, _folder, "without-log");
        File.Delete(left + "-wal");
        await RefusedAsync(left);
    }

    /// <summary>SQLite would lay the newer pages of the log over the old file.</summary>
    [Fact]
    public async Task An_old_copy_with_the_log_of_the_newest_file_beside_it_is_refused_and_both_are_left_as_they_are()
    {
        await BuyAsync("u1");
        File.Copy(_path, _folder.File("old.db"));
        await BuyAsync("u2");
        await using var journal = Open();
        await BuyAsync(journal, "u3");
        var left = JournalCopies.AfterKill(_path, _folder, "left");
        File.Copy(_folder.File("old.db"), left, overwrite: true);
        var log = File.ReadAllBytes(left + "-wal");
        log.ShouldNotBeEmpty();

        (await RefusedAsync(left)).ShouldContain("with the log of a newer one beside it");

        File.ReadAllBytes(left).ShouldBe(File.ReadAllBytes(_folder.File("old.db")));
        File.ReadAllBytes(left + "-wal").ShouldBe(log);
    }

    /// <summary>What was not waited for can be lost then, and the mark may have got further than the file.</summary>
    [Fact]
    public async Task What_a_loss_of_power_took_back_is_not_missed_and_what_was_on_disk_is()
    {
        await BuyAsync("u1");
        File.Copy(_path, _folder.File("old.db"));
        await BuyAsync("u2");
        Change(mark => mark with { Last = new JournalWitness("e-lost", JournalState.Completed, Entries.Noon) });
        await RefusedAsync();
        Change(mark => mark with { Boot = "another-start-of-the-machine" });
        await BuyAsync("u3");

        File.Copy(_folder.File("old.db"), _path, overwrite: true);
        Change(mark => mark with { Boot = "another-start-of-the-machine" });
        await RefusedAsync();
    }

    [Fact]
    public async Task An_event_is_marked_as_written_and_a_confirm_as_on_disk()
    {
        string left;
        await using (var journal = Open())
        {
            await BuyAsync(journal, "u1");
            journal.Record(Entries.Event("e1"));
            await journal.PruneAsync().WaitAsync(Entries.Bound);
            left = JournalCopies.AfterKill(_path, _folder, "left");
        }

        using var held = JournalLock.Take(left);
        var mark = held.ReadMark()!;
        (mark.OnDisk!.OrderId, mark.OnDisk.State, mark.Last!.OrderId, mark.Boot).ShouldBe(
            ("u1", JournalState.Completed, "e1", MachineBoot.Id));
        using var ended = JournalLock.Take(_path);
        ended.ReadMark()!.OnDisk!.OrderId.ShouldBe("e1", "its end was waited for");
    }

    /// <summary>The mark comes before the file: else a file that knows of a mark would have none.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_first_start_that_was_cut_off_is_no_loss(bool fileIsThere)
    {
        if (fileIsThere) await using (Open()) { }
        string identity = "x";
        if (fileIsThere) identity = (string)Scalar("SELECT name FROM identity")!;
        using (var held = JournalLock.Take(_path))
        {
            held.Clear();
            held.Write(new JournalMark { Identity = identity, IsBeginning = true, Generation = 7 });
        }

        await BuyAsync("u1");
        await BuyAsync("u2");
    }

    [Fact]
    public async Task What_was_pruned_or_moved_to_other_rows_is_not_missed()
    {
        await BuyAsync("u1");
        _clock.Advance(TimeSpan.FromDays(31));
        await using (var journal = Open())
        {
            await journal.PruneAsync().WaitAsync(Entries.Bound);
            (await journal.FindAsync("u1")).ShouldBeNull("nothing is left");
        }

        await BuyAsync("u2");
        await BuyAsync("u3");
        Execute("DELETE FROM orders WHERE order_id = 'u2'; UPDATE orders SET rowid = 1");
        Execute("PRAGMA journal_mode = DELETE; VACUUM");
        await BuyAsync("u4");
    }

    [Fact]
    public async Task An_accepted_copy_is_used_under_another_name_and_missed_in_its_turn()
    {
        await BuyAsync("u1");
        string before;
        await using (var journal = Open()) before = await journal.IdentityAsync();
        File.Copy(_path, _folder.File("old.db"));
        await BuyAsync("u2");
        File.Copy(_path, _folder.File("newest.db"));
        File.Copy(_folder.File("old.db"), _path, overwrite: true);
        await RefusedAsync();

        string named;
        using (var acceptance = JournalAcceptance.Begin(_path))
            named = acceptance.Accept("The disk is lost, says Kim.", _clock.GetUtcNow());

        await using (var journal = Open())
        {
            (await journal.IdentityAsync()).ShouldBe(named);
            named.ShouldNotBe(before);
            (await journal.FindAsync("u2")).ShouldBeNull("that was accepted");
            await BuyAsync(journal, "u3");
        }

        Scalar("SELECT note FROM history WHERE event = 'accepted'").ShouldBe("The disk is lost, says Kim.");
        File.Copy(_folder.File("newest.db"), _path, overwrite: true);
        (await RefusedAsync(lookedFor: "u3")).ShouldContain("another journal is in its place");
    }

    [Fact]
    public async Task What_is_gone_is_accepted_as_a_new_journal_but_not_while_its_log_is_there()
    {
        await BuyAsync("u1");
        File.Delete(_path);
        File.WriteAllText(_path + "-wal", "the log of the file that is gone");
        using (var acceptance = JournalAcceptance.Begin(_path))
        {
            Should.Throw<InvalidOperationException>(
                () => acceptance.Accept("n", _clock.GetUtcNow())).Message.ShouldContain("Move it away");
            File.Delete(_path + "-wal");
            acceptance.Accept("n", _clock.GetUtcNow());
        }

        await BuyAsync("u2");
        using var nothing = JournalAcceptance.Begin(_path);
        nothing.Doubt.ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_is_accepted_under_a_running_worker_or_that_is_damaged()
    {
        await using (var journal = Open())
        {
            for (var i = 0; i < 50; i++) await BuyAsync(journal, $"u{i}");
            Should.Throw<InvalidOperationException>(() => JournalAcceptance.Begin(_path)).Message.ShouldContain("Stop it");
        }

        var content = File.ReadAllBytes(_path);
        content.AsSpan(content.Length / 2, 2048).Fill(0xA5);
        File.WriteAllBytes(_path, content);
        File.Delete(Lock);
        using var acceptance = JournalAcceptance.Begin(_path);
        Should.Throw<JournalUnavailableException>(() => acceptance.Accept("n", _clock.GetUtcNow())).Message.ShouldContain("damaged");
    }

    private void Change(Func<JournalMark, JournalMark> change)
    {
        using var held = JournalLock.Take(_path);
        var mark = change(held.ReadMark()!);
        held.Write(mark with { Generation = mark.Generation + 1 });
    }

    private void Execute(string sql) => Scalar(sql);

    private object? Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
