using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>
/// Anybody who may send orders can have as many refused as he likes: a flood of them must neither fill the disk nor push out what was
/// begun.
/// </summary>
public sealed class RefusalRetentionTests : IDisposable
{
    private const long MegaByte = 1_000_000, Smallest = 16 * MegaByte;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1), Short = TimeSpan.FromMinutes(10);

    private readonly TemporaryFolder _folder = new();
    private readonly SteppedClock _clock = new(Entries.Noon);
    private readonly string _path;
    private int _ids;

    public RefusalRetentionTests() => _path = _folder.File("journal.db");

    public void Dispose() => _folder.Dispose();

    /// <summary>Three hours of it, with less than a quarter of an hour remembered.</summary>
    [Fact]
    public async Task A_flood_of_refusals_makes_the_file_no_longer_than_those_of_a_short_time()
    {
        await using var journal = Open(new JournalOptions { RefusalRetention = Short });
        var bought = await BuyAsync(journal);
        long? first = null;
        for (var minute = 0; minute < 180; minute++)
        {
            await RefuseAsync(journal, 500);
            _clock.Advance(Minute);
            if (minute == 40) first = FileLength();
        }

        await SettledAsync(journal);
        var refusals = 500 * ((int)(Short / Minute) + 1);
        FileLength().ShouldBeLessThanOrEqualTo(first!.Value + MegaByte);
        LogLength().ShouldBeLessThan(2 * JournalSetup.LogLimit);
        Count().ShouldBeLessThanOrEqualTo(refusals + 1);
        ((double)FileLength() / refusals).ShouldBeLessThan(850, "bytes that a refusal takes; docs/operations.md reckons with it");
        (await journal.FindAsync(bought))!.Code.ShouldBe("OK");
    }

    [Fact]
    public async Task A_journal_that_is_too_large_forgets_the_oldest_refusals_first_and_nothing_else()
    {
        var log = new LogCollector();
        await using var journal = Open(new JournalOptions { WarnBytes = Smallest, MaxBytes = Smallest }, log, kept: 1000);
        var bought = await BuyAsync(journal);
        string oldest = "", newest = "";
        for (var second = 0; second < 60; second++)
        {
            newest = await RefuseAsync(journal, 1000);
            if (second == 0) oldest = newest;
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        await SettledAsync(journal);
        Length().ShouldBeLessThan(Smallest + (12 * MegaByte));
        (await journal.FindAsync(oldest)).ShouldBeNull();
        (await journal.FindAsync(newest)).ShouldNotBeNull("the newest may come again");
        (await journal.FindAsync(bought)).ShouldNotBeNull();
        log.Entries.Count(entry => entry.Message.Contains("MaxBytes in use", StringComparison.Ordinal)).ShouldBe(
            1, "once, however many there are");
    }

    [Fact]
    public async Task However_large_the_journal_is_the_newest_refusals_are_remembered()
    {
        await using var journal = Open(new JournalOptions { WarnBytes = Smallest, MaxBytes = Smallest }, kept: 50_000);
        var first = await RefuseAsync(journal, 1);
        for (var i = 0; i < 30; i++) await RefuseAsync(journal, 1000);
        _clock.Advance(Minute);
        await SettledAsync(journal);
        (await journal.FindAsync(first)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_large_journal_says_so_in_the_log_the_health_and_the_check_and_takes_confirms_all_the_same()
    {
        var log = new LogCollector();
        var options = new JournalOptions { WarnBytes = Smallest };
        await using (var journal = Open(options, log))
        {
            await SettledAsync(journal);
            (await HealthAsync(journal)).Status.ShouldBe(HealthStatus.Healthy);
            for (var i = 0; i < 40; i++) await RefuseAsync(journal, 1000);
            _clock.Advance(Minute);
            await SettledAsync(journal);
            var health = await HealthAsync(journal);
            health.Status.ShouldBe(HealthStatus.Degraded);
            health.Description.ShouldBe(journal.Warning);
            journal.Warning.ShouldNotBeNull().ShouldStartWith($"The order journal {_path} has ");
            journal.Problem.ShouldBeNull();
            log.Entries.Count(entry => entry.Message == journal.Warning).ShouldBe(1);
            await BuyAsync(journal);
        }

        (await new JournalPreflight(_path, options).LookAsync(default)).ShouldHaveSingleItem().ToString()
            .ShouldContain("Ppv:Server:Journal:WarnBytes");
        (await new JournalPreflight(_path).LookAsync(default)).ShouldHaveSingleItem().ToString().ShouldContain("can be read and written");
    }

    [Fact]
    public async Task A_clock_that_is_set_ahead_and_a_restart_forget_no_refusal_early()
    {
        string refused;
        await using (var journal = Open(new JournalOptions()))
        {
            await RefuseAsync(journal, 1);
            refused = await RefuseAsync(journal, 1);
            await RefuseAsync(journal, 1);
            _clock.Step(TimeSpan.FromHours(5));
            for (var minute = 0; minute < 50; minute++) await PassAsync(journal);
            (await journal.FindAsync(refused)).ShouldNotBeNull();
        }

        await using var next = Open(new JournalOptions());
        for (var minute = 0; minute < 59; minute++) await PassAsync(next);
        (await next.FindAsync(refused)).ShouldNotBeNull();
        for (var minute = 0; minute < 3; minute++) await PassAsync(next);
        (await next.FindAsync(refused)).ShouldBeNull();
    }

    /// <summary>An old copy is told by what the mark names: that must not become less when it is forgotten.</summary>
    [Fact]
    public async Task A_file_whose_marked_refusal_was_forgotten_is_still_told_from_an_old_copy()
    {
        await using (var journal = Open(new JournalOptions { RefusalRetention = Short })) await RefuseAsync(journal, 1);
        File.Copy(_path, _folder.File("copy.db"));
        await using (var journal = Open(new JournalOptions { RefusalRetention = Short }))
        {
            await RefuseAsync(journal, 1);
            journal.Record(Entries.Event("e1").Said("OK")); // Not waited for by anybody.
            for (var minute = 0; minute < 15; minute++) await PassAsync(journal);
        }

        File.Copy(_folder.File("copy.db"), _path, overwrite: true);
        (await new JournalPreflight(_path).LookAsync(default)).ShouldHaveSingleItem().ToString().ShouldContain("it is an old copy");
    }

    [Fact]
    public void The_rule_of_an_entry_and_that_of_a_row_are_one()
    {
        JournalEntry[] entries =
        [
            .. from state in Enum.GetValues<JournalState>() from line in (bool[])[true, false] from lease in (bool[])[true, false]
            from repeat in (string[])["none", "other", "own"] let id = $"{state}{line}{lease}{repeat}"
            select Entries.Confirm(id) with
            {
                State = state, Line = line ? new LineNumber(1) : null, LeaseId = lease ? "s" : null,
                RepeatOf = repeat == "own" ? id : repeat == "other" ? "u" : null,
            },
        ];
        using var file = new JournalFile(_path, _clock, JournalHooks.None);
        file.Open();
        file.Save(new WriteGroup([.. entries, Entries.Event("last")], [], [], []));
        file.ForgetRefusals(DateTimeOffset.MaxValue);
        using var connection = JournalFile.Connect(_path, Microsoft.Data.Sqlite.SqliteOpenMode.ReadOnly);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT order_id FROM orders WHERE order_id <> 'last' ORDER BY rowid";
        using var rows = command.ExecuteReader();
        List<string> left = [];
        while (rows.Read()) left.Add(rows.GetString(0));
        left.ShouldBe(entries.Where(entry => !JournalRules.IsRefusal(entry)).Select(entry => entry.OrderId));
        left.Count.ShouldBe(entries.Length - 1 - Enum.GetValues<JournalState>().Length);
    }

    [Fact]
    public async Task A_journal_in_memory_forgets_them_too()
    {
        await using var journal = new InMemoryOrderJournal(new JournalOptions { RefusalRetention = Short }, _clock);
        journal.Record(Refused("u1"));
        journal.Record(Entries.Confirm("u2").Said("OK"));
        for (var i = 0; i < JournalRules.RefusalsKept; i++) journal.Record(Refused($"r{i}"));
        (await journal.FindAsync("u1")).ShouldNotBeNull();
        _clock.Advance(Minute);
        (await journal.FindAsync("u1")).ShouldBeNull("there are too many");
        (await journal.FindAsync("r1")).ShouldNotBeNull();
        for (var minute = 0; minute < 15; minute++) _clock.Advance(Minute);
        (await journal.FindAsync("r1")).ShouldBeNull();
        (await journal.FindAsync("u2")).ShouldNotBeNull();
    }

    private SqliteOrderJournal Open(JournalOptions options, LogCollector? log = null, int? kept = null) =>
        new(options.At(_path), _clock, log?.CreateLogger("journal"),
            kept is { } count ? new JournalHooks { RefusalsKept = count } : JournalHooks.None);

    private static Task<HealthCheckResult> HealthAsync(IOrderJournalStore journal) =>
        new JournalCheck(journal, Options.Create(new PpvServerOptions())).CheckHealthAsync(new HealthCheckContext());

    /// <summary>As the worker refuses a confirm without EV and EN.</summary>
    private JournalEntry Refused(string id) => Entries.Confirm(id, $"{Random.Shared.NextInt64():x16}", lease: null, _clock.GetUtcNow()) with
    {
        Line = null,
        State = JournalState.NotExecuted,
        Code = "ER998",
        Reason = "Wizard has not said OK to the EV and the EN of this call on its line; start the call over.",
    };

    private async Task<string> RefuseAsync(IOrderJournalStore journal, int count)
    {
        var id = "";
        for (var i = 0; i < count; i++) journal.Record(Refused(id = $"{Guid.CreateVersion7(_clock.GetUtcNow()):N}{_ids++}"));
        await journal.RecordResultAsync(Refused(id)); // It is in the file then.
        return id;
    }

    private static async Task<string> BuyAsync(IOrderJournalStore journal)
    {
        var confirm = Entries.Confirm(Guid.NewGuid().ToString("N"));
        await journal.RecordIntentAsync(confirm);
        await journal.RecordResultAsync(confirm.Said("OK"));
        return confirm.OrderId;
    }

    /// <summary>A minute, in which the journal does what it does by itself.</summary>
    private async Task PassAsync(IOrderJournalStore journal)
    {
        _clock.Advance(Minute);
        await SettledAsync(journal);
    }

    // Each is a step of the writer, and the second begins when all that the first has found to do is done.
    private static async Task SettledAsync(IOrderJournalStore journal)
    {
        for (var step = 0; step < 40; step++) await journal.PruneAsync().WaitAsync(Entries.Bound);
    }

    private long Length() => FileLength() + LogLength();

    private long FileLength() => new FileInfo(_path).Length;

    private long LogLength() => new FileInfo(_path + "-wal") is { Exists: true } log ? log.Length : 0;

    private long Count()
    {
        using var connection = JournalFile.Connect(_path, Microsoft.Data.Sqlite.SqliteOpenMode.ReadOnly);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM orders";
        return (long)command.ExecuteScalar()!;
    }
}
