using Ppv.Hosting;
using Ppv.Hosting.Running;
using Ppv.Protocol;
using Ppv.Samples.Cli.Running;

namespace Ppv.Cli.Tests;

/// <summary>An operator lets a worker use a journal that is not the one that it wrote last.</summary>
public sealed class AcceptTests
{
    [Fact]
    public async Task An_old_copy_is_accepted_with_what_it_lacks_and_the_worker_sells_again()
    {
        await using var folder = await JournalFolder.CreateAsync();
        await folder.PutOldCopyAsync();
        await RefusedAsync(folder);

        var run = await AcceptAsync(folder, "--note", "the disk is lost, says Kim", "--yes");

        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
        run.Output.ShouldMatch(@"found +Behind\n");
        run.Output.ShouldMatch(@"missing +at most 1\n");
        run.Output.ShouldMatch(@"note +the disk is lost, says Kim\n");
        await folder.RecordAsync(PpvOrder.Confirm(ConnectionId.Parse("01")) with { Id = "next" }, JournalState.Completed, "OK");
        folder.Open.Problem.ShouldBeNull();
        run.Output.ShouldContain(await folder.Open.IdentityAsync());
        await folder.CloseAsync();
        Notes(folder).ShouldContain("Up to 1 orders are missing. the disk is lost, says Kim");
    }

    [Fact]
    public async Task Nobody_accepts_without_being_asked()
    {
        await using var folder = await JournalFolder.CreateAsync();
        await folder.PutOldCopyAsync();
        var before = folder.Content();
        var run = await AcceptAsync(folder);
        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain("Up to 1 orders are missing");
        run.Error.ShouldContain("add --yes");
        folder.Content().ShouldBe(before);
        await RefusedAsync(folder);
    }

    [Fact]
    public async Task A_file_that_is_gone_is_accepted_as_a_new_one()
    {
        await using var folder = await JournalFolder.CreateAsync();
        await folder.CloseAsync();
        File.Delete(folder.File);
        await RefusedAsync(folder);
        var run = await AcceptAsync(folder, "--yes", "--json");
        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
        run.Output.ShouldContain("\"Gone\"");
        await folder.RecordAsync(PpvOrder.Confirm(ConnectionId.Parse("01")) with { Id = "next" }, JournalState.Completed, "OK");
    }

    [Fact]
    public async Task There_is_nothing_to_accept_of_a_journal_that_has_everything()
    {
        await using var folder = await JournalFolder.CreateAsync();
        await folder.CloseAsync();
        var before = folder.Content();
        var run = await AcceptAsync(folder, "--yes");
        run.ExitCode.ShouldBe(ExitCodes.Ok);
        run.Output.ShouldContain("There is nothing to accept");
        folder.Content().ShouldBe(before);
    }

    [Fact]
    public async Task The_worker_is_to_be_stopped_before()
    {
        await using var folder = await JournalFolder.CreateAsync();
        var run = await AcceptAsync(folder, "--yes");
        run.ExitCode.ShouldBe(ExitCodes.NotOk);
        run.Error.ShouldContain("A worker uses the order journal");
        run.Error.ShouldContain("Stop it");
        folder.Open.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task What_never_was_a_journal_is_told()
    {
        var missing = await InProcess.RunAsync("journal", "accept", "--yes", "--journal", "/nowhere/journal.db");
        missing.ExitCode.ShouldBe(ExitCodes.BadArguments);
        missing.Error.ShouldContain("There is no journal /nowhere/journal.db");

        await using var folder = await JournalFolder.CreateAsync();
        await folder.CloseAsync();
        await File.WriteAllTextAsync(folder.File, "no database, but long enough to be looked at as one, and then some more");
        var run = await AcceptAsync(folder, "--yes");
        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldContain("can't be used");
    }

    private static Task<ToolRun> AcceptAsync(JournalFolder folder, params string[] arguments) =>
        InProcess.RunAsync(["journal", "accept", .. arguments, "--journal", folder.File]);

    private static async Task RefusedAsync(JournalFolder folder)
    {
        var entry = JournalFolder.Entry(PpvOrder.Confirm(ConnectionId.Parse("02")) with { Id = "refused" });
        await Should.ThrowAsync<JournalUnavailableException>(folder.Open.RecordIntentAsync(entry));
        folder.Open.Problem.ShouldNotBeNull().ShouldContain($"ppv journal accept --journal {folder.File}");
        await folder.CloseAsync();
    }

    private static string Notes(JournalFolder folder)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={folder.File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(note) FROM history WHERE event = 'accepted'";
        return (string)command.ExecuteScalar()!;
    }
}
