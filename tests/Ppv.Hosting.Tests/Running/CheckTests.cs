using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>What <c>--check</c> says, and what it leaves alone.</summary>
public sealed class CheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly InMemoryBroker _broker = new();
    private readonly TcpListener _wizard = new(IPAddress.Loopback, 0);

    private int _wizardPort;

    public CheckTests()
    {
        _wizard.Start();
        _wizardPort = ((IPEndPoint)_wizard.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        _wizard.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_worker_that_would_start_is_0_and_nothing_is_left_behind()
    {
        var (code, lines) = await CheckAsync(Worker());

        code.ShouldBe(0, string.Join('\n', lines));
        lines.ShouldContain("ok    The configuration can be used.");
        lines.ShouldContain(line => line.StartsWith("ok    ") && line.Contains("lets user 'ppv' into virtual host '/ppv' (worker)"));
        lines.ShouldContain(line => line.Contains("has no queue 'prod.ppv.kfs' yet. It is declared as DurableClassic when"));
        lines.ShouldContain(line => line.StartsWith("ok    Wizard at 127.0.0.1:"));
        lines.ShouldContain($"ok    The order journal {_folder.File("orders.db")} is not there yet, and can be made.");
        lines.ShouldContain($"ok    The log file {_folder.File("ppv.log")} is not there yet, and can be made.");
        lines.ShouldContain(line => line.StartsWith("ok    http://127.0.0.1:") && line.EndsWith("is free for HTTP."));
        Directory.GetFileSystemEntries(_folder.File(".")).Select(Path.GetFileName).ShouldBeEmpty();
        _broker.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task A_host_without_http_has_no_port_to_look_at()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.UseInMemoryBroker(_broker).AddPpvServer(options =>
        {
            (options.Wizard.Port, options.Server.Journal.Path) = (_wizardPort, _folder.File("orders.db"));
        });
        using var host = builder.Build();
        using var output = new StringWriter();

        (await PreflightRun.RunAsync(host.Services, output).WaitAsync(Limit)).ShouldBe(0, output.ToString());

        output.ToString().ShouldContain("Wizard at ");
        output.ToString().ShouldNotContain("http");
    }

    [Fact]
    public async Task Wizard_is_sent_nothing()
    {
        var taking = _wizard.AcceptTcpClientAsync();
        await CheckAsync(Worker());
        using var connection = await taking.WaitAsync(Limit);
        (await connection.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Limit)).ShouldBe(0);
    }

    [Fact]
    public async Task A_bad_configuration_is_78_with_a_line_for_each_rule_and_nothing_is_dialled()
    {
        var (code, lines) = await CheckAsync(Worker("--Ppv:Rpc:Prefetch=0", "--Ppv:Server:LastLine=2000"));

        code.ShouldBe(78);
        lines.Count.ShouldBe(2);
        lines.ShouldContain("bad   Ppv:Rpc:Prefetch is 0; it must be 1 to 10000.");
    }

    [Fact]
    public async Task A_key_file_on_a_disk_that_does_not_answer_is_78_with_the_client_and_the_file()
    {
        using var disk = new ManualResetEventSlim();
        var (code, lines) = await CheckAsync(builder =>
        {
            Gateway("--Ppv:Access:Clients:ivr:KeyFile=/mnt/keys/ivr.key")(builder);
            builder.Services.AddSingleton(new KeyFiles(_ =>
            {
                disk.Wait(Limit);
                throw new FileNotFoundException();
            }));
        });
        disk.Set();
        code.ShouldBe(78);
        lines.ShouldHaveSingleItem().ShouldStartWith(
            "bad   Ppv:Access:Clients:ivr:KeyFile is \"/mnt/keys/ivr.key\", which can't be used: its disk does not answer within 2 s.");
    }

    [Fact]
    public async Task A_broker_that_is_down_is_1_with_the_reason()
    {
        _broker.IsRunning = false;
        var (code, lines) = await CheckAsync(Gateway());
        code.ShouldBe(1);
        lines.ShouldContain(line => line.StartsWith("bad   ") && line.EndsWith("(gateway)"));
    }

    [Fact]
    public async Task A_gateway_is_told_of_a_queue_without_a_worker_and_of_one_that_must_be_there_and_is_not()
    {
        (await CheckAsync(Gateway("--Ppv:Rpc:QueueKind=Passive"))).Code.ShouldBe(1);

        await using var host = await PpvTestHost.StartAsync();
        var (code, lines) = await CheckAsync(Gateway(host.Broker));
        code.ShouldBe(0);
        lines.ShouldContain(line => line.Contains("1 worker serves it now"));
    }

    [Fact]
    public async Task A_wizard_that_does_not_listen_is_1()
    {
        using var closed = new ClosedPort();
        _wizardPort = closed.Port;
        var (code, lines) = await CheckAsync(Worker());
        code.ShouldBe(1);
        lines.ShouldContain(line => line.StartsWith("bad   Wizard at 127.0.0.1:") && line.Contains("can't be reached"));
    }

    [Fact]
    public async Task An_address_in_use_is_a_warning_because_it_may_be_the_service_itself()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var (code, lines) = await CheckAsync(Worker($"--urls=http://{other.LocalEndpoint}"));
        code.ShouldBe(0);
        lines.ShouldContain(line => line.StartsWith("warn  http://127.0.0.1:") && line.Contains("is in use"));
    }

    [Fact]
    public async Task A_log_file_that_is_there_is_left_as_it_is()
    {
        File.WriteAllText(_folder.File("ppv.log"), "what was said before");
        var (code, lines) = await CheckAsync(Worker());
        code.ShouldBe(0);
        lines.ShouldContain($"ok    The log file {_folder.File("ppv.log")} can be written.");
        File.ReadAllText(_folder.File("ppv.log")).ShouldBe("what was said before");
    }

    [Fact]
    public async Task A_log_file_that_can_not_be_written_is_1()
    {
        var (code, lines) = await CheckAsync(Worker($"--Ppv:LogFile:Path={_folder.File(".")}"));
        code.ShouldBe(1);
        lines.ShouldContain(line => line.StartsWith("bad   The log file") && line.Contains("can't be written"));
    }

    [Fact]
    public async Task A_journal_that_was_used_is_read_and_no_file_is_made_beside_it()
    {
        MakeJournal();
        var before = Files();
        (await CheckAsync(Worker())).Lines.ShouldContain($"ok    The order journal {_folder.File("orders.db")} can be read and written.");
        Files().ShouldBe(before, ignoreOrder: true);
    }

    [Fact]
    public async Task A_journal_that_a_worker_uses_is_left_to_it()
    {
        using var running = new JournalFile(_folder.File("orders.db"), TimeProvider.System, JournalHooks.None);
        running.Open();

        var (code, lines) = await CheckAsync(Worker());

        code.ShouldBe(0);
        lines.ShouldContain(line => line.StartsWith("warn  The order journal") && line.Contains("is in use"));
        running.Save(new WriteGroup([Entries.Confirm("1").Is(JournalState.Intent)], [], [], [])); // The worker goes on.
    }

    [Fact]
    public async Task A_journal_of_a_newer_release_is_1()
    {
        MakeJournal();
        using (var connection = JournalFile.Connect(_folder.File("orders.db"), Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite))
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        var (code, lines) = await CheckAsync(Worker());
        code.ShouldBe(1);
        lines.ShouldContain(line => line.StartsWith("bad   The order journal") && line.Contains("a newer release wrote it"));
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("an old copy")]
    public async Task A_journal_that_lacks_what_was_written_to_it_is_1_and_nothing_is_changed(string what)
    {
        var path = _folder.File("orders.db");
        MakeJournal();
        File.Copy(path, _folder.File("old.db"));
        using (var file = new JournalFile(path, TimeProvider.System, JournalHooks.None))
        {
            file.Open();
            file.Save(new WriteGroup([Entries.Confirm("1").Said("OK")], [], [], []));
        }

        if (what == "gone") File.Delete(path);
        else File.Copy(_folder.File("old.db"), path, overwrite: true);
        var before = Files();

        var (code, lines) = await CheckAsync(Worker());

        code.ShouldBe(1);
        lines.ShouldContain(line => line.StartsWith($"bad   The order journal {path} can't be used: it is {what}")
            && line.Contains("ppv journal accept --journal"));
        Files().ShouldBe(before, ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_no_journal_at_all_is_1()
    {
        await File.WriteAllTextAsync(_folder.File("orders.db"), new string('x', 4096));
        (await CheckAsync(Worker())).Code.ShouldBe(1);
    }

    [Fact]
    public async Task A_journal_in_memory_is_worth_a_warning()
    {
        var (code, lines) = await CheckAsync(Worker("--Ppv:Server:Journal:Path="));
        code.ShouldBe(0, string.Join('\n', lines));
        lines.ShouldContain(line => line.StartsWith("warn  The order journal is in memory"));
    }

    [Fact]
    public async Task A_check_that_hangs_ends_after_a_minute()
    {
        var clock = new TestClock();
        await using var app = Build(Worker(), builder =>
        {
            builder.Services.AddSingleton<IPreflightCheck, HangingCheck>();
            builder.Services.AddSingleton<TimeProvider>(clock);
        });
        using var output = new StringWriter();
        var running = PreflightRun.RunAsync(app.Services, output);
        await HangingCheck.Begun.Task.WaitAsync(Limit);
        while (!running.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(61));
            await Task.Yield();
        }

        (await running).ShouldBe(1);
        output.ToString().ShouldContain("bad   HangingCheck did not end within 60 s.");
    }

    [Fact]
    public async Task A_check_that_holds_its_thread_ends_after_a_minute_too()
    {
        var clock = new TestClock();
        using var check = new StuckCheck();
        await using var app = Build(Worker(), builder =>
        {
            builder.Services.AddSingleton<IPreflightCheck>(check);
            builder.Services.AddSingleton<TimeProvider>(clock);
        });
        using var output = new StringWriter();
        var running = Task.Run(() => PreflightRun.RunAsync(app.Services, output));
        await check.Begun.Task.WaitAsync(Limit);
        while (!running.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(61));
            await Task.Yield();
        }

        (await running).ShouldBe(1);
        output.ToString().ShouldContain("bad   StuckCheck did not end within 60 s.");
    }

    private static TimeSpan Limit => Hang.Limit;

    private string[] Files() => [.. Directory.GetFiles(_folder.File(".")).Select(file => Path.GetFileName(file)!)];

    private void MakeJournal()
    {
        using var file = new JournalFile(_folder.File("orders.db"), TimeProvider.System, JournalHooks.None);
        file.Open();
    }

    private Action<WebApplicationBuilder> Worker(params string[] args) => builder =>
    {
        builder.Services.UseInMemoryBroker(_broker);
        builder.Configuration.AddCommandLine(
        [
            "--urls=http://127.0.0.1:0", "--Ppv:Wizard:Host=127.0.0.1", $"--Ppv:Wizard:Port={_wizardPort}",
            $"--Ppv:Server:Journal:Path={_folder.File("orders.db")}", $"--Ppv:LogFile:Path={_folder.File("ppv.log")}", .. args,
        ]);
        builder.AddPpvServer();
    };

    private Action<WebApplicationBuilder> Gateway(params string[] args) => Gateway(_broker, args);

    private static Action<WebApplicationBuilder> Gateway(InMemoryBroker broker, params string[] args) => builder =>
    {
        builder.Services.UseInMemoryBroker(broker);
        builder.Configuration.AddCommandLine(["--urls=http://127.0.0.1:0", .. args]);
        builder.AddPpvGateway();
    };

    private static WebApplication Build(params Action<WebApplicationBuilder>[] add)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        foreach (var each in add) each(builder);
        return builder.Build();
    }

    private static async Task<(int Code, IReadOnlyList<string> Lines)> CheckAsync(Action<WebApplicationBuilder> add)
    {
        await using var app = Build(add);
        using var output = new StringWriter();
        var code = await PreflightRun.RunAsync(app.Services, output).WaitAsync(Limit);
        return (code, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private sealed class HangingCheck : IPreflightCheck
    {
        public static TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
        {
            Begun.TrySetResult();
            return new TaskCompletionSource<IReadOnlyList<Finding>>().Task;
        }
    }

    /// <summary>Looks at a disk that does not answer.</summary>
    private sealed class StuckCheck : IPreflightCheck, IDisposable
    {
        private readonly ManualResetEventSlim _disk = new();

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
        {
            Begun.TrySetResult();
            _disk.Wait(Limit, CancellationToken.None);
            return Task.FromResult<IReadOnlyList<Finding>>([]);
        }

        public void Dispose() => _disk.Set(); // Whoever waits for it ends.
    }
}
