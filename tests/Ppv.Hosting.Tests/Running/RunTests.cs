using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ppv.Rpc;
using Ppv.Testing;

namespace Ppv.Hosting.Tests;

/// <summary>How a program ends, and what its last words are.</summary>
public sealed class RunTests : IDisposable
{
    private readonly LogCollector _log = new();

    public void Dispose()
    {
        Environment.ExitCode = 0; // The test run has one of its own.
        _log.Dispose();
    }

    [Fact]
    public async Task A_normal_stop_is_0()
    {
        var app = Gateway();
        app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);
        (await app.RunPpvAsync().WaitAsync(Hang.Limit)).ShouldBe(0);
    }

    [Fact]
    public async Task Bad_options_are_78_with_one_line_each_and_no_stack_trace()
    {
        var app = Gateway("--Ppv:Rpc:Prefetch=0", "--Ppv:Gateway:Path=nowhere", "--Ppv:LogFile:MaxBytes=-1");
        (await app.RunPpvAsync().WaitAsync(Hang.Limit)).ShouldBe(78);
        var lines = _log.Entries.Where(entry => entry.Level == LogLevel.Critical).ToList();
        lines.Count.ShouldBe(3);
        lines.ShouldContain(line => line.Message == "Configuration: Ppv:Rpc:Prefetch is 0; it must be 1 to 10000.");
        _log.Entries.ShouldAllBe(entry => entry.Exception == null);
    }

    [Theory]
    [InlineData("--Ppv:Rpc:ReplyTimeout=ten")]
    [InlineData("--Ppv:LogFile:MaxBytes=big")]
    [InlineData("--cfg=/nowhere/rest_api_gateway.cfg")]
    public async Task A_value_or_file_that_can_not_be_read_is_78_too_and_nothing_throws_before(string argument)
    {
        (await Gateway(argument).RunPpvAsync().WaitAsync(Hang.Limit)).ShouldBe(78);
        _log.Entries.Single(entry => entry.Level == LogLevel.Critical).Exception.ShouldBeNull();
    }

    [Fact]
    public async Task Gateway_and_worker_in_one_program_say_a_broken_rule_once()
    {
        var app = Build(["--Ppv:Rpc:Prefetch=0"], builder =>
        {
            builder.AddPpvGateway();
            builder.AddPpvServer(options => options.Server.Journal.Path = null);
        });
        (await app.RunPpvAsync().WaitAsync(Hang.Limit)).ShouldBe(78);
        _log.Entries.Count(entry => entry.Level == LogLevel.Critical).ShouldBe(1);
    }

    [Fact]
    public async Task An_address_in_use_is_1_with_one_line()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var app = Gateway($"--urls=http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}");
        (await app.RunPpvAsync().WaitAsync(Hang.Limit)).ShouldBe(1);
        var line = _log.OfOurs.Single(entry => entry.Level == LogLevel.Critical);
        line.Message.ShouldContain("address already in use");
        line.Exception.ShouldBeNull();
    }

    [Fact]
    public async Task Anything_else_is_1_with_its_exception()
    {
        var app = Build([], builder => builder.Services.AddHostedService<FailingService>());
        (await app.RunPpvAsync().WaitAsync(Hang.Limit)).ShouldBe(1);
        _log.OfOurs.Single(entry => entry.Level == LogLevel.Critical).Exception.ShouldBeOfType<InvalidTimeZoneException>();
    }

    [Fact]
    public async Task A_service_that_stops_the_program_while_it_starts_has_the_last_word()
    {
        var app = Build([], builder => builder.Services.AddHostedService<StoppingService>());
        (await app.RunPpvAsync().WaitAsync(Hang.Limit)).ShouldBe(3);
        _log.OfOurs.ShouldAllBe(entry => entry.Level < LogLevel.Critical);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_program_that_gives_up_on_the_broker_stops_with_1(bool gateway)
    {
        var broker = new InMemoryBroker { IsRunning = false };
        var app = Build(["--Ppv:Broker:MaxRetries=1", "--Ppv:Broker:ReconnectDelay=00:00:00.01"], builder =>
        {
            if (gateway) builder.AddPpvGateway();
            else builder.AddPpvServer(options => options.Server.Journal.Path = null);
            builder.Services.UseInMemoryBroker(broker);
        });
        (await app.RunPpvAsync().WaitAsync(Hang.Limit)).ShouldBe(1);
        _log.OfOurs.Count(entry => entry.Level == LogLevel.Critical).ShouldBe(1);
    }

    [Fact]
    public async Task Warnings_of_the_configuration_are_in_the_log()
    {
        var app = Build(
            ["--Ppv:Wizard:ResponseTimeout=00:01:00"], builder => builder.AddPpvServer(options => options.Server.Journal.Path = null));
        app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);
        (await app.RunPpvAsync().WaitAsync(Hang.Limit)).ShouldBe(0);
        _log.OfOurs.ShouldContain(
            entry => entry.Level == LogLevel.Warning && entry.Message.StartsWith("Configuration: Ppv:Wizard:ResponseTimeout is 00:01:00"));
    }

    /// <summary>One program at a time: what gives up after its host has ended would set the exit code of another test.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_password_is_in_no_message_of_a_whole_run(bool gateway)
    {
        var broker = new InMemoryBroker { IsRunning = false };
        var app = Build(["--Ppv:Broker:Password=geheim", "--Ppv:Broker:MaxRetries=1", "--Ppv:Broker:ReconnectDelay=00:00:00.01"], builder =>
        {
            if (gateway) builder.AddPpvGateway();
            else builder.AddPpvServer(options => options.Server.Journal.Path = null);
            builder.Services.UseInMemoryBroker(broker);
        });
        await app.RunPpvAsync().WaitAsync(Hang.Limit);
        _log.Entries.ShouldNotBeEmpty();
        _log.AllText.ShouldNotContain("geheim");
    }

    private WebApplication Gateway(params string[] args)
    {
        var app = Build(args, builder => builder.AddPpvGateway());
        app.MapPpvGateway();
        return app;
    }

    private WebApplication Build(string[] args, Action<WebApplicationBuilder> add)
    {
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0", .. args]);
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(_log);
        builder.Services.UseInMemoryBroker();
        add(builder);
        return builder.Build();
    }

    private sealed class StoppingService(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            Environment.ExitCode = 3;
            lifetime.StopApplication();
            cancellationToken.ThrowIfCancellationRequested();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class FailingService : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidTimeZoneException("on purpose");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
