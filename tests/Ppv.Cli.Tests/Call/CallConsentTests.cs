using Ppv.Samples.Cli.Running;

namespace Ppv.Cli.Tests;

/// <summary>A confirm buys: nobody does that by accident.</summary>
public sealed class CallConsentTests(World world) : IClassFixture<World>
{
    [Fact]
    public async Task Where_nobody_can_be_asked_nothing_is_sent_without_yes()
    {
        await using var gateway = await FakeGateway.SayingAsync("OK");
        var run = await Tool.RunAsync("call", "--url", gateway.Url, "--ev", "1569885", "--en", "84880185", "--confirm");

        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldBe($"This buys event 1569885 for subscriber 84880185, by the gateway at {gateway.Url}. Nobody is there to be "
            + "asked, so nothing was done: add --yes to do it without a question.\n");
        run.Output.ShouldBeEmpty();
        gateway.Received.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("n\r", 0)]
    [InlineData("\r", 0)]
    [InlineData("y\r", 1)]
    public async Task On_a_terminal_it_asks_and_only_a_yes_buys(string answer, int purchases)
    {
        var (event_, before) = ($"77{purchases}{answer.Length}", world.Host.Wizard.Purchases.Count);
        using var tool = Tool.StartOnTerminal(world.Variables, "call", "--ev", event_, "--en", "85165320", "--confirm");
        await tool.UntilShownAsync("Go on? [y/N] ");
        world.Host.Wizard.Requests.ShouldNotContain(request => request.Text.Contains($"EV{event_}", StringComparison.Ordinal));
        await tool.TypeAsync(answer);
        var run = await tool.EndAsync();

        run.ExitCode.ShouldBe(purchases == 1 ? ExitCodes.Ok : ExitCodes.BadArguments, run.Output);
        (world.Host.Wizard.Purchases.Count - before).ShouldBe(purchases);
        if (purchases == 0) run.Output.ShouldContain("Nothing was done.");
    }

    [Fact]
    public async Task Ctrl_C_at_the_question_is_a_no()
    {
        using var tool = Tool.StartOnTerminal(world.Variables, "call", "--ev", "7799", "--confirm");
        await tool.UntilShownAsync("Go on? [y/N] ");
        await tool.TypeAsync("\x03");
        (await tool.EndAsync()).ExitCode.ShouldBe(ExitCodes.Interrupted);
        world.Host.Wizard.Requests.ShouldNotContain(request => request.Text.Contains("EV7799", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Straight_to_Wizard_the_question_says_that_nobody_records_it()
    {
        var run = await Tool.RunAsync(world.Variables, "call", "--via", "wizard", "--connid", "ab", "--confirm");
        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain("This buys the event that call ab has chosen for the subscriber that it has named, by Wizard at");
        run.Error.ShouldContain("no journal");
    }
}
