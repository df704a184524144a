using Ppv.Board.Tests.Support;
using Ppv.Samples.Cli.Running;

namespace Ppv.Cli.Tests;

/// <summary>How <c>ppv watch</c> ends, and what it makes of a state that is not whole and a stream that is none.</summary>
public sealed class WatchEndsTests
{
    private static readonly TimeSpan Bound = Hang.Limit;

    /// <summary>In the first second in which somebody looks, nobody on the bus has answered yet.</summary>
    [Fact]
    public async Task What_nobody_has_answered_yet_is_no_state_to_end_with()
    {
        await using var board = await BoardServer.StartAsync(States.Ok with { Members = [], IsComplete = false });
        using var output = new Shown();
        var running = output.RunAsync("watch", "--url", board.Address.ToString(), "--count", "1");
        await UntilAsync(() => board.Readers > 0);
        board.Show(States.Ok);
        await running.WaitAsync(Bound);
        output.Text.ShouldContain("gateway on ppv-gateway-2: alive");
        output.ExitCode.ShouldBe(ExitCodes.Ok);
    }

    [Fact]
    public async Task A_stream_that_a_proxy_holds_back_is_no_hanging_program()
    {
        await using var board = await BoardServer.StartAsync(States.Ok);
        board.HoldsStreamBack = true;
        using var output = new Shown();
        await output.RunAsync("watch", "--url", board.Address.ToString(), "--count", "2").WaitAsync(Bound);
        output.ExitCode.ShouldBe(ExitCodes.Ok);
        output.Text.ShouldContain("verdict  OK since ");
        output.Text.ShouldNotContain("lost");
    }

    /// <summary>Each frame would stand below the one before.</summary>
    [Fact]
    public async Task On_a_dumb_terminal_it_prints_what_changes()
    {
        await using var board = await BoardServer.StartAsync(States.Ok);
        using var tool = Tool.StartOnTerminal(
            new Dictionary<string, string> { ["TERM"] = "dumb" }, "watch", "--url", board.Address.ToString(), "--count", "1");
        var run = await tool.EndAsync();
        run.Output.ShouldContain("verdict  OK since ");
        run.Output.ShouldNotContain("\x1b[");
    }

    [Theory]
    [InlineData("| head -1", 141, "")]
    [InlineData("> /dev/full", 141, "What is printed can't be written: No space left on device.")]
    public async Task Output_that_nobody_takes_ends_it(string where, int exitCode, string told)
    {
        await using var board = await BoardServer.StartAsync(States.Ok);
        var run = await Ppv.TestKit.CommandLine.RunAsync(
            "bash", ["-c", $"set -o pipefail; {{ '{Tool.Path}' watch --url {board.Address} {where}; }} 2>&1"], TimeSpan.FromSeconds(60));
        run.ExitCode.ShouldBe(exitCode, run.Output);
        run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBeLessThanOrEqualTo(2);
        run.Output.ShouldContain(told);
        run.Output.ShouldNotContain(" at ");
        await UntilAsync(() => board.Readers == 0);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(since) > Bound) throw new TimeoutException("The board has other readers than it is to.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
