using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Ppv.Samples.Cli.Running;

namespace Ppv.Cli.Tests;

/// <summary>One clock for all figures: what is shown agrees with itself, whatever the computer's clock does.</summary>
public sealed class CallTimesTests
{
    [Fact]
    public async Task Elapsed_is_the_difference_of_the_times_shown_also_when_the_clock_is_set_meanwhile()
    {
        await using var gateway = await FakeGateway.SayingAsync("OK");
        var run = await InProcess.RunAsync(new JumpingClock(), "call", "--url", gateway.Url, "--ev", "1", "--en", "2");

        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
        var (sent, received, elapsed) = (Times(run, "send time"), Times(run, "response time"), Values(run, "elapsed"));
        elapsed.Count.ShouldBe(2);
        for (var step = 0; step < elapsed.Count; step++)
            (received[step] - sent[step]).ShouldBe(TimeSpan.Parse(elapsed[step], CultureInfo.InvariantCulture));
        received[0].ShouldBeLessThanOrEqualTo(sent[1]);
    }

    [Fact]
    public async Task Opening_the_connection_is_no_part_of_a_step_and_the_parts_of_a_step_are_all_of_it()
    {
        await using var gateway = await FakeGateway.SayingAsync("OK");
        var run = await InProcess.RunAsync("call", "--url", gateway.Url, "--ev", "1", "--en", "2", "--json");

        using var report = JsonDocument.Parse(run.Output);
        Names(report.RootElement.GetProperty("connecting")).ShouldBe(["look up", "connect"]);
        var steps = report.RootElement.GetProperty("steps").EnumerateArray().ToList();
        steps.Count.ShouldBe(2);
        foreach (var step in steps)
        {
            Names(step.GetProperty("hops")).ShouldBe(["send", "wait", "receive"]);
            step.GetProperty("hops").EnumerateArray().Sum(hop => hop.GetProperty("ms").GetDouble())
                .ShouldBe(step.GetProperty("elapsedMs").GetDouble(), 0.0005);
        }
    }

    [Fact]
    public async Task A_connection_that_the_gateway_closed_meanwhile_is_opened_again_and_shown()
    {
        await using var gateway = await FakeGateway.StartAsync(context =>
        {
            context.Response.Headers.Connection = "close";
            return context.Response.WriteAsync("""{"callresult":"OK"}""");
        });
        var run = await InProcess.RunAsync("call", "--url", gateway.Url, "--ev", "1", "--en", "2", "--json");

        using var report = JsonDocument.Parse(run.Output);
        Names(report.RootElement.GetProperty("steps")[1].GetProperty("hops")).ShouldBe(["look up", "connect", "send", "wait", "receive"]);
    }

    private static List<string?> Names(JsonElement hops) => [.. hops.EnumerateArray().Select(hop => hop.GetProperty("name").GetString())];

    private static List<DateTime> Times(ToolRun run, string label) =>
        [.. Values(run, label).Select(text => DateTime.Parse(text, CultureInfo.InvariantCulture))];

    private static List<string> Values(ToolRun run, string label) =>
        [.. run.Output.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith(label, StringComparison.Ordinal))
            .Select(line => line[label.Length..].Trim())];

    /// <summary>Somebody sets the clock back by a second each time that it is looked at.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private static readonly DateTimeOffset Start = new(2026, 10, 25, 1, 59, 59, TimeSpan.Zero);
        private int _looks;

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Start.AddSeconds(-Interlocked.Increment(ref _looks));
    }
}
