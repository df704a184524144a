using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Ppv.Testing;

namespace Ppv.Broker.Tests;

/// <summary>The deployable programs with the configuration files that exist in production (contract §4), on a real RabbitMQ.</summary>
public sealed partial class SampleProgramTests : IDisposable
{
    private readonly SharedBroker _broker;
    private readonly string _queue = TestBroker.UniqueQueueName("cfg");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-cfg-");

    public SampleProgramTests(SharedBroker broker) => _broker = broker;

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The document holds no secret and runs nothing; the page sends orders.</summary>
    [Theory]
    [InlineData("Production", HttpStatusCode.NotFound)]
    [InlineData("Development", HttpStatusCode.OK)]
    public async Task The_gateway_shows_its_OpenAPI_document_everywhere_and_the_page_to_try_it_in_Development(
        string environment, HttpStatusCode page)
    {
        await using var gateway = SampleProgram.Start(
            "Gateway", "ppv-gateway", "--urls", "http://127.0.0.1:0", "--Ppv:Broker:Hosts:0=127.0.0.1:1", "--environment", environment);
        await gateway.PrintedAsync("Now listening on: ");
        using var http = new HttpClient { BaseAddress = new Uri(
            Listening().Match(gateway.Output).Groups[1].Value), Timeout = Bounds.Limit };

        var document = await http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        document.ShouldContain("\"/api/v1/ppv\"");
        document.ShouldContain("\"Pay-per-view gateway\"");
        using var answer = await http.GetAsync(new Uri("/scalar/", UriKind.Relative));
        answer.StatusCode.ShouldBe(page);
        var html = await answer.Content.ReadAsStringAsync();
        // Nothing of the page comes from another host: it works where there is no way out.
        Regex.Matches(html, "(?:src|href)=\"([^\"]*)\"").Select(match => match.Groups[1].Value)
            .ShouldAllBe(source => !source.Contains("//", StringComparison.Ordinal));
        if (page == HttpStatusCode.OK) html.ShouldContain("<script src=\"scalar.js\">");
    }

    [Fact]
    public async Task With_the_old_files_each_request_form_is_answered_OK_and_wizard_gets_exactly_the_logged_bytes()
    {
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync();
        // All that there is to log: the secrets that must not be in it have every chance to be.
        string[] everything = ["--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft.AspNetCore=Trace"];
        await using var worker = SampleProgram.Start("Worker", "ppv-worker",
            ["--cfg", WorkerFile(wizard.Port), "--urls", "http://127.0.0.1:0", $"--Ppv:Server:Journal:Path={_folder.FullName}/orders.db",
                .. everything]);
        await using var gateway = SampleProgram.Start(
            "Gateway", "ppv-gateway", ["--cfg", GatewayFile(), "--urls", "http://127.0.0.1:0", .. everything]);
        await worker.PrintedAsync("ready.");
        await gateway.PrintedAsync("ready.");
        await gateway.PrintedAsync("Now listening on: ");
        using var http = new HttpClient { BaseAddress = new Uri(
            Listening().Match(gateway.Output).Groups[1].Value), Timeout = Bounds.Limit };

        var orderIds = new List<string>();
        foreach (var (method, body) in ((HttpMethod, string)[])
        [
            (HttpMethod.Get, """{"content": "{'connid':'012703395c597610','EV':'262193'}"}"""),
            (HttpMethod.Post, """{"content": "{'connid':'012703395c597610','EN':'85165320'}"}"""),
            (HttpMethod.Get, """{"content": {"connid": "012703395c597610", "CONFIRM": "UP"}}"""),
            (HttpMethod.Post, """{"content": {"connid": "0128031c21578752", "EV": "123456"}}"""),
        ])
        {
            using var request = new HttpRequestMessage(method, "/api/v1/ppv") { Content = new StringContent(
                body, new MediaTypeHeaderValue("application/json")) };
            using var response = await http.SendAsync(request);
            var reply = await GatewayReply.ReadAsync(response);
            (reply.Status, reply.Body, reply.ContentType).ShouldBe((200, GatewayReply.Ok, "application/json"), body);
            orderIds.Add(response.Headers.GetValues("X-Ppv-Order-Id").Single());
        }

        wizard.Requests.Select(request => Encoding.ASCII.GetString(request.Raw.Span)).ShouldBe(
            ["A016EV262193              \r", "A016EN85165320            \r", "A016UP\r", "A008EV123456              \r"]);
        var purchase = wizard.Purchases.ShouldHaveSingleItem();
        (purchase.Event, purchase.Subscriber).ShouldBe(("262193", "85165320"));

        (await worker.TerminateAsync()).ShouldBe(0, worker.Output);
        (await gateway.TerminateAsync()).ShouldBe(0, gateway.Output);
        foreach (var (program, log) in ((SampleProgram, string)[])[(worker, "ppv_srv.log"), (gateway, "rest_api_gateway.log")])
        {
            var lines = await File.ReadAllLinesAsync(Path.Combine(_folder.FullName, log));
            lines.ShouldContain(line => OldLogLine().IsMatch(line) && line.Contains("012703395c597610", StringComparison.Ordinal),
                string.Join("\n", lines));
            var text = program.Output + string.Join('\n', lines);
            // But as the name of a setting, which the start tells the source of.
            text.Replace("Ppv:Broker:Password", "", StringComparison.Ordinal).ShouldNotContain("password", Case.Insensitive);
            text.ShouldNotContain("85165320");
            text.ShouldContain("EN=85****20");
            orderIds.ShouldAllBe(id => lines.Count(line => line.Contains($"rder {id} of call 01", StringComparison.Ordinal)) == 1);
        }
    }

    [Theory]
    [InlineData("Gateway", "ppv-gateway", "ppv_rpc_client_pending_requests")]
    [InlineData("Worker", "ppv-worker", "ppv_worker_lines_limit")]
    public async Task Metrics_are_served_only_where_that_is_wanted(string sample, string assembly, string fromTheStart)
    {
        foreach (var isWanted in (bool[])[false, true])
        {
            string[] wanted = isWanted ? ["--Metrics:Prometheus=true"] : [];
            await using var program = SampleProgram.Start(sample, assembly,
                ["--urls", "http://127.0.0.1:0", "--Ppv:Broker:Hosts:0=127.0.0.1:1",
                    $"--Ppv:Server:Journal:Path={_folder.FullName}/metrics.db", .. wanted]);
            await program.PrintedAsync("Now listening on: ");
            using var http = new HttpClient { BaseAddress = new Uri(
                Listening().Match(program.Output).Groups[1].Value), Timeout = Bounds.Limit };

            using var answer = await http.GetAsync(new Uri("/metrics", UriKind.Relative));
            answer.StatusCode.ShouldBe(isWanted ? HttpStatusCode.OK : HttpStatusCode.NotFound);
            var text = await answer.Content.ReadAsStringAsync();
            text.Contains(fromTheStart, StringComparison.Ordinal).ShouldBe(isWanted, text);
        }
    }

    [Theory]
    [InlineData("Worker", "ppv-worker", "--Metrics:Prometheus=ja", "Metrics:Prometheus is 'ja'; it must be true or false.")]
    [InlineData("Gateway", "ppv-gateway", "--Ppv:Rpc:ReplyTimeout=-1", "Ppv:Rpc:ReplyTimeout")]
    [InlineData("Worker", "ppv-worker", "--Ppv:Server:LastLine=2000", "Ppv:Server:LastLine")]
    [InlineData("Worker", "ppv-worker", "--Ppv:Broker:Hosts:0=kfs gax", "Ppv:Broker:Hosts:0")]
    [InlineData("Gateway", "ppv-gateway", "--cfg=/no/such/file.cfg", "/no/such/file.cfg")]
    public async Task A_bad_setting_ends_the_program_with_a_line_that_names_it(
        string sample, string assembly, string argument, string named)
    {
        await using var program = SampleProgram.Start(sample, assembly, argument, "--urls=http://127.0.0.1:0");

        (await program.ExitCodeAsync()).ShouldBe(78, program.Output);

        program.Output.ShouldContain(named);
        program.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task The_demo_books_its_purchase_without_any_service()
    {
        await using var demo = SampleProgram.Start("Demo", "ppv-demo", "--once");

        (await demo.ExitCodeAsync()).ShouldBe(0, demo.Output);

        demo.Output.ShouldContain("Booked by Wizard: event 262193 for subscriber 85165320 on line 016.");
        // Each hop says something, three times.
        foreach (var hop in (string[])
            ["HTTP ->  GET /api/v1/ppv {", @"AMQP ->  demo\.ppv, \d\d bytes, correlation id \S{36}", "TCP  ->  A016", @"TCP  <-  H016OK\\r",
                "AMQP <-  Completed, 3 bytes", "HTTP <-  200 {"])
            Regex.Count(demo.Output, hop).ShouldBe(3, hop);
        demo.Output.ShouldNotContain("warning"); // A first look at the product: nothing is out of order, so nothing says so.
    }

    [Fact]
    public async Task The_demo_books_its_purchase_over_a_real_broker()
    {
        var broker = _broker.Address;
        var uri = $"amqp://{broker.UserName}:{broker.Password}@{broker.HostAndPort}/{Uri.EscapeDataString(broker.VirtualHost)}";
        await using var demo = SampleProgram.Start("Demo", "ppv-demo", "--once", "--amqp", uri);

        (await demo.ExitCodeAsync()).ShouldBe(0, demo.Output);

        demo.Output.ShouldContain("Booked by Wizard");
    }

    [Fact]
    public async Task The_demo_fails_when_nothing_was_booked()
    {
        using var closed = new ClosedPort();
        var address = closed.Address;
        await using var demo = SampleProgram.Start("Demo", "ppv-demo", "--once", "--amqp", $"amqp://{address}/%2Fppv");

        (await demo.ExitCodeAsync()).ShouldBe(1, demo.Output);

        demo.Output.ShouldContain("Not booked");
        demo.Output.ShouldContain("can't be reached");
    }

    private string WorkerFile(int wizardPort) => Write("ppv_srv.cfg", $"""
        [Log_File]
        log_file_name = {_folder.FullName}/ppv_srv.log
        maxbytes=20000000
        backupcount = 5
        [RabbitMQ]
        {RabbitMq()}
        max_retries=1000
        max_retries_per_server=2
        [WizardServer]
        wizard_host=127.0.0.1
        wizard_port={wizardPort}
        start_port_number=1
        end_port_number =30
        port_number_when_no_coonnid=29
        # keep wizard_max_retries (one a second) within the message ttl
        wizard_max_retries=30
        wizard_time_out_err_code=ER444
        wizard_invalid_req_from_gvp_err_code=ER998
        """);

    private string GatewayFile() => Write("rest_api_gateway.cfg", $"""
        [Log_File]
        log_file_name={_folder.FullName}/rest_api_gateway.log
        max_bytes = 20000000
        backup_count=5
        [RabbitMQ]
        {RabbitMq()}
        max_retries=2000
        max_retries_per_server=2
        timeout_waiting_for_response =30
        return_err_code_on_timeout=ER995
        return_err_code_on_invalid_req=ER996
        """);

    private string RabbitMq() => $"""
        primary_host={_broker.Address.HostAndPort}
        backup_host = {_broker.Address.HostAndPort}
        VHOST={_broker.Address.VirtualHost}
        username={_broker.Address.UserName}
        password={_broker.Address.Password}
        rpc_queue={_queue}
        message_ttl=30000
        """;

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"^(INFO|WARNING):\S+\.log \| .* '' \| \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \|  \S+  \|  \d+\)$")]
    private static partial Regex OldLogLine();
}
