using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Tests;

/// <summary>
/// What the writer's file promises of the disk. SQLite waits for the disk only when a commit appends to the write-ahead log, so its length
/// shows what no program can see otherwise.
/// </summary>
public sealed class JournalFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;
    private readonly JournalFile _file;

    public JournalFileTests()
    {
        _path = _folder.File("journal.db");
        _file = new JournalFile(_path, TimeProvider.System, JournalHooks.None);
    }

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }

    private static WriteGroup Group(JournalEntry[] entries, GuardedWrite[]? guarded = null, bool somebodyWaits = false) =>
        new(entries, guarded ?? [], somebodyWaits ? [new TaskCompletionSource<bool>()] : [], []);

    private static GuardedWrite Intent(string orderId)
    {
        var intent = Entries.Confirm(orderId).Is(JournalState.Intent);
        return new GuardedWrite(orderId, intent, known => JournalRules.Begin(known, intent));
    }

    private long Written(WriteGroup group)
    {
        var before = new FileInfo(_path + "-wal").Length;
        _file.Save(group);
        return new FileInfo(_path + "-wal").Length - before;
    }

    /// <summary>A new file knows of no confirm, so that each that is repeated would be a new one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_file_in_its_place_is_not_taken_for_it_however_often_it_is_opened(bool isEmpty)
    {
        _file.Open();
        _file.Close();
        if (isEmpty) File.WriteAllBytes(_path, []);
        else File.Delete(_path);

        for (var tries = 0; tries < 2; tries++) Should.Throw<InvalidDataException>(_file.Open).Message.ShouldContain("another file");

        _file.IsOpen.ShouldBeFalse();
        using var next = new JournalFile(_path, TimeProvider.System, JournalHooks.None);
        _file.Dispose();
        Should.Throw<InvalidDataException>(next.Open).Message.ShouldContain("another file", customMessage: "nor by the next process");
    }

    [Fact]
    public void Whoever_is_told_that_an_answer_is_on_disk_was_waited_for_even_when_the_file_knew_it_already()
    {
        _file.Open();
        var answered = Entries.Event("e1").Said("OK");
        Written(Group([answered])).ShouldBePositive("nobody waits: a commit that the machine's power may take back");
        Written(Group([answered])).ShouldBe(0, "nobody waits, and nothing is new");
        Written(Group([answered], somebodyWaits: true)).ShouldBePositive(
            "the earlier commit reaches the disk only with another one that waits for it");
        Written(Group([Entries.Event("e1")], somebodyWaits: true)).ShouldBePositive("it is told less than is known, which is nothing new");
    }

    [Fact]
    public void A_confirm_that_is_refused_for_what_is_known_waits_until_that_is_on_disk()
    {
        _file.Open();
        _file.Save(Group([], [Intent("u1")]));
        Written(Group([], [Intent("u1")])).ShouldBePositive();
        Written(Group([Entries.Confirm("u1").Said("OK")])).ShouldBePositive();
        Written(Group([Entries.Confirm("u1").Said("OK")])).ShouldBePositive("what became of a confirm is always waited for");
    }

    /// <summary>The file has nothing of either yet: what the first one says must count for the second one.</summary>
    [Fact]
    public async Task A_confirm_that_was_recorded_in_the_same_commit_is_not_begun()
    {
        _file.Open();
        var intent = Intent("u1");
        _file.Save(Group([Entries.Confirm("u1").Said("OK")], [intent]));
        intent.Succeed();
        await Should.ThrowAsync<InvalidOperationException>(intent.Done);
    }

    [Fact]
    public void A_library_that_can_damage_the_file_is_refused_and_the_one_in_the_package_is_not()
    {
        using var connection = new SqliteConnection($"Data Source={_path};Pooling=false");
        connection.Open();
        foreach (var good in new[] { connection.ServerVersion, "3.51.3", "3.100.0" }) JournalSetup.Apply(connection, good);
        Should.Throw<InvalidDataException>(() => JournalSetup.Apply(connection, "3.51.2")).Message.ShouldBe(
            "its SQLite library is 3.51.2, and libraries before 3.51.3 can damage the file. Give the program "
                + "SQLitePCLRaw.bundle_e_sqlite3 2.1.13 or later");
        Should.Throw<InvalidDataException>(() => JournalSetup.Apply(connection, "unknown"));
    }

    [Fact]
    public void A_place_where_SQLite_can_keep_no_write_ahead_log_is_refused()
    {
        using var memory = new SqliteConnection("Data Source=:memory:");
        memory.Open();
        var refused = Should.Throw<InvalidDataException>(() => JournalSetup.Apply(memory, memory.ServerVersion));
        JournalProblem.Describe("/mnt/share/a.db", refused).ShouldBe(
            "The order journal /mnt/share/a.db can't be used: SQLite keeps no write-ahead log for it, but works in mode \"memory\", as "
                + "on file systems that can't "
            + "share memory. Put the file on a local disk.");

        using var file = new SqliteConnection($"Data Source={_folder.File("other.db")};Pooling=false;Vfs=unix-dotfile");
        if (OperatingSystem.IsWindows()) return; // It has no such file system.
        file.Open();
        Should.Throw<InvalidDataException>(
            () => JournalSetup.Apply(file, file.ServerVersion)).Message.ShouldContain("works in mode \"delete\"");
    }

    [Fact]
    public void A_log_that_somebody_held_up_shrinks_again()
    {
        _file.Open();
        using (var backup = new SqliteConnection($"Data Source={_path};Pooling=false"))
        {
            backup.Open();
            using var read = backup.CreateCommand();
            read.CommandText = "BEGIN; SELECT count(*) FROM orders";
            read.ExecuteScalar();
            for (var i = 0; i < 20; i++) _file.Save(Group([Entries.Event($"e{i}") with { Reason = new string('x', 1024 * 1024) }]));
            new FileInfo(_path + "-wal").Length.ShouldBeGreaterThan(16 * 1024 * 1024);
        }

        var limit = TimeProvider.System.GetTimestamp();
        for (var i = 0; new FileInfo(_path + "-wal").Length > JournalSetup.LogLimit; i++)
        {
            TimeProvider.System.GetElapsedTime(limit).ShouldBeLessThan(Entries.Bound);
            _file.Save(Group([Entries.Event($"f{i}") with { Reason = new string('x', 100 * 1024) }]));
        }
    }
}
