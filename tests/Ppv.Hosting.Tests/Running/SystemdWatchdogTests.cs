using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Hosting.Tests;

/// <summary>The signs of life that systemd gets come from the loops that it watches.</summary>
public sealed class SystemdWatchdogTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TestClock _clock = new();
    private readonly Notifier _systemd = new();
    private readonly LogCollector _log = new();
    private volatile bool _isHanging;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task It_pings_at_once_and_in_every_third_of_the_time()
    {
        using var watchdog = await StartAsync();
        (await _systemd.NextAsync()).ShouldBe("WATCHDOG=1");
        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(Limit / 3);
            await _systemd.NextAsync();
        }

        _clock.Advance(Limit / 4);
        await watchdog.StopAsync(default).WaitAsync(Limit);
        _systemd.Count.ShouldBe(0);
    }

    [Fact]
    public async Task While_a_loop_hangs_there_is_no_ping_and_one_line_that_says_why()
    {
        using var watchdog = await StartAsync();
        await _systemd.NextAsync();
        _isHanging = true;
        for (var i = 0; i < 5; i++) await AdvanceAsync();

        _systemd.Count.ShouldBe(0);
        _log.Entries.Single(entry => entry.Level == LogLevel.Critical).Message.ShouldContain("the worker's connection");

        _isHanging = false;
        await AdvanceAsync();
        await _systemd.NextAsync();
    }

    [Fact]
    public async Task A_socket_that_is_gone_ends_neither_the_watchdog_nor_the_program()
    {
        _systemd.IsGone = true;
        using var watchdog = await StartAsync();
        for (var i = 0; i < 3; i++) await AdvanceAsync();
        _log.Entries.Count(entry => entry.Level == LogLevel.Error).ShouldBe(1);
        _systemd.IsGone = false;
        await AdvanceAsync();
        await _systemd.NextAsync();
    }

    [Theory]
    [InlineData("30000000", null, 30)]
    [InlineData("30000000", "", 30)]
    [InlineData("30000000", "1", null)]
    [InlineData("0", null, null)]
    [InlineData("-1", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, null, null)]
    public void Its_time_is_systemds(string? microseconds, string? processId, int? seconds) =>
        WatchdogTime.Of(microseconds, processId).Limit?.TotalSeconds.ShouldBe(seconds!.Value);

    [Fact]
    public void A_time_for_this_very_process_is_its_own() =>
        WatchdogTime.Of(
            "1000000", Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)).Limit.ShouldNotBeNull();

    [Theory]
    [InlineData(false, 30)]
    [InlineData(true, null)]
    public async Task Where_systemd_does_not_watch_nothing_is_sent(bool isEnabled, int? seconds)
    {
        _systemd.IsEnabled = isEnabled;
        using var watchdog = Watchdog(seconds is { } some ? TimeSpan.FromSeconds(some) : null);
        await watchdog.StartAsync(default);
        await watchdog.ExecuteTask!.WaitAsync(Limit);
        _systemd.Count.ShouldBe(0);
    }

    [Fact]
    public async Task The_loops_of_a_gateway_and_a_worker_are_watched()
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IBrokerDialer, HangingDialer>();
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.AddPpvGateway();
        builder.AddPpvServer(options => options.Server.Journal.Path = null);
        await using var app = builder.Build();
        var loops = app.Services.GetServices<WatchedLoop>().ToList();
        app.Services.GetRequiredService<PpvClient>().Start();
        app.Services.GetRequiredService<RpcServer>().Start();
        using var dialer = (HangingDialer)app.Services.GetRequiredService<IBrokerDialer>();
        await dialer.Dialled(2).WaitAsync(Limit);

        loops.Select(loop => loop.Name).ShouldBe(["gateway", "worker"], ignoreOrder: true);
        loops.ShouldAllBe(loop => !loop.IsHanging());
        _clock.Advance(TimeSpan.FromMinutes(2));
        loops.ShouldAllBe(loop => loop.IsHanging());
    }

    private int _looks;

    private async Task<SystemdWatchdog> StartAsync()
    {
        var watchdog = Watchdog(Limit);
        await watchdog.StartAsync(default);
        await LookedAsync(1);
        return watchdog;
    }

    private SystemdWatchdog Watchdog(TimeSpan? time) =>
        new([new WatchedLoop("worker", IsHanging)], new WatchdogTime(time), _clock,
            new PlainLogger<SystemdWatchdog>(new LoggerFactory([_log])), _systemd);

    private bool IsHanging()
    {
        var hanging = _isHanging;
        _looked.Writer.TryWrite(++_looks);
        return hanging;
    }

    private readonly Channel<int> _looked = Channel.CreateUnbounded<int>();

    private async Task LookedAsync(int times)
    {
        for (var i = 0; i < times; i++) await _looked.Reader.ReadAsync().AsTask().WaitAsync(Limit);
    }

    /// <summary>A step, and the look that it brings; what came of the look before has happened by then.</summary>
    private async Task AdvanceAsync()
    {
        _clock.Advance(Limit / 3);
        await LookedAsync(1);
    }

    /// <summary>Keeps to no time-out, as a bug would.</summary>
    private sealed class HangingDialer : IBrokerDialer, IDisposable
    {
        private readonly TaskCompletionSource<IBrokerConnection> _dialling = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Channel<BrokerHost> _dialled = Channel.CreateUnbounded<BrokerHost>();

        public Task<IBrokerConnection> DialAsync(BrokerHost host, string clientName, CancellationToken cancellationToken)
        {
            _dialled.Writer.TryWrite(host);
            return _dialling.Task;
        }

        public async Task Dialled(int times)
        {
            for (var i = 0; i < times; i++) await _dialled.Reader.ReadAsync();
        }

        public void Dispose() => _dialling.TrySetException(new BrokerException("It ended.", needsAttention: false));
    }

    private sealed class Notifier : ISystemdNotifier
    {
        private readonly Channel<string> _sent = Channel.CreateUnbounded<string>();

        public bool IsEnabled { get; set; } = true;

        public volatile bool IsGone;

        public int Count => _sent.Reader.Count;

        public void Notify(ServiceState state)
        {
            if (IsGone) throw new SocketException((int)SocketError.ConnectionRefused);
            _sent.Writer.TryWrite(state.ToString());
        }

        public async Task<string> NextAsync() => await _sent.Reader.ReadAsync().AsTask().WaitAsync(Limit);
    }
}
