using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Ppv.Hosting;
using Ppv.Hosting.LegacyCfg;
using Ppv.Hosting.Running;
using Ppv.Hosting.Security;
using Ppv.Samples.Cli.Doctor;
using Ppv.Samples.Cli.Http;
using Ppv.Samples.Cli.Settings;
using Ppv.Testing;

namespace Ppv.Cli.Tests;

public sealed class DoctorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-doctor-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_broker_that_refuses_is_a_fault_and_what_needs_it_is_skipped()
    {
        var run = await InProcess.RunAsync("doctor", "--amqp", "amqp://ops:s3cret@127.0.0.1:1/%2Fppv");
        run.ExitCode.ShouldBe(ExitCodes.NotOk);
        run.Output.ShouldMatch(@"fault    TCP: 127\.0\.0\.1:1: .*refused.*Check that RabbitMQ runs there");
        run.Output.ShouldContain("skipped  127.0.0.1:1: Login, virtual host, queue and round trip of it were not looked at");
        run.Output.ShouldEndWith("Faults: 1. Warnings: 0.\n");
        run.Output.ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task A_name_without_an_address_is_a_fault_of_its_own()
    {
        var run = await InProcess.RunAsync("doctor", "--amqp", "no-such-host.invalid");
        run.ExitCode.ShouldBe(ExitCodes.NotOk);
        run.Output.ShouldContain("fault    DNS: ");
        run.Output.ShouldContain("skipped  no-such-host.invalid:5672: TCP, login");
    }

    [Fact]
    public async Task A_port_that_is_no_brokers_is_a_fault_of_the_login()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var run = await InProcess.RunAsync("doctor", "--amqp", $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        run.ExitCode.ShouldBe(ExitCodes.NotOk);
        run.Output.ShouldContain("ok       TCP: ");
        run.Output.ShouldContain("fault    login: ");
        run.Output.ShouldContain("Queue and round trip of it were not looked at");
    }

    [Fact]
    public async Task A_configuration_that_can_not_be_used_is_a_fault_and_nothing_of_it_is_tried()
    {
        var run = await InProcess.RunAsync("doctor", "--cfg", Written(OldFiles.Worker.Replace("wizard_port = 2000", "wizard_port = x")));
        run.ExitCode.ShouldBe(ExitCodes.NotOk);
        run.Output.ShouldMatch(@"fault    configuration: .*line 21: \[WizardServer\] wizard_port must be a whole number");
        run.Output.ShouldContain("skipped  the rest: ");
        run.Output.ShouldNotContain("TCP");
        run.Output.ShouldNotContain(OldFiles.Password);
    }

    [Fact]
    public async Task What_the_file_says_is_examined_and_its_warnings_are_shown()
    {
        await using var wizard = new WizardSimulator();
        await wizard.StartAsync();
        var text = OldFiles.Worker.Replace("kfs-gax", "127.0.0.1:1").Replace("bs-gax:5673", "127.0.0.1:2")
            .Replace("wizard_host = billing", "wizard_host = 127.0.0.1").Replace("wizard_port = 2000", $"wizard_port = {wizard.Port}");
        var run = await InProcess.RunAsync("doctor", "--cfg", Written(text));
        run.Output.ShouldContain("ok       configuration: A worker starts with it.");
        run.Output.ShouldMatch(@"warning  configuration: .*debug is not a key that is known here");
        run.Output.ShouldContain("fault    TCP: 127.0.0.1:1: ");
        run.Output.ShouldContain("fault    TCP: 127.0.0.1:2: ");
        run.Output.ShouldContain($"ok       Wizard: Wizard at 127.0.0.1:{wizard.Port} accepts connections. Nothing was sent to it.");
        wizard.Requests.ShouldBeEmpty();
    }

    /// <summary>Another site's addresses have nothing to do with the file that was named.</summary>
    [Fact]
    public async Task A_context_in_use_is_not_mixed_with_a_file()
    {
        var variables = new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = _folder.FullName };
        await Tool.RunAsync(variables, "context", "add", "other", "--url", "http://127.0.0.1:3/", "--wizard", "127.0.0.1:4");
        var file = Written(OldFiles.Gateway.Replace("kfs-gax", "127.0.0.1:1").Replace("bs-gax", "127.0.0.1:2"));
        var run = await Tool.RunAsync(variables, "doctor", "--cfg", file);
        run.Output.ShouldNotContain("127.0.0.1:3");
        run.Output.ShouldNotContain("127.0.0.1:4");
        (await Tool.RunAsync(variables, "doctor", "--cfg", file, "--context", "other")).Output.ShouldContain("127.0.0.1:3");
        (await Tool.RunAsync(variables, "doctor")).Output.ShouldContain("fault    Wizard: ");
    }

    [Theory]
    [InlineData(200, "Healthy", "ok       gateway: It says: Healthy")]
    [InlineData(200, "Degraded\nx", "warning  gateway: It says: Degraded; x")]
    [InlineData(503, "Unhealthy", "fault    gateway: It takes no orders. It says: Unhealthy")]
    [InlineData(404, "", "warning  gateway: ")]
    public async Task A_gateway_is_as_it_says(int status, string body, string told)
    {
        await using var gateway = await FakeGateway.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        });
        var run = await InProcess.RunAsync("doctor", "--url", gateway.Url);
        run.Output.ShouldContain(told);
        run.Output.ShouldContain("ok       clocks: ");
        run.ExitCode.ShouldBe(status == 503 ? ExitCodes.NotOk : ExitCodes.Ok);
    }

    [Theory]
    [InlineData(0, nameof(DoctorLevel.Ok), "less than 2 s apart")]
    [InlineData(60, nameof(DoctorLevel.Warning), "about 60 s ahead of")]
    [InlineData(-60, nameof(DoctorLevel.Warning), "about 60 s behind")]
    public void Clocks_that_are_apart_are_a_warning(int seconds, string level, string told)
    {
        var now = new DateTimeOffset(2026, 11, 26, 18, 0, 0, 500, TimeSpan.Zero);
        var answer = new HttpLookAnswer(HttpStatusCode.OK, "", TimeSpan.Zero, now.AddSeconds(seconds - 0.5), now);
        var finding = DoctorRun.Clocks("the gateway's", answer);
        finding.Level.ToString().ShouldBe(level);
        finding.Text.ShouldContain(told);
    }

    [Theory]
    [InlineData(30000, "ok       time-outs: ")]
    [InlineData(60000, "warning  time-outs: Ppv:Rpc:MessageTtl is 00:01:00, longer than Ppv:Rpc:ReplyTimeout, which is 00:00:30.")]
    public async Task A_message_that_outlives_its_caller_is_a_warning(int ttl, string told)
    {
        var text = OldFiles.Gateway.Replace("kfs-gax", "127.0.0.1:1").Replace("backup_host = bs-gax\n", "")
            .Replace("message_ttl = 30000", $"message_ttl = {ttl}");
        (await InProcess.RunAsync("doctor", "--cfg", Written(text))).Output.ShouldContain(told);
    }

    [Theory]
    [InlineData(200, """{"durable":false,"arguments":{"x-message-ttl":30000}}""", nameof(DoctorLevel.Ok), "as the program declares it")]
    [InlineData(200, """{"durable":true,"arguments":{"x-message-ttl":30000}}""", nameof(DoctorLevel.Warning), "is a durable classic queue")]
    [InlineData(200, """{"durable":false,"arguments":{"x-message-ttl":60000}}""", nameof(DoctorLevel.Warning), "TTL of 60000 ms")]
    [InlineData(200, """{"durable":true,"arguments":{"x-queue-type":"quorum"}}""", nameof(DoctorLevel.Warning), "a quorum queue without")]
    [InlineData(200, """{"durable":false,"arguments":[]}""", nameof(DoctorLevel.Warning), "without a message TTL")]
    [InlineData(200, """{"durable":false,"arguments":{"x-message-ttl":30000},"effective_policy_definition":{"delivery-limit":20}}""",
        nameof(DoctorLevel.Ok), "as the program declares it")]
    [InlineData(200, """{"durable":false,"arguments":{"x-message-ttl":30000},"effective_policy_definition":{"delivery-limit":3}}""",
        nameof(DoctorLevel.Warning), "delivery-limit is 3: an order that came back so often is dropped")]
    [InlineData(200, """{"durable":false,"arguments":{"x-message-ttl":30000},"effective_policy_definition":{"delayed-retry-type":"all"}}""",
        nameof(DoctorLevel.Warning), "delayed-retry-type is all: an EV or EN")]
    [InlineData(200, """{"durable":false,"arguments":{"x-message-ttl":30000,"x-dead-letter-exchange":""}}""",
        nameof(DoctorLevel.Warning), "dead-letter-exchange is : orders that were given up")]
    [InlineData(200, "<html>", nameof(DoctorLevel.Warning), "none of RabbitMQ's management")]
    [InlineData(401, "", nameof(DoctorLevel.Warning), "the tag 'management'")]
    [InlineData(404, "", nameof(DoctorLevel.Warning), "knows no queue 'prod.ppv.kfs'")]
    public async Task The_management_tells_the_queues_arguments(int status, string body, string level, string told)
    {
        string? asked = null, login = null;
        await using var management = await FakeGateway.StartAsync(context =>
        {
            (asked, login) = (context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget,
                context.Request.Headers.Authorization);
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        });
        var program = ProgramSettings.Load(LegacyRole.Gateway, Written(OldFiles.Gateway));
        var patient = new DoctorTarget
        {
            Program = program, Broker = program.Broker, Rpc = program.Rpc, Management = new Uri(new Uri(management.Url), "/"),
        };
        var finding = await QueueArguments.LookAsync(
            patient, program.Broker, new HttpLook(TimeSpan.FromSeconds(30), TimeProvider.System), TestContext.Current.CancellationToken);
        finding.Level.ToString().ShouldBe(level, finding.Text);
        finding.Text.ShouldContain(told);
        asked.ShouldBe("/api/queues/%2Fppv/prod.ppv.kfs");
        login.ShouldBe("Basic " + Convert.ToBase64String("ppv:s3cret"u8));
    }

    [Fact]
    public async Task A_journal_with_confirms_to_settle_is_a_warning()
    {
        await using var folder = await JournalFolder.CreateAsync();
        var run = await InProcess.RunAsync("doctor", "--journal", folder.File);
        run.ExitCode.ShouldBe(ExitCodes.Ok);
        run.Output.ShouldContain("warning  journal: 1 confirms wait to be settled");
        (await InProcess.RunAsync("doctor", "--journal", "/nowhere/j.db")).ExitCode.ShouldBe(ExitCodes.NotOk);
    }

    [Fact]
    public async Task With_nothing_given_it_looks_at_this_computer_and_says_so()
    {
        var run = await InProcess.RunAsync("doctor");
        run.Error.ShouldStartWith("Taken: --url http://localhost:8070/api/v1/ppv (default), --amqp amqp://ppv:****@localhost:5672/%2Fppv "
            + "(default), --board http://localhost:8071/board (default)");
        run.Output.ShouldContain("TCP: localhost:5672");
    }

    /// <summary>A disk that takes no byte takes an empty file, and lets everything be read: a limit of the shell is such a disk.</summary>
    [Fact]
    public async Task A_journal_on_a_full_disk_is_a_fault()
    {
        await using var folder = await JournalFolder.CreateAsync();
        (await Tool.RunAsync("doctor", "--journal", folder.File)).Output.ShouldContain("warning  journal: ");
        var place = Path.GetDirectoryName(folder.File)!;
        var before = Directory.GetFiles(place).Order();
        var run = await Ppv.TestKit.CommandLine.RunAsync(
            "bash", ["-c", $"trap '' XFSZ; ulimit -f 0; '{Tool.Path}' doctor --journal '{folder.File}' 2>&1"], TimeSpan.FromSeconds(60),
            environment: new Dictionary<string, string> { ["DOTNET_EnableWriteXorExecute"] = "0" }); // Else the runtime writes a file.
        run.ExitCode.ShouldBe(ExitCodes.NotOk, run.Output);
        run.Output.ShouldContain($"fault    journal: The order journal {folder.File} can't be used: ");
        Directory.GetFiles(place).Order().ShouldBe(before);
    }

    [Fact]
    public async Task A_journal_that_no_account_can_make_is_a_fault()
    {
        var settings = Path.Combine(_folder.FullName, "appsettings.json");
        await File.WriteAllTextAsync(settings,
            """{"Ppv":{"Broker":{"Hosts":["127.0.0.1:1"]},"Server":{"Journal":{"Path":"/proc/ppv/journal.db"}}}}""");
        (await InProcess.RunAsync("doctor", "--appsettings", settings)).Output.ShouldContain(
            "fault    journal: The order journal /proc/ppv/journal.db can't be used: ");
    }

    [Theory]
    [InlineData(200, "Healthy", "ok       worker: It says: Healthy", ExitCodes.Ok)]
    [InlineData(
        503, "Unhealthy\nppv-journal: The disk is full.", "fault    worker: It takes no orders. It says: Unhealthy; ppv-journal: The disk",
        ExitCodes.NotOk)]
    public async Task The_running_worker_is_asked_too(int status, string body, string told, int exitCode)
    {
        await using var worker = await FakeGateway.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        });
        var run = await InProcess.RunAsync("doctor", "--board", worker.Url);
        run.Output.ShouldContain(told);
        run.ExitCode.ShouldBe(exitCode);
        if (exitCode == ExitCodes.Ok)
            run.Output.ShouldContain("No fault was found in what was looked at (not: configuration, broker, Wizard, gateway, ");
    }

    [Theory]
    [InlineData("can't be read", "--cfg", "/nowhere/a.cfg")]
    [InlineData("can't be read", "--appsettings", "/nowhere/a.json")]
    [InlineData("--management takes", "--management", "kfs-gax")]
    public async Task Bad_arguments_are_told_in_a_sentence(string told, params string[] arguments)
    {
        var run = await InProcess.RunAsync(["doctor", .. arguments]);
        run.ExitCode.ShouldBe(ExitCodes.BadArguments);
        run.Error.ShouldContain(told);
    }

    [Fact]
    public async Task It_runs_as_a_process_as_JSON_and_on_a_terminal()
    {
        await using var gateway = await FakeGateway.StartAsync(context => context.Response.WriteAsync("Healthy"));
        (await Tool.RunAsync("doctor", "--url", gateway.Url)).Output.ShouldContain("No fault was found in what was looked at (not: ");
        using var json = JsonDocument.Parse((await Tool.RunAsync("doctor", "--url", gateway.Url, "--json")).Output);
        json.RootElement.EnumerateArray().ShouldContain(finding =>
            finding.GetProperty("step").GetString() == "gateway" && finding.GetProperty("level").GetString() == "ok");
        var shown = await Tool.RunOnTerminalAsync(null, "doctor", "--url", gateway.Url);
        shown.ExitCode.ShouldBe(ExitCodes.Ok);
        shown.Output.ShouldContain("\x1b["); // Colours.
        shown.Output.ShouldContain("No fault was found in what was looked at");
    }

    private string Written(string text)
    {
        var path = Path.Combine(_folder.FullName, "some.cfg");
        File.WriteAllText(path, text);
        return path;
    }
}
