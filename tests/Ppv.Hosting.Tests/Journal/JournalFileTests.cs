using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Tests;

/// <summary>
/// What the writer's file promises of the disk. SQLite waits for the disk only when a commit appends to the write-ahead log, so its length shows what
/// no program can see otherwise.
/// </summary>
public sealed class JournalFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;
    private readonly JournalFile _file;

    public JournalFileTests()
    {
        _path = _folder.File("journal.db");
        _file = new JournalFile(_path, null);
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

    [Fact]
    public void Whoever_is_told_that_an_answer_is_on_disk_was_waited_for_even_when_the_file_knew_it_already()
    {
        _file.Open();
        var answered = Entries.Event("e1").Said("OK");
        Written(Group([answered])).ShouldBePositive("nobody waits: a commit that the machine's power may take back");
        Written(Group([answered])).ShouldBe(0, "nobody waits, and nothing is new");
        Written(Group([answered], somebodyWaits: true)).ShouldBePositive("the earlier commit reaches the disk only with another one that waits for it");
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
}
