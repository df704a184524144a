using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Targets;

namespace Ppv.Cli.Tests;

public sealed class TargetDefaultsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ppv-defaults-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Of_the_places_of_a_journal_the_one_that_has_a_file_is_taken() =>
        TargetDefaults.JournalOf([Place("a"), Made("b"), Place("c")]).ShouldBe(Place("b"));

    [Fact]
    public void Where_no_place_has_one_none_is_taken() => TargetDefaults.JournalOf([Place("a"), _folder]).ShouldBeNull();

    [Fact]
    public void Of_several_journals_none_is_taken_and_all_are_named()
    {
        var refusal = Should.Throw<CliException>(() => TargetDefaults.JournalOf([Made("a"), Place("b"), Made("c")]));
        refusal.Message.ShouldStartWith($"There are 2 journals on this computer: {Place("a")}, {Place("c")}. Say which one with --journal");
        refusal.ExitCode.ShouldBe(ExitCodes.BadArguments);
    }

    [Fact]
    public async Task A_journal_that_can_not_be_seen_may_be_the_one_and_is_not_called_missing()
    {
        File.CreateSymbolicLink(Place("loop"), Place("loop"));
        var unseen = Path.Combine(Place("loop"), "orders.db");

        TargetDefaults.JournalOf([Place("a"), unseen]).ShouldBe(unseen);

        var run = await InProcess.RunAsync("journal", "list", "--journal", unseen);
        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldStartWith($"The order journal {unseen} can't be used: ");
    }

    private string Made(string name)
    {
        File.WriteAllText(Place(name), "");
        return Place(name);
    }

    private string Place(string name) => Path.Combine(_folder, name);
}
