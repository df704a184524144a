using Microsoft.Data.Sqlite;

namespace Ppv.Hosting.Tests;

/// <summary>
/// What somebody does to the files under a running worker is found before the next confirm, and within a minute if there is none.
/// </summary>
public sealed class ReplacedFileTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestClock _clock = new(Entries.Noon);
    private readonly LogCollector _log = new();
    private readonly string _path;
    private SqliteOrderJournal _journal = null!;

    public ReplacedFileTests() => _path = _folder.File("orders.db");

    public async ValueTask InitializeAsync()
    {
        _journal = Open();
        await BuyAsync("u1");
        await _journal.DisposeAsync();
        File.Copy(_path, _folder.File("old.db"));
        _journal = Open();
        await BuyAsync("u1b");
        await _journal.DisposeAsync();
        _journal = Open();
        await BuyAsync("u2");
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    public enum Way { Removed, MovedAway, AnotherMovedOver, WrittenOver }

    private SqliteOrderJournal Open(string? path = null) =>
        new(new JournalOptions { Path = path ?? _path }, _clock, _log.CreateLogger("Ppv.Hosting"), JournalHooks.None);

    private async Task BuyAsync(string orderId)
    {
        await _journal.RecordIntentAsync(Entries.Confirm(orderId)).WaitAsync(Entries.Bound);
        (await _journal.RecordResultAsync(Entries.Confirm(orderId).Said("OK"))).ShouldBeTrue();
    }

    private async Task<string> RefusedAsync() => (await Should.ThrowAsync<JournalUnavailableException>(
        _journal.RecordIntentAsync(Entries.Confirm($"v{Guid.NewGuid():N}")).WaitAsync(Entries.Bound))).Message;

    private void Do(Way way)
    {
        switch (way)
        {
            case Way.Removed: File.Delete(_path); break;
            case Way.MovedAway: File.Move(_path, _folder.File("away.db")); break;
            case Way.AnotherMovedOver: File.Move(_folder.File("old.db"), _path, overwrite: true); break;
            case Way.WrittenOver: JournalCopies.Copy(_folder.File("old.db"), _path); break;
        }
    }

    [Theory]
    [InlineData(Way.Removed, "it is gone")]
    [InlineData(Way.MovedAway, "it is gone")]
    [InlineData(Way.AnotherMovedOver, "another file is in its place")]
    [InlineData(Way.WrittenOver, "put an old copy, or another file, into it")]
    public async Task The_next_confirm_is_refused_and_what_was_bought_is_not_forgotten(Way way, string problem)
    {
        Do(way);

        (await RefusedAsync()).ShouldContain(problem);
        _journal.Problem.ShouldNotBeNull().ShouldContain(problem);
        (await RefusedAsync()).ShouldNotBeEmpty("and so is the one after it");
        (await _journal.FindAsync("u2"))!.Code.ShouldBe("OK");
        await Should.ThrowAsync<JournalUnavailableException>(async () => await _journal.IdentityAsync());
        File.Exists(_path).ShouldBe(way is Way.AnotherMovedOver or Way.WrittenOver, "none is made in its place");

        await _journal.DisposeAsync();
        _journal = Open();
        await RefusedAsync();
        await Should.ThrowAsync<JournalUnavailableException>(async () => await _journal.FindAsync("u2"));
    }

    [Theory]
    [InlineData(Way.Removed)]
    [InlineData(Way.AnotherMovedOver)]
    [InlineData(Way.WrittenOver)]
    public async Task It_is_found_within_a_minute_though_nobody_buys(Way way)
    {
        await _journal.PruneAsync().WaitAsync(Entries.Bound);
        Do(way);
        _journal.Problem.ShouldBeNull();
        _clock.Advance(TimeSpan.FromMinutes(1));
        await UntilAsync(() => _journal.Problem is not null);
    }

    /// <summary>
    /// Such a copy may have all that the file has, and its pages lie elsewhere: the log, which has the newest ones, would spoil it.
    /// </summary>
    [Fact]
    public async Task A_copy_that_was_not_made_byte_by_byte_does_not_get_the_log_of_the_file()
    {
        JournalCopies.Backup(_path, _folder.File("backup.db"));
        JournalCopies.Copy(_folder.File("backup.db"), _path);
        (await RefusedAsync()).ShouldContain("put an old copy, or another file, into it");
        await _journal.DisposeAsync();
        _journal = Open();
        (await RefusedAsync()).ShouldContain("with the log of a newer one beside it");
        await _journal.DisposeAsync();
        File.Delete(_path + "-wal");
        _journal = Open();
        await BuyAsync("u3");
    }

    [Fact]
    public async Task When_the_very_file_is_back_confirms_go_on()
    {
        Do(Way.MovedAway);
        await RefusedAsync();
        File.Move(_folder.File("away.db"), _path);
        await BuyAsync("u3");
        _journal.Problem.ShouldBeNull();
        (await _journal.IdentityAsync()).ShouldNotBeEmpty();
    }

    /// <summary>All that it had is taken into the file first.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_a_log_that_somebody_takes_away_nothing_is_lost(bool nobodyBuys)
    {
        File.Delete(_path + "-wal");
        if (nobodyBuys)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            await UntilAsync(() => File.Exists(_path + "-wal"));
        }
        else
        {
            await BuyAsync("u3");
        }

        (await _journal.FindAsync("u2"))!.Code.ShouldBe("OK");
        await BuyAsync("u4");
        await using var next = Open(JournalCopies.AfterKill(_path, _folder, "left"));
        foreach (var id in new[] { "u1", "u2", "u4" }) (await next.FindAsync(id))!.Code.ShouldBe("OK", id);
    }

    [Fact]
    public async Task A_lock_that_somebody_removes_is_made_anew_before_another_worker_can_have_the_journal()
    {
        File.Delete(_path + ".lock");
        await BuyAsync("u3");
        Should.Throw<InvalidDataException>(() => JournalLock.Take(_path)).Message.ShouldContain("another worker uses it");
        _log.Entries.ShouldContain(entry => entry.Message.StartsWith($"The lock beside the order journal {_path} was removed"));
        await _journal.DisposeAsync();
        _journal = Open();
        await BuyAsync("u4");
    }

    /// <summary>Another worker has the lock meanwhile: it may use the file, so what is new is to be looked up afterwards.</summary>
    [Fact]
    public async Task What_another_worker_adds_while_the_lock_is_gone_is_found()
    {
        var order = Guid.CreateVersion7(_clock.GetUtcNow().AddMinutes(1)).ToString("N");
        JournalCopies.Copy(_path + ".lock", _folder.File("lock"));
        File.Delete(_path + ".lock");
        File.Move(_folder.File("lock"), _path + ".lock");
        await using (var other = Open())
        {
            await other.RecordIntentAsync(Entries.Confirm(order)).WaitAsync(Entries.Bound);
            (await other.RecordResultAsync(Entries.Confirm(order).Said("OK"))).ShouldBeTrue();
            (await RefusedAsync()).ShouldContain("another worker uses it");
        }

        await BuyAsync("u3");
        (await _journal.FindAsync(order)).ShouldNotBeNull().Code.ShouldBe("OK");
    }

    /// <summary>A checkpoint changes the file as well.</summary>
    [Fact]
    public async Task What_the_worker_itself_takes_into_the_file_is_no_loss()
    {
        for (var round = 0; round < 12; round++)
        {
            for (var i = 0; i < 10; i++)
                _journal.Record(Entries.Event($"e{round}-{i}") with { Reason = new string('x', 100 * 1024) });
            await BuyAsync($"v{round}");
        }

        _clock.Advance(TimeSpan.FromDays(31));
        await _journal.PruneAsync().WaitAsync(Entries.Bound);
        (await _journal.FindAsync("v11")).ShouldBeNull();
        for (var round = 0; round < 12; round++)
        {
            for (var i = 0; i < 10; i++)
                _journal.Record(Entries.Event($"f{round}-{i}") with { Reason = new string('x', 100 * 1024) });
            await BuyAsync($"w{round}");
        }

        _journal.Problem.ShouldBeNull();
        var left = JournalCopies.AfterKill(_path, _folder, "left");
        await using var next = Open(left);
        (await next.FindAsync("w11"))!.Code.ShouldBe("OK");
    }

    [Fact]
    public async Task A_settlement_and_a_look_from_outside_are_no_loss()
    {
        await _journal.RecordIntentAsync(Entries.Confirm("u3"));
        await _journal.RecordResultAsync(Entries.Confirm("u3").Is(JournalState.Unknown));
        new JournalView(_path).Settle("u3", bought: true, "Seen.", _clock.GetUtcNow());
        new JournalView(_path).Read(JournalQuery.Unknowns).ShouldBeEmpty();
        await BuyAsync("u4");
        (await _journal.FindAsync("u3"))!.State.ShouldBe(JournalState.SettledBought);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Entries.Bound);
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, limit.Token);
    }
}
