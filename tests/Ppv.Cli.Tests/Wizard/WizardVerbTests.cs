using System.Text.RegularExpressions;
using Ppv.Samples.Cli.Running;

namespace Ppv.Cli.Tests;

public sealed partial class WizardVerbTests
{
    [Fact]
    public async Task It_answers_like_Wizard_and_shows_what_was_bought_until_it_is_told_to_stop()
    {
        using var wizard = Tool.Start("wizard", "--address", "127.0.0.1", "--port", "0");
        var address = await AddressAsync(wizard);
        var call = await Tool.RunAsync("call", "--wizard", address, "--line", "7", "--ev", "1", "--en", "2", "--confirm", "--yes");
        call.ExitCode.ShouldBe(ExitCodes.Ok, call.Error);

        await wizard.UntilShownAsync("Purchase on line 007: event 1, subscriber 2.");
        await wizard.SignalAsync();
        var run = await wizard.EndAsync();
        run.ExitCode.ShouldBe(ExitCodes.Ok);
        run.Output.ShouldContain("Stopped. Requests: 3; purchases: 1.");
    }

    [Fact]
    public async Task On_a_terminal_Ctrl_C_stops_it()
    {
        using var wizard = Tool.StartOnTerminal(null, "wizard", "--address", "127.0.0.1", "--port", "0", "--lines", "3-4");
        await wizard.UntilShownAsync("with lines 003-004");
        await wizard.TypeAsync("\x03");
        var run = await wizard.EndAsync();
        run.ExitCode.ShouldBe(ExitCodes.Ok);
        run.Output.ShouldContain("Stopped. Requests: 0; purchases: 0.");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told()
    {
        using var wizard = Tool.Start("wizard", "--address", "127.0.0.1", "--port", "0");
        var port = (await AddressAsync(wizard)).Split(':')[1];
        var run = await Tool.RunAsync("wizard", "--address", "127.0.0.1", "--port", port);
        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldStartWith($"Port {port} can't be listened on");
        run.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--port takes", "--port", "70000")]
    [InlineData("--lines takes", "--lines", "29-1")]
    [InlineData("--address takes", "--address", "billing")]
    [InlineData("--delay takes", "--delay", "-1")]
    [InlineData("log file can't be written", "--port", "0", "--address", "127.0.0.1", "--log", "/no/such/folder/wizard.log")]
    public async Task Bad_arguments_are_told(string told, params string[] arguments)
    {
        var run = await InProcess.RunAsync(["wizard", .. arguments]);
        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain(told);
    }

    private static async Task<string> AddressAsync(Tool wizard)
    {
        await wizard.UntilShownAsync("Ctrl-C stops.");
        return $"127.0.0.1:{Port().Match(wizard.Shown).Groups[1].Value}";
    }

    [GeneratedRegex(@"on port (\d+)")]
    private static partial Regex Port();
}
