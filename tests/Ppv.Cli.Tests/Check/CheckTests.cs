using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Ppv.Samples.Cli.Check;

namespace Ppv.Cli.Tests;

public sealed class CheckTests
{
    /// <summary>A machine that is busy is not what these tests are about.</summary>
    private static readonly string[] AnyTime = ["--warn", "time=off", "--critical", "time=off"];

    private static readonly string[] AnyAge =
        ["--warn", "age=off", "--critical", "age=off", "--warn", "free=off", "--critical", "free=off"];

    [Theory]
    [InlineData(200, "Healthy\nppv: all is well", nameof(CheckStatus.Ok))]
    [InlineData(200, "Degraded\nppv: the backup is in use", nameof(CheckStatus.Warning))]
    [InlineData(503, "Unhealthy\nppv: no broker", nameof(CheckStatus.Critical))]
    [InlineData(404, "not here", nameof(CheckStatus.Unknown))]
    [InlineData(200, "<html>", nameof(CheckStatus.Unknown))]
    public async Task Gateway_and_worker_are_as_they_say_they_are(int status, string body, string expected)
    {
        await using var program = await FakeGateway.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        });
        var gateway = await InProcess.RunAsync(["check", "gateway", "--url", program.Url, .. AnyTime]);
        var worker = await InProcess.RunAsync(["check", "worker", "--board", program.Url, .. AnyTime]);
        new[] { gateway.ExitCode, worker.ExitCode }.ShouldAllBe(code => code == (int)Enum.Parse<CheckStatus>(expected));
        gateway.Output.ShouldStartWith($"PPV GATEWAY {expected.ToUpperInvariant()} - ");
        worker.Output.ShouldStartWith($"PPV WORKER {expected.ToUpperInvariant()} - ");
        program.Received.ShouldAllBe(request => request.Method == "GET" && request.Path == "/health/ready" && request.Body == "");
    }

    [Fact]
    public async Task Thresholds_make_the_exit_code()
    {
        await using var gateway = await FakeGateway.StartAsync(context => context.Response.WriteAsync("Healthy"));
        var warned = await InProcess.RunAsync("check", "gateway", "--url", gateway.Url, "--warn", "time=0s", "--critical", "time=off");
        warned.ExitCode.ShouldBe((int)CheckStatus.Warning);
        warned.Output.ShouldContain("time is ");
        var alarmed = await InProcess.RunAsync("check", "gateway", "--url", gateway.Url, "--critical", "time=0s");
        alarmed.ExitCode.ShouldBe((int)CheckStatus.Critical);
    }

    [Fact]
    public async Task A_gateway_that_is_not_there_is_critical()
    {
        var run = await InProcess.RunAsync("check", "gateway", "--url", "http://127.0.0.1:1/api");
        run.ExitCode.ShouldBe((int)CheckStatus.Critical);
        run.Output.ShouldContain("can't be reached");
    }

    [Fact]
    public async Task A_gateway_that_is_silent_is_critical_at_the_timeout()
    {
        var (time, reached) = (new TestClock(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var gateway = await FakeGateway.StartAsync(async context =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        var running = InProcess.RunAsync(time, "check", "gateway", "--url", gateway.Url, "--timeout", "7");
        await reached.Task.WaitAsync(Hang.Limit);
        time.Advance(TimeSpan.FromSeconds(6.9));
        running.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(0.1));
        var run = await running.WaitAsync(Hang.Limit);
        run.ExitCode.ShouldBe((int)CheckStatus.Critical);
        run.Output.ShouldContain("did not answer within 7 s");
    }

    [Fact]
    public async Task A_broker_that_refuses_is_critical()
    {
        var broker = await InProcess.RunAsync("check", "broker", "--amqp", "amqp://ops:s3cret@127.0.0.1:1/%2Fppv");
        broker.ExitCode.ShouldBe((int)CheckStatus.Critical);
        broker.Output.ShouldStartWith("PPV BROKER CRITICAL - down is 1, above 0. 0 of 1 hosts let us in.");
        var queue = await InProcess.RunAsync("check", "queue", "--amqp", "amqp://ops:s3cret@127.0.0.1:1/%2Fppv");
        queue.ExitCode.ShouldBe((int)CheckStatus.Critical);
        (broker.Output + queue.Output).ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task A_journal_with_confirms_to_settle_warns_and_alarms_by_their_number_and_age()
    {
        await using var folder = await JournalFolder.CreateAsync();
        var warned = await JournalAsync(folder, AnyAge);
        warned.ExitCode.ShouldBe((int)CheckStatus.Warning, warned.Output);
        warned.Output.ShouldContain("unknown is 1, above 0");
        warned.Output.ShouldContain(JournalFolder.Unknown);
        (await JournalAsync(folder, [.. AnyAge, "--critical", "unknown=0"])).ExitCode.ShouldBe((int)CheckStatus.Critical);
        (await JournalAsync(folder, [.. AnyAge, "--warn", "unknown=1"])).ExitCode.ShouldBe((int)CheckStatus.Ok);

        var late = new TestClock(new DateTimeOffset(2026, 11, 26, 21, 0, 0, TimeSpan.Zero));
        var old = await InProcess.RunAsync(
            late, "check", "journal", "--journal", folder.File, "--critical", "age=2h", "--warn", "free=off", "--critical", "free=off");
        old.ExitCode.ShouldBe((int)CheckStatus.Critical);
        old.Output.ShouldContain("age is 3 h, above 2 h");
    }

    [Fact]
    public async Task A_journal_that_is_missing_or_spoilt_is_critical()
    {
        (await InProcess.RunAsync("check", "journal", "--journal", "/nowhere/journal.db")).ExitCode.ShouldBe((int)CheckStatus.Critical);
        await using var folder = await JournalFolder.CreateAsync();
        await folder.CloseAsync();
        await File.WriteAllTextAsync(folder.File, "no database, but long enough to be looked at as one, and then some more");
        var run = await JournalAsync(folder, AnyAge);
        run.ExitCode.ShouldBe((int)CheckStatus.Critical);
        run.Output.ShouldContain("can't be used");
    }

    [Theory]
    [InlineData("measures depth, consumers, time, and no 'length'", "queue", "--warn", "length=5")]
    [InlineData("time takes a time such as", "gateway", "--critical", "time=5")]
    [InlineData("takes NAME=VALUE", "journal", "--warn", "5")]
    [InlineData("--timeout takes", "gateway", "--timeout", "0")]
    [InlineData("--url takes", "gateway", "--url", "localhost")]
    [InlineData("", "nothing")]
    [InlineData("")]
    public async Task Bad_arguments_end_with_3_as_monitoring_systems_want_it(string told, params string[] arguments)
    {
        var run = await InProcess.RunAsync(["check", .. arguments]);
        run.ExitCode.ShouldBe((int)CheckStatus.Unknown);
        run.Error.ShouldContain(told);
    }

    [Theory]
    [InlineData("gateway", "--url http://localhost:8070/api/v1/ppv (default)")]
    [InlineData("worker", "--board http://localhost:8071/board (default)")]
    [InlineData("broker", "--amqp amqp://ppv:****@localhost:5672/%2Fppv (default)")]
    [InlineData("queue", "--amqp amqp://ppv:****@localhost:5672/%2Fppv (default)")]
    public async Task Without_an_address_it_looks_at_this_computer_and_says_so(string check, string taken) =>
        (await InProcess.RunAsync("check", check)).Error.ShouldBe($"Taken: {taken}.\n");

    [Fact]
    public async Task Without_a_journal_it_is_unknown_and_said_in_the_chosen_format()
    {
        var line = await InProcess.RunAsync("check", "journal");
        line.ExitCode.ShouldBe((int)CheckStatus.Unknown);
        line.Output.ShouldStartWith("PPV JOURNAL UNKNOWN - It is not known where the journal is: there is none at ");
        line.Output.ShouldContain("--journal");
        var json = await InProcess.RunAsync("check", "journal", "--json");
        using var document = JsonDocument.Parse(json.Output);
        document.RootElement.GetProperty("status").GetString().ShouldBe("unknown");
    }

    [Fact]
    public async Task It_runs_as_a_process_in_every_format_and_on_a_terminal()
    {
        await using var gateway = await FakeGateway.StartAsync(context => context.Response.WriteAsync("Healthy"));
        string[] check = ["check", "gateway", "--url", gateway.Url, .. AnyTime];
        (await Tool.RunAsync(check)).Output.ShouldMatch(@"^PPV GATEWAY OK - The gateway says: Healthy \| time=[0-9.]+s\n$");
        (await Tool.RunAsync([.. check, "--format", "prometheus"])).Output.ShouldContain("ppv_check_status{check=\"gateway\"} 0\n");
        using var json = JsonDocument.Parse((await Tool.RunAsync([.. check, "--format", "json"])).Output);
        json.RootElement.GetProperty("readings")[0].GetProperty("name").GetString().ShouldBe("time");
        var shown = await Tool.RunOnTerminalAsync(null, [.. check, "--format", "text"]);
        shown.ExitCode.ShouldBe((int)CheckStatus.Ok);
        shown.Output.ShouldContain("gateway: OK.");
    }

    private static Task<ToolRun> JournalAsync(JournalFolder folder, string[] more) =>
        InProcess.RunAsync(["check", "journal", "--journal", folder.File, .. more]);
}
