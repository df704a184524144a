using Ppv.Hosting;
using Ppv.Hosting.Running;
using Ppv.Samples.Cli.Running;
using Ppv.Testing;

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

    /// <summary>On a shared line an EV or EN takes from a caller what he has chosen, so it asks where lines may be shared.</summary>
    [Theory]
    [InlineData("Modulo", "Lines go by the old formula there")]
    [InlineData("Unknown", "It is not known whether calls have lines of their own there. Nobody says.")]
    [InlineData(null, "/api/v1/ppv/lines answered 404, and does not say it.")]
    public async Task An_EV_asks_where_lines_may_be_shared(string? allocation, string told)
    {
        await using var gateway = await FakeGateway.StartAsync(context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        gateway.Lines = allocation is null ? null : FakeGateway.LinesOf(allocation, allocation == "Unknown" ? "Nobody says." : null);
        var run = await InProcess.RunAsync("call", "--url", gateway.Url, "--connid", "ab", "--ev", "1");
        run.ExitCode.ShouldBe(ExitCodes.BadArguments, run.Output);
        run.Error.ShouldContain($"This chooses for call ab, by the gateway at {gateway.Url}; it buys nothing. ");
        run.Error.ShouldContain(told);
        gateway.Received.ShouldAllBe(request => request.Path.EndsWith("/lines"));
    }

    [Fact]
    public async Task An_EV_asks_before_it_goes_to_Wizard_and_to_a_worker_with_the_old_formula()
    {
        var straight = await Tool.RunAsync("call", "--wizard", world.Wizard, "--ev", "7788");
        straight.ExitCode.ShouldBe(ExitCodes.BadArguments);
        straight.Error.ShouldContain("No worker gives out lines here: whoever is on the same line at this moment loses what he has chosen");

        await using var host = await PpvTestHost.StartAsync(options =>
            options.ConfigureWorker = worker => worker.Server.LineAllocation = LineAllocation.Modulo);
        var url = new Uri(host.GatewayAddress, "/api/v1/ppv").ToString();
        var asked = await Tool.RunAsync("call", "--url", url, "--ev", "7788");
        asked.ExitCode.ShouldBe(ExitCodes.BadArguments);
        asked.Error.ShouldContain("Lines go by the old formula there");
        host.Wizard.Requests.ShouldBeEmpty();
        (await Tool.RunAsync("call", "--url", url, "--ev", "7788", "--yes")).ExitCode.ShouldBe(ExitCodes.Ok);
    }

    [Fact]
    public async Task An_EV_does_not_ask_where_each_call_has_a_line_of_its_own() =>
        (await Tool.RunAsync("call", "--url", world.Url, "--ev", "7787")).ExitCode.ShouldBe(ExitCodes.Ok);

    [Fact]
    public async Task Straight_to_Wizard_the_question_says_that_nobody_records_it()
    {
        var run = await Tool.RunAsync(world.Variables, "call", "--via", "wizard", "--connid", "ab", "--confirm");
        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain("This buys the event that call ab has chosen for the subscriber that it has named, by Wizard at");
        run.Error.ShouldContain("no journal");
    }
}
