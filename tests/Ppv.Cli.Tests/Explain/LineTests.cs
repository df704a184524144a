using System.Text.Json;
using Ppv.Samples.Cli.Running;

namespace Ppv.Cli.Tests;

public sealed class LineTests
{
    /// <summary>The contract's examples, and the longest id.</summary>
    [Theory]
    [InlineData("012703395c597610", "016", "83038663027029520 mod 29 = 15")]
    [InlineData("0127032d64a94732", "020", "mod 29 = 19")]
    [InlineData("0128031c21578752", "008", "mod 29 = 7")]
    [InlineData("ffffffffffffffffffffffffffffffff", "025", "340282366920938463463374607431768211455 mod 29 = 24")]
    public async Task Each_step_from_the_connid_to_the_line_is_shown(string connid, string line, string remainder)
    {
        var run = await InProcess.RunAsync("line", connid);
        run.ExitCode.ShouldBe(ExitCodes.Ok);
        run.Output.ShouldContain(connid);
        run.Output.ShouldContain(remainder);
        run.Output.ShouldContain($" = {line}\n");
        run.Output.ShouldContain("end_port_number=30");
    }

    [Fact]
    public async Task Lines_that_begin_elsewhere_than_at_1_are_not_those_of_the_old_worker()
    {
        var run = await InProcess.RunAsync("line", "012703395c597610", "--lines", "101-129", "--json");
        using var json = JsonDocument.Parse(run.Output);
        json.RootElement.GetProperty("line").GetString().ShouldBe("116");
        json.RootElement.GetProperty("oldWorkersLine").GetString().ShouldBe("016");
        json.RootElement.GetProperty("count").GetInt32().ShouldBe(29);
    }

    [Theory]
    [InlineData("A connid has", "xyz")]
    [InlineData("--lines takes", "01", "--lines", "29-1")]
    [InlineData("--lines takes", "01", "--lines", "0-29")]
    public async Task What_can_not_be_is_told_in_a_sentence(string told, params string[] arguments)
    {
        var run = await InProcess.RunAsync(["line", .. arguments]);
        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain(told);
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_runs_with_pipes_and_on_a_terminal()
    {
        (await Tool.RunAsync("line", "0127032d64a94732")).Output.ShouldContain("001 + 19 = 020");
        var shown = await Tool.RunOnTerminalAsync(null, "line", "0127032d64a94732");
        shown.ExitCode.ShouldBe(ExitCodes.Ok);
        shown.Output.ShouldContain("001 + 19 = 020");
    }
}
