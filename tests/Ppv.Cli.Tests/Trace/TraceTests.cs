using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Ppv.Samples.Cli.Running;
using Ppv.Samples.Cli.Trace;
using Ppv.Testing;

namespace Ppv.Cli.Tests;

public sealed class TraceTests : IDisposable
{
    private const string Status = """{"orderId":"x","state":"Completed","code":"OK","reason":null}""";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-trace-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Journal_logs_and_gateway_are_brought_together_in_the_order_of_time()
    {
        await using var folder = await JournalFolder.CreateAsync();
        await using var gateway = await FakeGateway.StartAsync(context => context.Response.WriteAsync(Status));
        var log = Log(
            """{"Timestamp":"2026-11-26T19:00:08.500+01:00","LogLevel":"Debug","Message":"Order order-en of call 0127032d64a94732"}""",
            """{"Timestamp":"2026-11-26T19:00:08.600+01:00","LogLevel":"Information","Message":"Order other of call 0128"}""");
        var run = await InProcess.RunAsync(
            "trace", JournalFolder.Call, "--journal", folder.File, "--url", gateway.Url, "--log", log, "--json");
        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
        using var json = JsonDocument.Parse(run.Output);
        var events = json.RootElement.GetProperty("events").EnumerateArray().ToList();
        var times = events.Where(each => each.TryGetProperty("at", out _)).Select(
            each => each.GetProperty("at").GetDateTimeOffset()).ToList();
        times.ShouldBe(times.Order());
        events.Take(3).Count(each => each.GetProperty("source").GetString() == "journal").ShouldBe(2);
        events[2].GetProperty("source").GetString().ShouldBe("some.log");
        events.Count(each => each.GetProperty("source").GetString() == "gateway").ShouldBe(3);
        run.Output.ShouldNotContain("Order other");
        run.Output.ShouldNotContain("85165320");
        gateway.Received.Select(request => request.Path).Order().ShouldBe(
            ["/api/v1/ppv/orders/order-bought", "/api/v1/ppv/orders/order-en", "/api/v1/ppv/orders/order-ev"]);
    }

    [Fact]
    public async Task An_order_id_finds_that_order_alone()
    {
        await using var folder = await JournalFolder.CreateAsync();
        var run = await InProcess.RunAsync("trace", JournalFolder.Unknown, "--journal", folder.File);
        run.ExitCode.ShouldBe(ExitCodes.Ok);
        run.Output.ShouldContain("UP is Unknown: ER444, Wizard did not answer in time.");
        run.Output.ShouldNotContain("order-bought");
    }

    [Theory]
    [InlineData(
        "INFO:a.log | Order 0127032d64a94732 '' | (2026-11-26 18:00:00 |  rest_api_gateway.py  |  120)", "INFO Order 0127032d64a94732")]
    [InlineData("""{"Timestamp":"2026-11-26T18:00:00+00:00","LogLevel":"Warning","Message":"m | x"}""", "Warning m | x")]
    [InlineData("Traceback of something", "Traceback of something")]
    [InlineData("{not JSON", "{not JSON")]
    public void A_log_line_of_either_form_is_read(string line, string text) => LogLines.Parse(line).Text.ShouldBe(text);

    [Fact]
    public void The_old_programs_clock_is_this_machines()
    {
        var local = new DateTime(2026, 11, 26, 18, 0, 0, DateTimeKind.Local);
        LogLines.Parse(string.Create(CultureInfo.InvariantCulture, $"INFO:a | b '' | ({local:yyyy-MM-dd HH:mm:ss} |  c  |  1)"))
            .At.ShouldBe(new DateTimeOffset(local));
    }

    [Theory]
    [InlineData("{'connid': '01', 'EN': '85165320'}", "{'connid': '01', 'EN': '85****20'}")]
    [InlineData("""{"connid":"01","EN":"85165320"}""", """{"connid":"01","EN":"85****20"}""")]
    [InlineData("sent A016EN85165320            \\r", "sent A016EN85****20            \\r")]
    [InlineData("Order x of call y, EN=85****20: OK", "Order x of call y, EN=85****20: OK")]
    [InlineData("{'connid': '01', 'EN': '85****20'}", "{'connid': '01', 'EN': '85****20'}")]
    [InlineData("sent A016EN85****20            ", "sent A016EN85****20            ")]
    [InlineData("sent A016EN85 165 320           ", "sent A016EN85****20           ")]
    [InlineData("{'connid': '01', 'EN': '85 165 320'}", "{'connid': '01', 'EN': '85****20'}")]
    [InlineData("{u'connid': u'01', u'EN': u'85165320'}", "{u'connid': u'01', u'EN': u'85****20'}")]
    [InlineData("{'connid': '01', 'EN': 85165320}", "{'connid': '01', 'EN': 85****20}")]
    [InlineData("""{\"EN\": \"85165320\"}""", """{\"EN\": \"85****20\"}""")]
    [InlineData("""{\\"EN\\": \\"85165320\\"}""", """{\\"EN\\": \\"85****20\\"}""")]
    [InlineData("%7B%27EN%27%3A%2785165320%27%7D", "%7B%27EN%27%3A%2785****20%27%7D")]
    [InlineData(@"{\u0027EN\u0027:\u002785165320\u0027}", @"{\u0027EN\u0027:\u002785****20\u0027}")]
    [InlineData("EN: 85165320, then EV 262193", "EN: 85****20, then EV 262193")]
    [InlineData("the EN is known", "the EN is known")]
    [InlineData("sent A016EV262193", "sent A016EV262193")]
    public void Subscribers_are_masked_in_every_form_that_programs_write(string text, string masked) =>
        LogLines.Masked(text).ShouldBe(masked);

    [Theory]
    [InlineData(false, "Order abc1, EN=85****20")]
    [InlineData(true, "Order abc1, EN=85165320")]
    public void A_log_shows_subscribers_only_to_who_asks_for_them(bool unmasked, string text) =>
        LogLines.Read(Log("Order abc1, EN=85165320"), ["abc1"], unmasked).ShouldHaveSingleItem().Text.ShouldBe(text);

    [Fact]
    public void A_longer_id_is_another_one()
    {
        var log = Log("Order abc1 is", "Order abc12 is", "Order xabc1 is", "Order ABC1.");
        LogLines.Read(log, ["abc1"], unmasked: false).Select(line => line.Text).ShouldBe(["Order abc1 is", "Order ABC1."]);
    }

    [Fact]
    public async Task A_source_that_can_not_be_asked_is_named_and_the_others_are_shown()
    {
        await using var folder = await JournalFolder.CreateAsync();
        var run = await InProcess.RunAsync("trace", JournalFolder.Call, "--journal", folder.File, "--url", "http://127.0.0.1:1/api",
            "--log", "/nowhere/a.log");
        run.ExitCode.ShouldBe(ExitCodes.Ok);
        run.Output.ShouldContain("UP is Completed: OK");
        run.Error.ShouldContain("The gateway was not asked. http://127.0.0.1:1/api/lines can't be reached");
        run.Error.ShouldContain("/nowhere/a.log was not asked");
    }

    [Fact]
    public async Task The_gateways_key_is_shown_to_it_and_asked_for_where_it_is_wanted()
    {
        await using var gateway = await FakeGateway.StartAsync(context =>
        {
            if (context.Request.Headers["X-Api-Key"] != "k3y") context.Response.StatusCode = 401;
            return context.Response.WriteAsync(Status);
        });
        var without = await InProcess.RunAsync("trace", "some-order", "--url", gateway.Url);
        without.ExitCode.ShouldBe(ExitCodes.Unreachable);
        without.Error.ShouldContain("PPV_API_KEY");
        (await InProcess.RunAsync("trace", "some-order", "--url", gateway.Url, "--key", "k3y")).Output.ShouldContain("is Completed: OK");
        var byVariable = await Tool.RunAsync(
            new Dictionary<string, string> { ["PPV_API_KEY"] = "k3y" }, "trace", "some-order", "--url", gateway.Url);
        byVariable.Output.ShouldContain("is Completed: OK");
    }

    [Fact]
    public async Task The_gateway_is_not_asked_where_an_old_worker_would_stop()
    {
        await using var folder = await JournalFolder.CreateAsync();
        await using var gateway = await FakeGateway.StartAsync(context => context.Response.WriteAsync(Status));
        await InProcess.RunAsync("trace", JournalFolder.Call, "--journal", folder.File, "--url", gateway.Url, "--no-gateway");
        gateway.Received.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Modulo", "as those beside old ones do")]
    [InlineData("Unknown", "No worker has answered.")]
    [InlineData(null, "does not say it")]
    public async Task The_gateway_is_not_asked_unless_every_worker_is_known_to_be_a_new_one(string? allocation, string told)
    {
        await using var folder = await JournalFolder.CreateAsync();
        await using var gateway = await FakeGateway.StartAsync(context => context.Response.WriteAsync(Status));
        var reason = allocation == "Unknown" ? "No worker has answered." : null;
        gateway.Lines = allocation is null ? null : FakeGateway.LinesOf(allocation, reason);
        string[] arguments = ["trace", JournalFolder.Call, "--journal", folder.File, "--url", gateway.Url];
        var run = await InProcess.RunAsync(arguments);
        run.ExitCode.ShouldBe(ExitCodes.Ok, run.Error);
        run.Error.ShouldContain("The gateway was not asked: an old worker on the queue would take the question for an order, and stop.");
        run.Error.ShouldContain(told);
        gateway.Received.ShouldNotContain(request => request.Path.Contains("/orders/"));

        (await InProcess.RunAsync([.. arguments, "--ask-gateway"])).Output.ShouldContain("order order-ev is Completed: OK");
    }

    /// <summary>The worker may have stopped at the question; another one is not sent after it.</summary>
    [Fact]
    public async Task After_a_question_that_was_not_answered_there_is_no_other()
    {
        await using var folder = await JournalFolder.CreateAsync();
        await using var gateway = await FakeGateway.StartAsync(context =>
        {
            context.Response.StatusCode = 503;
            return context.Response.WriteAsync("""{"orderId":"x","state":"Unavailable","code":null,"reason":"No answer came in time."}""");
        });
        var run = await InProcess.RunAsync("trace", JournalFolder.Call, "--journal", folder.File, "--url", gateway.Url);
        run.Error.ShouldContain("The gateway could not say what became of order");
        run.Error.ShouldContain("No answer came in time.");
        gateway.Received.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_calls_id_is_no_orders_and_the_gateway_is_not_asked_for_it()
    {
        await using var gateway = await FakeGateway.StartAsync(context => context.Response.WriteAsync(Status));
        var run = await InProcess.RunAsync("trace", JournalFolder.Call, "--url", gateway.Url);
        run.ExitCode.ShouldBe(ExitCodes.NotOk);
        run.Error.ShouldContain($"it knows orders by their own ids, and {JournalFolder.Call} is a call's");
        gateway.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task That_the_gateway_has_never_seen_it_is_no_knowledge()
    {
        await using var host = await PpvTestHost.StartAsync();
        var run = await Tool.RunAsync("trace", "some-order", "--url", new Uri(host.GatewayAddress, "/api/v1/ppv").ToString());
        run.ExitCode.ShouldBe(ExitCodes.NotOk);
        run.Output.ShouldContain("order some-order is NeverSeen");
        run.Error.ShouldContain("Nobody who could be asked knows of it");
    }

    [Fact]
    public async Task What_nobody_knows_ends_with_1_and_nobody_to_ask_with_2()
    {
        await using var folder = await JournalFolder.CreateAsync();
        var unknown = await InProcess.RunAsync("trace", "nothing", "--journal", folder.File);
        unknown.ExitCode.ShouldBe(ExitCodes.NotOk);
        unknown.Error.ShouldContain("Nobody who could be asked knows of it");
        var bare = await InProcess.RunAsync("trace", "nothing");
        bare.Error.ShouldContain("Taken: --url http://localhost:8070/api/v1/ppv (default)");
        (await InProcess.RunAsync("trace", "nothing", "--no-gateway")).ExitCode.ShouldBe(ExitCodes.BadArguments);
    }

    [Fact]
    public async Task It_runs_with_pipes_and_on_a_terminal()
    {
        await using var folder = await JournalFolder.CreateAsync();
        (await Tool.RunAsync("trace", JournalFolder.Call, "--journal", folder.File)).Output.ShouldContain("UP is Completed: OK");
        var shown = await Tool.RunOnTerminalAsync(null, "trace", JournalFolder.Call, "--journal", folder.File);
        shown.ExitCode.ShouldBe(ExitCodes.Ok);
        shown.Output.ShouldContain("UP is Completed: OK");
    }

    private string Log(params string[] lines)
    {
        var path = Path.Combine(_folder.FullName, "some.log");
        File.WriteAllLines(path, lines);
        return path;
    }
}
