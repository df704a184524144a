using System.Text.Json;
using Ppv.Hosting;
using Ppv.Hosting.Running;
using Ppv.Protocol;

namespace Ppv.Cli.Tests;

public sealed class JournalTests
{
    [Fact]
    public async Task Orders_are_listed_the_newest_last_with_subscribers_masked()
    {
        await using var folder = await JournalFolder.CreateAsync();
        var run = await RunAsync(folder, "list");
        run.ExitCode.ShouldBe(ExitCodes.Ok);
        run.Output.Split('\n')[1].ShouldMatch(@"^2026-11-26 18:00:08\.000 +order-ev|^2026-11-26 18:00:08\.000 +order-en");
        run.Output.ShouldMatch(@"order-en +0127032d64a94732 +EN +85\*\*\*\*20 +016 +Completed +OK\n");
        run.Output.Trim().Split('\n')[^1].ShouldMatch(@"order-unknown +0128031c21578752 +UP +- +016 +Unknown +ER444$");
        run.Output.ShouldNotContain("85165320");
        (await RunAsync(folder, "list", "--unmasked")).Output.ShouldContain("85165320");
    }

    [Theory]
    [InlineData("order-bought,order-en,order-ev", "--connid", "0127032D64A94732")]
    [InlineData("order-unknown", "--state", "Unknown")]
    [InlineData("order-bought,order-en,order-ev,order-unknown", "--state", "Unknown", "--state", "Completed")]
    [InlineData("order-unknown", "--limit", "1")]
    [InlineData("order-bought,order-unknown", "--since", "2026-11-26T19:00:11+01:00")]
    [InlineData("", "--since", "2200-01-01")]
    public async Task What_is_listed_can_be_narrowed(string orders, params string[] arguments)
    {
        await using var folder = await JournalFolder.CreateAsync();
        var run = await RunAsync(folder, ["list", "--json", .. arguments]);
        using var json = JsonDocument.Parse(run.Output);
        var ids = json.RootElement.EnumerateArray().Select(entry => entry.GetProperty("orderId").GetString()).Order();
        string.Join(',', ids).ShouldBe(orders);
    }

    [Fact]
    public async Task Looking_makes_no_file_and_changes_none()
    {
        await using var folder = await JournalFolder.CreateAsync();
        await folder.CloseAsync();
        var before = folder.Content();
        foreach (var verb in new[] { "list", "unknown" }) await RunAsync(folder, verb);
        await RunAsync(folder, "show", JournalFolder.Bought);
        folder.Content().ShouldBe(before);
    }

    [Fact]
    public async Task A_file_of_before_the_first_release_is_neither_read_nor_settled_and_the_tool_says_so()
    {
        await using var folder = await JournalFolder.CreateAsync();
        await folder.CloseAsync();
        folder.Execute("PRAGMA user_version = 1");
        var before = folder.Content();
        foreach (var run in (ToolRun[])[
            await RunAsync(folder, "list"),
            await RunAsync(folder, "settle", JournalFolder.Unknown, "--bought", "--note", "n", "--yes")])
        {
            run.ExitCode.ShouldBe(ExitCodes.Unreachable);
            run.Error.ShouldContain("before the first release");
        }

        folder.Content().ShouldBe(before);
    }

    /// <summary>What a backup of a running worker's file is: the log without its index.</summary>
    [Fact]
    public async Task A_copy_with_a_log_is_read_with_its_log_and_left_as_it_is()
    {
        await using var folder = await JournalFolder.CreateAsync();
        var copy = Directory.CreateTempSubdirectory("ppv-copy-");
        try
        {
            var file = Path.Combine(copy.FullName, "copy.db");
            File.Copy(folder.File, file);
            File.Copy(folder.File + "-wal", file + "-wal");
            var run = await InProcess.RunAsync("journal", "list", "--journal", file);
            run.Output.ShouldContain("order-unknown", customMessage: run.Error);
            copy.GetFiles().Select(each => each.Name).Order().ShouldBe(["copy.db", "copy.db-wal"]);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Show_tells_all_of_one_order()
    {
        await using var folder = await JournalFolder.CreateAsync();
        var run = await RunAsync(folder, "show", JournalFolder.Unknown);
        run.ExitCode.ShouldBe(ExitCodes.Ok);
        run.Output.ShouldMatch(@"reason +Wizard did not answer in time\.\n");
        run.Output.ShouldMatch(@"state +Unknown\n");
        var missing = await RunAsync(folder, "show", "nobody");
        missing.ExitCode.ShouldBe(ExitCodes.NotOk);
        missing.Error.ShouldContain("does not know order nobody");
    }

    [Fact]
    public async Task Unknown_ends_with_1_until_the_last_is_settled()
    {
        await using var folder = await JournalFolder.CreateAsync();
        var before = await RunAsync(folder, "unknown");
        before.ExitCode.ShouldBe(ExitCodes.NotOk);
        before.Output.ShouldContain(JournalFolder.Unknown);
        before.Output.ShouldNotContain(JournalFolder.Bought);
        await RunAsync(folder, "settle", JournalFolder.Unknown, "--not-bought", "--note", "not on the bill", "--yes");
        var after = await RunAsync(folder, "unknown");
        after.ExitCode.ShouldBe(ExitCodes.Ok);
        after.Output.ShouldBe("No confirm waits to be settled.\n");
    }

    [Fact]
    public async Task A_repeat_is_no_unknown_of_its_own()
    {
        await using var folder = await JournalFolder.CreateAsync();
        var repeat = JournalFolder.Entry(PpvOrder.Confirm(ConnectionId.Parse(JournalFolder.Call)) with { Id = "repeat" });
        await folder.Open.RecordResultAsync(repeat with { State = JournalState.Unknown, RepeatOf = JournalFolder.Unknown });
        (await RunAsync(folder, "unknown")).Output.ShouldNotContain("repeat");
    }

    [Fact]
    public async Task Confirms_that_did_not_end_in_time_are_mentioned()
    {
        await using var folder = await JournalFolder.CreateAsync();
        await folder.Open.RecordIntentAsync(JournalFolder.Entry(
            PpvOrder.Confirm(ConnectionId.Parse(JournalFolder.Call)) with { Id = "under-way" }) with { Deadline =
                DateTimeOffset.UnixEpoch });
        (await RunAsync(folder, "unknown")).Error.ShouldContain("1 more began and did not end in time");
    }

    /// <summary>The worker has the file and its lock meanwhile, goes on, and hears later what Wizard did.</summary>
    [Fact]
    public async Task It_settles_under_a_running_worker_and_the_worker_keeps_to_it()
    {
        await using var folder = await JournalFolder.CreateAsync();
        var run = await RunAsync(
            folder, "settle", JournalFolder.Unknown, "--bought", "--note", "Wizard has it, says Kim", "--yes", "--json");
        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);

        var entry = await folder.Open.FindAsync(JournalFolder.Unknown);
        entry.ShouldNotBeNull().State.ShouldBe(JournalState.SettledBought);
        entry.Note.ShouldBe("Wizard has it, says Kim");
        (await folder.Open.RecordResultAsync(entry with { State = JournalState.Completed, Code = "NO" })).ShouldBeTrue();
        (await folder.Open.FindAsync(JournalFolder.Unknown))!.State.ShouldBe(JournalState.SettledBought);
        folder.Open.Problem.ShouldBeNull();
        await folder.RecordAsync(
            PpvOrder.Confirm(ConnectionId.Parse("01")) with { Id = "next" }, JournalState.Completed, "OK");
    }

    [Theory]
    [InlineData("only confirms whose outcome is unknown", JournalFolder.Bought)]
    [InlineData("only confirms whose outcome is unknown", JournalFolder.Subscriber)]
    [InlineData("does not know order", "nobody")]
    public async Task What_is_not_unknown_is_not_settled(string told, string order)
    {
        await using var folder = await JournalFolder.CreateAsync();
        var run = await RunAsync(folder, "settle", order, "--bought", "--note", "n", "--yes");
        run.ExitCode.ShouldBe(ExitCodes.NotOk);
        run.Error.ShouldContain(told);
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_is_settled_once_and_the_same_verdict_again_changes_nothing()
    {
        await using var folder = await JournalFolder.CreateAsync();
        await RunAsync(folder, "settle", JournalFolder.Unknown, "--bought", "--note", "first", "--yes");
        var same = await RunAsync(folder, "settle", JournalFolder.Unknown, "--bought", "--note", "second", "--yes");
        same.ExitCode.ShouldBe(ExitCodes.Ok);
        same.Output.ShouldContain("first");
        same.Error.ShouldContain($"Order {JournalFolder.Unknown} was SettledBought before, at ");
        same.Error.ShouldContain("Nothing was changed, and this note was not kept: second");
        var other = await RunAsync(folder, "settle", JournalFolder.Unknown, "--not-bought", "--note", "third", "--yes");
        other.ExitCode.ShouldBe(ExitCodes.NotOk);
        other.Error.ShouldContain("is SettledBought since");
    }

    /// <summary>A backup, say, that holds the file longer than anybody waits for it.</summary>
    [Fact]
    public async Task A_file_that_somebody_else_writes_to_is_not_settled_and_it_is_said_why()
    {
        await using var folder = await JournalFolder.CreateAsync();
        using (folder.Hold())
        {
            var run = await RunAsync(folder, "settle", JournalFolder.Unknown, "--bought", "--note", "n", "--yes");
            run.ExitCode.ShouldBe(ExitCodes.Unreachable);
            run.Error.ShouldContain("Another program holds the file");
            (await RunAsync(folder, "unknown")).Output.ShouldContain(JournalFolder.Unknown);
        }

        (await folder.Open.UnknownsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Without_a_path_it_is_the_worker_s_default_file_and_that_is_said()
    {
        await using var folder = await JournalFolder.CreateAsync();
        var place = Directory.CreateTempSubdirectory("ppv-beside-");
        try
        {
            await folder.CloseAsync();
            File.Copy(folder.File, Path.Combine(place.FullName, "ppv-orders.db"));
            var run = await Ppv.TestKit.CommandLine.RunAsync(
                "bash", ["-c", $"XDG_CONFIG_HOME=/nowhere '{Tool.Path}' journal unknown 2>&1"], TimeSpan.FromSeconds(60), place.FullName);
            run.ExitCode.ShouldBe(ExitCodes.NotOk, run.Output);
            run.Output.ShouldContain($"Taken: --journal {Path.Combine(place.FullName, "ppv-orders.db")} (default).");
            run.Output.ShouldContain(JournalFolder.Unknown);
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("Give one of --bought and --not-bought", "settle", "x", "--note", "n")]
    [InlineData("Give one of --bought and --not-bought", "settle", "x", "--note", "n", "--bought", "--not-bought")]
    [InlineData("--note", "settle", "x", "--bought")]
    [InlineData("--note takes", "settle", "x", "--bought", "--note", " ")]
    [InlineData("--since takes", "list", "--since", "yesterday")]
    [InlineData("--limit takes", "list", "--limit", "-1")]
    [InlineData("--connid takes", "list", "--connid", "x")]
    [InlineData("add --yes", "settle", JournalFolder.Unknown, "--bought", "--note", "n")]
    public async Task Bad_arguments_are_told_and_nothing_is_settled(string told, params string[] arguments)
    {
        await using var folder = await JournalFolder.CreateAsync();
        var run = await RunAsync(folder, arguments);
        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain(told);
        (await folder.Open.UnknownsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_file_that_is_no_journal_is_told_and_left_as_it_is()
    {
        var missing = await InProcess.RunAsync("journal", "list", "--journal", "/nowhere/journal.db");
        missing.ExitCode.ShouldBe(ExitCodes.BadArguments);
        missing.Error.ShouldContain("There is no journal /nowhere/journal.db");
        (await InProcess.RunAsync("journal", "list")).Error.ShouldContain("--journal FILE");

        await using var folder = await JournalFolder.CreateAsync();
        await folder.CloseAsync();
        await File.WriteAllTextAsync(folder.File, "no database, but long enough to be looked at as one, and then some more");
        var before = folder.Content();
        foreach (var arguments in new string[][] { ["list"], ["settle", "x", "--bought", "--note", "n", "--yes"] })
        {
            var run = await RunAsync(folder, arguments);
            run.ExitCode.ShouldBe(ExitCodes.Unreachable);
            run.Error.ShouldContain("can't be used");
        }

        folder.Content().ShouldBe(before);
    }

    [Theory]
    [InlineData("y\n", ExitCodes.Ok, 0)]
    [InlineData("n\n", ExitCodes.BadArguments, 1)]
    public async Task On_a_terminal_it_asks_before_it_settles(string answer, int exitCode, int left)
    {
        await using var folder = await JournalFolder.CreateAsync();
        using var tool = Tool.StartOnTerminal(
            null, "journal", "settle", JournalFolder.Unknown, "--bought", "--note", "Kim", "--journal", folder.File);
        await tool.UntilShownAsync("[y/N]");
        await tool.TypeAsync(answer);
        var run = await tool.EndAsync();
        run.ExitCode.ShouldBe(exitCode, run.Output);
        (await folder.Open.UnknownsAsync()).Count.ShouldBe(left);
    }

    [Fact]
    public async Task It_runs_as_a_process_and_shows_a_table_on_a_terminal()
    {
        await using var folder = await JournalFolder.CreateAsync();
        (await Tool.RunAsync("journal", "list", "--journal", folder.File)).Output.ShouldContain("order-unknown");
        (await Tool.RunAsync("journal", "unknown", "--journal", folder.File)).ExitCode.ShouldBe(ExitCodes.NotOk);
        var shown = await Tool.RunOnTerminalAsync(null, "journal", "list", "--journal", folder.File);
        shown.ExitCode.ShouldBe(ExitCodes.Ok);
        shown.Output.ShouldContain("Unknown");
        shown.Output.ShouldNotContain("85165320");
    }

    private static Task<ToolRun> RunAsync(JournalFolder folder, params string[] arguments) =>
        InProcess.RunAsync(["journal", .. arguments, "--journal", folder.File]);
}
