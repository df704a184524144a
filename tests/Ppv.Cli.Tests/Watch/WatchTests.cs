using System.Text.Json;
using Ppv.Board.Tests.Support;
using Ppv.Hosting;
using Ppv.Hosting.Board;
using Ppv.Hosting.Board.State;
using Ppv.Hosting.Preflight;
using Ppv.Hosting.Running;

namespace Ppv.Cli.Tests;

public sealed class WatchTests
{
    private const string CtrlC = "\x03";
    private const string ShowCursor = "\x1b[?25h";
    private const string HideCursor = "\x1b[?25l";
    private const string Evil = "\u001b[2Jx\u0007\u009b1A[red]";

    private static readonly TimeSpan Bound = Hang.Limit;

    private static BoardState EvilState => States.Degraded with
    {
        Program = new(Evil, Evil, Evil, States.Ok.Program.StartedAt),
        Verdict = States.Degraded.Verdict with { Reasons = [Evil] },
        Path = [.. States.Degraded.Path.Select(hop => hop with { Name = Evil })],
        Lines = [.. States.Degraded.Lines.Select(line => line with { LastCode = Evil })],
        Brokers = [States.Degraded.Brokers[0] with { Owner = Evil, Description = Evil, Hosts = [new(Evil, Evil, true, default, Evil)] }],
        Members = [.. States.Degraded.Members.Select(member => member with { Role = Evil, Machine = Evil, Place = Evil })],
        Codes = [new(Evil, 1, [new(Evil, 1)])],
        Unknowns = new(1, [new(Evil, Evil, 1, States.Ok.At, Evil)]),
        Warnings = [new(States.Ok.At, Evil, 1, Evil)],
    };

    [Fact]
    public async Task Elsewhere_than_on_a_terminal_all_of_it_stands_there_once_and_then_what_changes()
    {
        await using var board = await BoardServer.StartAsync(States.Ok);
        using var output = new Shown();
        var running = output.RunAsync("watch", "--url", board.Address.ToString(), "--count", "3");
        await output.UntilAsync("gateway on ppv-gateway-2: alive");

        board.Show(States.Ok);
        board.Show(States.Degraded);
        await running.WaitAsync(Bound);

        var lines = output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[10..]).ToList();
        var before = lines.Index().First(line => line.Item.StartsWith("verdict  DEGRADED", StringComparison.Ordinal)).Index;
        lines[0].ShouldStartWith("verdict  OK since ");
        lines[..before].ShouldContain("lines    19 free, 5 leased, 4 busy, 1 waiting");
        lines[..before].Count(line => line.StartsWith("way ", StringComparison.Ordinal)).ShouldBe(4);
        lines[before..].Count(line => line.StartsWith("way ", StringComparison.Ordinal)).ShouldBe(3, "the worker fares as before");
        lines[before..].ShouldContain("reason   kfs-gax is not in use, bs-gax is.");
        lines[before..].ShouldContain("broker   worker: bs-gax in use. kfs-gax is not in use, bs-gax is.");
        lines[before..].ShouldContain("member   gateway on ppv-gateway-2: dead");
        lines[before..].ShouldNotContain(line => line.Contains("ppv-gateway-1", StringComparison.Ordinal));
        lines[before..].ShouldContain("unknown  2 confirms with an unknown outcome: ppv journal unknown");
        lines[before..].Count(line => line.Contains("event 1002", StringComparison.Ordinal)).ShouldBe(1);
        output.ExitCode.ShouldBe(ExitCodes.Ok);
    }

    [Fact]
    public async Task A_reason_that_is_over_and_a_member_that_left_are_told()
    {
        await using var board = await BoardServer.StartAsync(States.Degraded);
        using var output = new Shown();
        var running = output.RunAsync("watch", "--url", board.Address.ToString(), "--count", "2");
        await output.UntilAsync("event 1002");

        board.Show(States.Ok with { Members = [.. States.Ok.Members.SkipLast(1)] });
        await running.WaitAsync(Bound);

        output.Text.ShouldContain("  over     kfs-gax is not in use, bs-gax is.");
        output.Text.ShouldContain("  left     gateway on ppv-gateway-2: dead");
        output.Text.ShouldContain("  settled  2 confirms");
    }

    [Fact]
    public async Task Json_is_one_state_a_line()
    {
        await using var board = await BoardServer.StartAsync(EvilState);

        var run = await InProcess.RunAsync("watch", "--url", board.Address.ToString(), "--count", "2", "--json");

        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2);
        lines.ShouldAllBe(line => JsonSerializer.Deserialize(line, BoardJson.Default.BoardState)!.Verdict.Reasons[0] == Evil);
        run.Output.ShouldNotContain(character => char.IsControl(character) && character != '\n');
    }

    [Fact]
    public async Task Text_from_the_board_moves_no_cursor_and_is_no_markup()
    {
        await using var board = await BoardServer.StartAsync(EvilState);
        var plain = await InProcess.RunAsync("watch", "--url", board.Address.ToString(), "--count", "1");
        var live = await Tool.RunOnTerminalAsync(null, "watch", "--url", board.Address.ToString(), "--count", "1");

        plain.Output.ShouldContain("?[2Jx??1A[red]");
        plain.Output.ShouldNotContain(character => char.IsControl(character) && character != '\n');
        live.ExitCode.ShouldBe(ExitCodes.Ok, live.Output);
        live.Output.ShouldContain("?[2Jx??1A[red]");
        live.Output.ShouldNotContain("\x1b[2J");
        live.Output.ShouldNotContain("\u009b");
        live.Output.ShouldNotContain("\u0007");
    }

    [Fact]
    public async Task On_a_terminal_the_board_is_live_and_Ctrl_C_gives_the_cursor_back()
    {
        await using var board = await BoardServer.StartAsync(States.Ok);
        using var tool = Tool.StartOnTerminal(null, "watch", "--url", board.Address.ToString());
        await tool.UntilShownAsync("Orders pass as they should.");
        await tool.UntilShownAsync("029");

        board.Show(States.Down);
        await tool.UntilShownAsync("No host of RabbitMQ can be reached");
        await tool.UntilShownAsync("ppv journal settle ORDER");
        await tool.TypeAsync(CtrlC);
        var run = await tool.EndAsync();

        run.ExitCode.ShouldBe(ExitCodes.Interrupted);
        run.Output.ShouldContain(HideCursor);
        run.Output.LastIndexOf(ShowCursor, StringComparison.Ordinal).ShouldBeGreaterThan(
            run.Output.LastIndexOf(HideCursor, StringComparison.Ordinal));
    }

    [Fact]
    public async Task On_a_terminal_without_colours_the_words_say_it_all()
    {
        await using var board = await BoardServer.StartAsync(States.Degraded);

        var run = await Tool.RunOnTerminalAsync(
            new Dictionary<string, string> { ["NO_COLOR"] = "1" }, "watch", "--url", board.Address.ToString(), "--count", "1");

        run.Output.ShouldNotMatch("\u001b\\[([0-9;]*;)?[34][0-9](;[0-9]+)*m"); // No colour of text.
        foreach (var word in new[] { "DEGRADED", "resting", "2 waiting", "DEAD", "kfs-gax down", "bs-gax ready, in use" })
            run.Output.ShouldContain(word);
    }

    [Fact]
    public async Task A_board_that_dies_is_told_and_so_is_its_next_life()
    {
        var board = await BoardServer.StartAsync(States.Ok);
        using var output = new Shown();
        var running = output.RunAsync("watch", "--url", board.Address.ToString(), "--count", "2");
        await output.UntilAsync("gateway on ppv-gateway-2: alive");

        await board.DisposeAsync();
        await output.UntilAsync("  lost     ");
        await using var next = await BoardServer.StartAsync(States.Degraded, board.Port);
        await running.WaitAsync(Bound);

        output.Text.ShouldContain("What was said last is old.");
        output.Text.ShouldContain("  back     Worker on ppv-worker-1 is heard again.");
        output.Text.ShouldContain("  verdict  DEGRADED");
        output.ExitCode.ShouldBe(ExitCodes.Ok);
    }

    [Fact]
    public async Task A_board_that_hangs_is_told()
    {
        await using var board = await BoardServer.StartAsync(States.Ok);
        using var tool = Tool.StartOnTerminal(null, "watch", "--url", board.Address.ToString());
        await tool.UntilShownAsync("Orders pass as they should.");
        board.IsSilent = board.GreetsNobody = true;
        await tool.UntilShownAsync("NO NEWS");
        await tool.UntilShownAsync("The program has said nothing for 8 s: it may hang.");
        await tool.UntilShownAsync("It last said OK.");
    }

    [Fact]
    public async Task A_board_that_says_goodbye_is_not_taken_for_dead()
    {
        await using var board = await BoardServer.StartAsync(States.Ok);
        using var output = new Shown();
        var running = output.RunAsync("watch", "--url", board.Address.ToString(), "--count", "2");
        await output.UntilAsync("gateway on ppv-gateway-2: alive");

        board.SayBye();
        await running.WaitAsync(Bound);

        output.Text.ShouldContain("  lost     The program was stopped. What was said last is old.");
    }

    [Fact]
    public async Task Without_a_stream_of_events_it_looks_now_and_then()
    {
        await using var board = await BoardServer.StartAsync(States.Ok);
        board.RefusesEvents = (503, "100 boards are open already.");

        var run = await InProcess.RunAsync("watch", "--url", board.Address.ToString(), "--count", "2");

        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
        run.Output.ShouldContain("  verdict  OK");
        run.Output.ShouldNotContain("lost");
    }

    [Fact]
    public async Task The_address_may_end_without_a_slash_and_may_come_from_the_context()
    {
        await using var board = await BoardServer.StartAsync(States.Ok);

        var run = await InProcess.RunAsync("watch", "--board", board.Address.ToString().TrimEnd('/'), "--count", "1");

        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
    }

    [Fact]
    public async Task A_board_that_is_not_there_has_an_exit_code_of_its_own()
    {
        using var closed = new ClosedPort();
        var address = new Uri($"http://{closed.Address}/board");

        var run = await InProcess.RunAsync("watch", "--url", address.ToString());

        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldStartWith($"The line board at {address} can't be watched: The program does not answer (");
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_is_turned_away_reads_why()
    {
        await using var board = await BoardServer.StartAsync(States.Ok);
        board.RefusesEvents = board.RefusesState = (403, "The board is reachable from this machine only.\x1b[2J");

        var run = await InProcess.RunAsync("watch", "--url", board.Address.ToString());

        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldContain("The server answered 403. The board is reachable from this machine only.?[2J");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("")]
    public async Task What_is_no_board_is_not_taken_for_one(string state)
    {
        await using var board = await BoardServer.StartAsync(States.Ok);
        board.RefusesEvents = (404, "");
        board.RefusesState = (200, state);

        var run = await InProcess.RunAsync("watch", "--url", board.Address.ToString());

        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldContain("What it says is no state of a line board.");
    }

    [Theory]
    [InlineData("--count takes", "--count", "0")]
    [InlineData("--count takes", "--count", "many")]
    [InlineData("--url takes", "--url", "localhost")]
    public async Task Bad_arguments_are_told(string told, params string[] arguments)
    {
        var run = await InProcess.RunAsync(["watch", .. arguments]);

        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain(told);
    }
}
