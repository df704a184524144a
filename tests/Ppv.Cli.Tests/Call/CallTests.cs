using Microsoft.AspNetCore.Http;
using Ppv.Samples.Cli.Running;

namespace Ppv.Cli.Tests;

public sealed class CallTests
{
    private const string CallId = "0127032d64a94732";

    [Fact]
    public async Task A_whole_call_is_sent_in_order_as_the_voice_platform_sends_it()
    {
        await using var gateway = await FakeGateway.SayingAsync("OK");

        var run = await RunAsync(
            gateway, "--confirm", "--yes", "--en", "84880185", "--ev", "1569885", "--connid", CallId);

        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
        gateway.Received.ShouldBe(
        [
            new("GET", "/api/v1/ppv", "application/json", """{"content": "{'connid':'0127032d64a94732','EV':'1569885'}"}"""),
            new("GET", "/api/v1/ppv", "application/json", """{"content": "{'connid':'0127032d64a94732','EN':'84880185'}"}"""),
            new("GET", "/api/v1/ppv", "application/json", """{"content": "{'connid':'0127032d64a94732','CONFIRM':'UP'}"}"""),
        ]);
    }

    [Fact]
    public async Task Each_step_is_printed_with_request_times_and_answer_as_plain_text()
    {
        await using var gateway = await FakeGateway.SayingAsync("OK");

        var run = await RunAsync(gateway, "--ev", "1569885", "--connid", CallId);

        run.Output.ShouldBe($$"""
            connection
              to             the gateway at {{gateway.Url}}
                look up           0.000 ms  ▏
                connect           0.000 ms  ▏

            EV=1569885
              request        GET {{gateway.Url}} {"content": "{'connid':'0127032d64a94732','EV':'1569885'}"}
              send time      2022-06-15 14:05:31.608771
              answer         {"callresult":"OK"}
              response time  2022-06-15 14:05:31.608771
              elapsed        0:00:00.000000
                send              0.000 ms  ▏
                wait              0.000 ms  ▏
                receive           0.000 ms  ▏


            """);
    }

    [Fact]
    public async Task What_the_gateway_says_in_headers_is_printed_without_control_characters()
    {
        await using var gateway = await FakeGateway.StartAsync(context =>
        {
            context.Response.Headers["X-Ppv-Outcome"] = "NotExecuted";
            context.Response.Headers["X-Ppv-Reason"] = "No worker is listening [on the queue].";
            context.Response.Headers["X-Ppv-Order-Id"] = "0197a1";
            return context.Response.WriteAsync("{\"callresult\":\"ER995\"}\u001b[31m");
        });

        var run = await RunAsync(gateway, "--ev", "1");

        run.ExitCode.ShouldBe(ExitCodes.NotOk);
        run.Output.ShouldContain("answer         {\"callresult\":\"ER995\"}?[31m");
        run.Output.ShouldContain("outcome        NotExecuted");
        run.Output.ShouldContain("reason         No worker is listening [on the queue].");
        run.Output.ShouldContain("order id       0197a1");
    }

    [Fact]
    public async Task The_first_step_that_is_not_ok_is_the_last()
    {
        await using var gateway = await FakeGateway.SayingAsync("OK", "ER444");
        var run = await RunAsync(gateway, "--ev", "1", "--en", "2", "--confirm", "--yes");
        run.ExitCode.ShouldBe(ExitCodes.NotOk);
        gateway.Received.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(500, """{"callresult":"OK"}""")]
    [InlineData(200, "Internal Server Error")]
    [InlineData(200, "")]
    [InlineData(200, """{"callresult":1}""")]
    [InlineData(200, """["OK"]""")]
    [InlineData(302, """{"callresult":"OK"}""")]
    public async Task Only_200_with_OK_is_ok(int status, string body)
    {
        await using var gateway = await FakeGateway.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        });
        (await RunAsync(gateway, "--ev", "1")).ExitCode.ShouldBe(ExitCodes.NotOk);
    }

    [Fact]
    public async Task Post_and_json_change_method_and_form()
    {
        await using var gateway = await FakeGateway.SayingAsync("OK");
        await RunAsync(gateway, "--ev", "1", "--connid", "A0", "--post", "--body", "json");
        gateway.Received.ShouldBe([new("POST", "/api/v1/ppv", "application/json", """{"content": {"connid":"A0","EV":"1"}}""")]);
    }

    [Fact]
    public async Task Without_a_connid_all_steps_share_a_random_one()
    {
        await using var gateway = await FakeGateway.SayingAsync("OK");
        await RunAsync(gateway, "--ev", "1", "--en", "2");
        var ids = gateway.Received.Select(request => request.Body.Split('\'')[3]).Distinct().ShouldHaveSingleItem();
        ids.Length.ShouldBe(16);
        ids.ShouldAllBe(digit => char.IsAsciiHexDigitLower(digit));
    }

    [Fact]
    public async Task A_gateway_that_is_not_there_has_an_exit_code_of_its_own()
    {
        using var closed = new ClosedPort();

        var run = await RunAsync("call", "--url", $"http://{closed.Address}", "--ev", "1");

        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldContain("could not be reached");
    }

    [Fact]
    public async Task A_gateway_that_stays_silent_is_given_up_after_the_timeout()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gateway = await FakeGateway.StartAsync(async context =>
        {
            reached.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        var time = new TestClock();

        var running = RunAsync(time, "call", "--url", gateway.Url, "--ev", "1");
        await reached.Task.WaitAsync(Hang.Limit);
        time.Advance(TimeSpan.FromSeconds(34));
        running.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));
        var run = await running.WaitAsync(Hang.Limit);

        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldContain("did not answer within 35 s");
    }

    [Theory]
    [InlineData("nothing to send")]
    [InlineData("--connid takes", "--ev", "1", "--connid", "xyz")]
    [InlineData("--ev takes", "--ev", "a'b")]
    [InlineData("--en takes", "--en", "123456789012345678901")]
    [InlineData("--timeout takes", "--ev", "1", "--timeout", "0")]
    [InlineData("--timeout takes", "--ev", "1", "--timeout", "soon")]
    [InlineData("--url takes", "--ev", "1", "--url", "localhost")]
    [InlineData("one way only", "--ev", "1", "--wizard", "127.0.0.1:1")]
    [InlineData("one way only", "--ev", "1", "--amqp", "127.0.0.1:1")]
    [InlineData("one way only", "--ev", "1", "--via", "wizard")]
    [InlineData("--line is for orders to the wizard", "--ev", "1", "--line", "3")]
    [InlineData("--line takes", "--ev", "1", "--line", "1000")]
    [InlineData("--lines takes", "--ev", "1", "--lines", "9-1")]
    [InlineData("--timeout takes a number of seconds from 0.1 to 600", "--ev", "1", "--timeout", "0,5")]
    [InlineData("--timeout takes a number of seconds from 0.1 to 600", "--ev", "1", "--timeout", "1,000")]
    [InlineData("--post is for orders to the gateway", "--ev", "1", "--url", "", "--wizard", "127.0.0.1:1", "--post")]
    [InlineData("no address of the broker", "--ev", "1", "--url", "", "--via", "broker")]
    [InlineData("Give --line or --lines", "--ev", "1", "--url", "", "--wizard", "127.0.0.1:1", "--line", "1", "--lines", "1-2")]
    [InlineData("Ppv:Rpc:Queue is", "--ev", "1", "--url", "", "--amqp", "127.0.0.1:1", "--queue", "")]
    [InlineData("--buy", "--ev", "1", "--buy")]
    public async Task Bad_arguments_are_told_and_nothing_is_sent(string told, params string[] arguments)
    {
        await using var gateway = await FakeGateway.SayingAsync("OK");
        var given = string.Join('\n', arguments).Replace("--url\n\n", "", StringComparison.Ordinal).Split('\n'); // "" is for none at all.
        var run = arguments.Contains("--url")
            ? await RunAsync(["call", .. arguments.Length == 0 ? [] : given]) : await RunAsync(gateway, arguments);

        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain(told);
        run.Output.ShouldBeEmpty();
        gateway.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task Help_is_no_error()
    {
        var run = await RunAsync("call", "--help");
        run.ExitCode.ShouldBe(ExitCodes.Ok);
        run.Output.ShouldContain("--confirm");
    }

    private static Task<ToolRun> RunAsync(FakeGateway gateway, params string[] arguments) =>
        RunAsync(["call", "--url", gateway.Url, .. arguments]);

    private static Task<ToolRun> RunAsync(params string[] arguments) => InProcess.RunAsync(
        new TestClock(new DateTimeOffset(2022, 6, 15, 14, 5, 31, TimeSpan.Zero).AddMicroseconds(608_771)), arguments);

    private static Task<ToolRun> RunAsync(TimeProvider time, params string[] arguments) => InProcess.RunAsync(time, arguments);
}
