using System.Text.Json;
using System.Xml.Linq;
using Ppv.Samples.Cli.Running;
using Ppv.Testing;

namespace Ppv.Cli.Tests;

public sealed class BenchVerbTests(World world) : IClassFixture<World>
{
    [Fact]
    public async Task Each_call_is_a_purchase_and_the_result_says_what_it_took()
    {
        var before = world.Host.Wizard.Purchases.Count;
        var run = await Tool.RunAsync(world.Variables, "bench", "--count", "12", "--concurrency", "3", "--json", "--yes");

        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
        (world.Host.Wizard.Purchases.Count - before).ShouldBe(12);
        using var report = JsonDocument.Parse(run.Output);
        var root = report.RootElement;
        (root.GetProperty("callsEnded").GetInt32(), root.GetProperty("orders").GetInt32()).ShouldBe((12, 36));
        root.GetProperty("codes").GetProperty("OK").GetInt32().ShouldBe(36);
        foreach (var step in new[] { "EV", "EN", "UP" })
            root.GetProperty("steps").GetProperty(step).GetProperty("count").GetInt32().ShouldBe(12);
        root.TryGetProperty("correctedLatency", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task With_a_rate_the_latency_is_corrected_and_a_condition_gives_the_exit_code()
    {
        var run = await Tool.RunAsync(
            world.Variables, "bench", "--rate", "20/s", "--duration", "1s", "--fail-if", "errors>0", "--fail-if", "max>0us", "--yes");

        run.ExitCode.ShouldBe(ExitCodes.NotOk, run.Error);
        run.Output.ShouldContain("  load        20 calls/s (EV, EN, UP) for 1 s\n");
        run.Output.ShouldContain("call, when it was due");
        run.Output.ShouldContain("corrected for coordinated omission");
        run.Output.ShouldContain("  errors>0    0: good\n");
        run.Output.ShouldMatch(@"  max>0us     [\d.]+ ms: FAILED\n");
    }

    [Fact]
    public async Task Errors_do_not_stop_it()
    {
        await using var gateway = await FakeGateway.SayingAsync("OK", "ER444");
        var run = await InProcess.RunAsync("bench", "--url", gateway.Url, "--count", "5", "--yes", "--fail-if", "errors>50%");

        run.ExitCode.ShouldBe(ExitCodes.NotOk, run.Error);
        run.Output.ShouldContain("  errors      5 calls (100.00 %)\n");
        gateway.Received.Count.ShouldBe(6); // The first call got as far as its second order.
    }

    [Theory]
    [InlineData("add --yes")]
    [InlineData("Give --rate or --concurrency", "--rate", "1", "--concurrency", "1")]
    [InlineData("Give --duration or --count", "--duration", "1s", "--count", "1")]
    [InlineData("--rate takes", "--rate", "0")]
    [InlineData("--rate takes", "--rate", "5001/s")]
    [InlineData("--rate takes", "--rate", "many")]
    [InlineData("--concurrency takes", "--concurrency", "1001")]
    [InlineData("--duration takes", "--duration", "10")]
    [InlineData("--duration takes", "--duration", "61m")]
    [InlineData("--count takes", "--count", "0")]
    [InlineData("--ramp is longer", "--ramp", "20s")]
    [InlineData("--max-lines takes a whole number from 1 to 999, or all", "--max-lines", "0", "--yes")]
    [InlineData("--steps takes", "--steps", "EV,XX")]
    [InlineData("--steps: UP buys", "--steps", "EV,UP")]
    [InlineData("there is no 'p9x'", "--fail-if", "p9x>5ms", "--yes")]
    [InlineData("a latency takes a unit", "--fail-if", "p99>5", "--yes")]
    [InlineData("bench.csv can't be written", "--csv", "/no/such/folder/bench.csv", "--yes")]
    [InlineData("The file / can't be written: It is a folder.", "--csv", "/", "--yes")]
    [InlineData("--csv and --html name one file", "--csv", "bench.out", "--html", "./bench.out", "--yes")]
    [InlineData("bench.html can't be written", "--html", "/no/such/folder/bench.html", "--yes")]
    public async Task Bad_arguments_are_told_before_there_is_any_load(string told, params string[] arguments)
    {
        await using var gateway = await FakeGateway.SayingAsync("OK");
        var run = await InProcess.RunAsync(["bench", "--url", gateway.Url, .. arguments]);

        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain(told);
        run.Output.ShouldBeEmpty();
        gateway.Received.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Modulo", "Lines go by the old formula there: whoever is on the same line at this moment loses what he has chosen")]
    [InlineData("Unknown", "It is not known whether calls have lines of their own there. Nobody says.")]
    [InlineData("Leased", "It takes up to 14 of 29 lines from callers at a time.")]
    public async Task Calls_that_do_not_buy_ask_too_and_say_what_they_disturb(string allocation, string told)
    {
        await using var gateway = await FakeGateway.SayingAsync("OK");
        gateway.Lines = FakeGateway.LinesOf(allocation, allocation == "Unknown" ? "Nobody says." : null);
        var run = await InProcess.RunAsync("bench", "--url", gateway.Url, "--steps", "EV,EN", "--count", "2");
        run.ExitCode.ShouldBe(ExitCodes.BadArguments, run.Error);
        run.Error.ShouldContain("This chooses 2 times");
        run.Error.ShouldContain("buys nothing");
        run.Error.ShouldContain(told);
        gateway.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_leaves_lines_to_callers_unless_it_is_told_not_to()
    {
        await using var host = await PpvTestHost.StartAsync();
        var url = new Uri(host.GatewayAddress, "/api/v1/ppv").ToString();
        var run = await Tool.RunAsync("bench", "--url", url, "--steps", "EV,EN", "--rate", "60/s", "--duration", "1s", "--yes");
        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
        run.Output.ShouldContain("  lines       14 at a time");
        host.Wizard.Requests.Select(request => request.Line).Distinct().Count().ShouldBeLessThanOrEqualTo(14);

        var all = await Tool.RunAsync(
            "bench", "--url", url, "--steps", "EV", "--count", "40", "--concurrency", "20", "--max-lines", "all", "--timeout", "2", "-y");
        all.ExitCode.ShouldBe(ExitCodes.Ok, all.Error);
        host.Wizard.Requests.Select(request => request.Line).Distinct().Count().ShouldBe(29);
    }

    [Fact]
    public async Task Calls_that_do_not_buy_send_no_confirm()
    {
        await using var gateway = await FakeGateway.SayingAsync("OK");
        var run = await InProcess.RunAsync("bench", "--url", gateway.Url, "--steps", "EV,EN", "--count", "2", "--yes");
        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
        gateway.Received.Count.ShouldBe(4);
        gateway.Received.ShouldAllBe(request => !request.Body.Contains("CONFIRM", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_there_is_told_at_once_with_an_exit_code_of_its_own()
    {
        using var closed = new ClosedPort();
        var run = await Tool.RunAsync("bench", "--url", $"http://{closed.Address}", "--yes");
        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldContain("could not be reached");
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Files_have_a_line_for_each_second_and_a_page_that_needs_nothing_else()
    {
        var (csv, html) = (Path.Combine(world.Folder, "bench.csv"), Path.Combine(world.Folder, "bench.html"));
        var run = await Tool.RunAsync(
            world.Variables, "bench", "--rate", "30/s", "--count", "40", "--ramp", "1s", "--csv", csv, "--html", html, "--yes");

        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
        var lines = await File.ReadAllLinesAsync(csv);
        var again = await Tool.RunAsync(world.Variables, "bench", "--count", "1", "--csv", csv, "--yes");
        again.ExitCode.ShouldBe(ExitCodes.BadArguments);
        again.Error.ShouldContain("is there already, and was left as it is");
        (await File.ReadAllLinesAsync(csv)).ShouldBe(lines);
        lines[0].ShouldBe("second,calls_started,calls_ended,calls_failed,orders,p50_ms,p95_ms,p99_ms,max_ms");
        lines[^1].ShouldStartWith("total,40,40,0,120,");
        lines[1..^1].Sum(line => int.Parse(line.Split(',')[2], System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(40);
        var page = await File.ReadAllTextAsync(html);
        page.ShouldNotContain("<script");
        page.ShouldNotContain("src=");
        page.ShouldNotContain("NaN");
        var (start, end) = (page.IndexOf("<body>", StringComparison.Ordinal), page.IndexOf("</html>", StringComparison.Ordinal));
        var body = XDocument.Parse(page[start..end]);
        var plots = body.Descendants("svg").Where(svg => svg.Attribute("role") is not null).ToList();
        plots.Select(svg => svg.Attribute("aria-label")!.Value).ShouldBe(
            ["Latency of calls by percentile, ms", "Calls a second", "Latency of calls over time, ms"]);
        plots.ShouldAllBe(svg => svg.Descendants("path").All(path => path.Attribute("d")!.Value.StartsWith('M')));
    }

    [Fact]
    public async Task On_a_terminal_it_is_live_and_Ctrl_C_prints_what_was_measured_and_gives_the_cursor_back()
    {
        using var tool = Tool.StartOnTerminal(world.Variables, "bench", "--rate", "10/s", "--duration", "30m", "--yes");
        await tool.UntilShownAsync("orders/s");
        await tool.UntilShownAsync("\x1b[?25l");
        await tool.TypeAsync("\x03");
        var run = await tool.EndAsync();

        run.ExitCode.ShouldBe(ExitCodes.Interrupted, run.Output);
        run.Output.LastIndexOf("\x1b[?25h", StringComparison.Ordinal).ShouldBeGreaterThan(
            run.Output.LastIndexOf("\x1b[?25l", StringComparison.Ordinal), "The cursor is still hidden.");
        var result = run.Output[run.Output.LastIndexOf("\x1b[?25h", StringComparison.Ordinal)..];
        result.ShouldContain("bench, interrupted: what was measured so far");
        result.ShouldContain("call, when it was due");
    }

    [Fact]
    public async Task Not_on_a_terminal_it_tells_how_it_goes_on_standard_error_and_a_signal_prints_the_result()
    {
        using var tool = Tool.Start("bench", "--url", world.Url, "--rate", "5/s", "--duration", "30m", "--yes");
        await tool.UntilComplainedAsync(" orders/s, p50 ");
        tool.Shown.ShouldBeEmpty();
        await tool.SignalAsync();
        var run = await tool.EndAsync();
        run.ExitCode.ShouldBe(ExitCodes.Interrupted);
        run.Output.ShouldStartWith("bench, interrupted");
    }
}
