using Ppv.Protocol;
using Ppv.Samples.Cli.Bench;
using Ppv.Samples.Cli.Output;
using Ppv.Samples.Cli.Routes;

namespace Ppv.Cli.Tests;

public sealed class BenchPrinterTests
{
    [Fact]
    public void The_table_has_room_in_80_columns()
    {
        var plan = new BenchPlan { Rate = 5, Duration = TimeSpan.FromSeconds(10), Steps = [PpvCommandKind.Event] };
        var recorder = new BenchRecorder(TimeProvider.System, isOpen: true);
        recorder.Begin(TimeSpan.Zero);
        var answer = new RouteAnswer { ResponseTime = DateTimeOffset.UnixEpoch, Code = "OK" };
        recorder.Order(PpvCommandKind.Event, TimeSpan.FromSeconds(99), answer);
        recorder.End(TimeSpan.FromSeconds(-99), TimeSpan.FromSeconds(-99), isOk: true);
        using var text = new StringWriter();
        new BenchPrinter(CliConsole.Create(text, redirected: true)).Print(recorder.Result(plan, isInterrupted: false), "there", []);

        var lines = text.ToString().Split('\n');
        var table = lines.SkipWhile(line => !line.StartsWith("latency", StringComparison.Ordinal)).Take(4);
        table.ShouldAllBe(line => line.Length <= 80);
    }
}
