using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Connection;
using Ppv.Rpc.Hosts;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Connection;

/// <summary>When the supervisor leaves a host that works for another one, and what becomes of the sessions on both.</summary>
public sealed class MovingTests : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private readonly TestClock _clock = new();
    private readonly RecordingLogger _log = new();
    private readonly ConcurrentQueue<string> _happened = new();
    private readonly ConcurrentQueue<ScriptedConnection> _connections = new();
    private readonly TaskCompletionSource _retired = new();
    private readonly ConcurrentDictionary<string, bool> _isDown = new();
    private readonly ScriptedDialer _dialer;
    private Action<ScriptedConnection> _prepare = _ => { };
    private Task _preparing = Task.CompletedTask;
    private string? _whyNotMove;
    private ConnectionSupervisor<IBrokerConnection> _supervisor = null!;

    public MovingTests() => _dialer = new ScriptedDialer((_, host) =>
    {
        if (_isDown.GetValueOrDefault(host.Name)) throw ScriptedDialer.Unavailable;
        var connection = new ScriptedConnection(host);
        _connections.Enqueue(connection);
        return connection;
    });

    public ValueTask DisposeAsync() => _supervisor.DisposeAsync();

    private ScriptedConnection Last => _connections.Last();

    private string? InUse => _supervisor.Status.IsReady ? _supervisor.WaitAsync(TimeSpan.Zero, default).AsTask().Result?.Host.Name : null;

    [Fact]
    public async Task A_minute_after_the_primary_failed_it_is_used_again_and_the_backup_closed_when_nothing_is_under_way()
    {
        await LosePrimaryAsync();
        var backup = Last;
        _clock.Advance(TimeSpan.FromSeconds(59));
        await StaysAsync("bs-gax");

        _clock.Advance(TimeSpan.FromSeconds(1));
        await GoesToAsync("kfs-gax");

        await Bounds.UntilAsync(() => _happened.Contains("retire bs-gax"), "the backup's session to be retired");
        backup.Disposed.ShouldBeFalse("something is under way");
        _retired.SetResult();
        await Bounds.UntilAsync(() => backup.Disposed, "the backup's connection to be closed");
        _happened.Where(what => what.StartsWith("ready", StringComparison.Ordinal)).ShouldBe(
            ["ready kfs-gax", "ready bs-gax", "ready kfs-gax"]);
        _supervisor.Hosts.Select(host => host.State).ShouldBe([BrokerHostState.Ready, BrokerHostState.Unknown]);
        _log.Entries.ShouldContain(entry => entry.Message.Contains("goes from bs-gax:5672 to kfs-gax:5672"));
    }

    [Fact]
    public async Task The_delay_counts_from_the_primarys_last_failure_which_may_be_a_try_to_go_back()
    {
        await LosePrimaryAsync();
        _isDown["kfs-gax"] = true;
        _clock.Advance(TimeSpan.FromSeconds(60));
        await _clock.AdvanceUntilAsync(
            Task.Run(async () => { await Bounds.UntilAsync(
                () => _supervisor.Hosts[0].LastError == "It is down.", "a try to go back"); return true; }),
            TimeSpan.FromSeconds(0.1));
        var tried = _supervisor.Hosts[0].LastFailure!.Value;
        _isDown["kfs-gax"] = false;

        _clock.Advance(tried.AddSeconds(59) - _clock.GetUtcNow());
        await StaysAsync("bs-gax");
        await GoesToAsync("kfs-gax");
        (_clock.GetUtcNow() - tried).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(60));
        _happened.ShouldNotContain(
            what => what.StartsWith("lost", StringComparison.Ordinal) && what.Contains("bs-gax") && !what.Contains("in use now"));
    }

    [Theory]
    [InlineData("No worker takes orders there yet.", null)]
    [InlineData(null, "low on memory")]
    public async Task A_primary_that_is_no_better_is_not_gone_back_to(string? whyNot, string? alarm)
    {
        await LosePrimaryAsync();
        (_whyNotMove, var count) = (whyNot, _connections.Count);
        _prepare = connection => { if (alarm is not null) connection.Block(alarm); };
        _clock.Advance(TimeSpan.FromSeconds(60));

        // Its connection is closed a moment before the reason is recorded.
        bool IsGivenUp() => _supervisor.Hosts[0].LastError is { } error && error.Contains(whyNot ?? alarm!, StringComparison.Ordinal);
        await _clock.AdvanceUntilAsync(Task.Run(
            async () => { await Bounds.UntilAsync(IsGivenUp, "a try that was given up"); return true; }), TimeSpan.FromSeconds(0.1));
        _connections.Count.ShouldBeGreaterThan(count);
        Last.Disposed.ShouldBeTrue();
        await StaysAsync("bs-gax");
    }

    [Fact]
    public async Task Without_a_delay_only_somebodys_wish_goes_back()
    {
        await LosePrimaryAsync(new BrokerOptions { Hosts = ["kfs-gax", "bs-gax"], FailbackDelay = Timeout.InfiniteTimeSpan });
        _clock.Advance(TimeSpan.FromDays(3));
        await StaysAsync("bs-gax");

        await _supervisor.SwitchToAsync(new BrokerHost("kfs-gax", 5672), default).Within();

        InUse.ShouldBe("kfs-gax");
    }

    [Fact]
    public async Task Whom_somebody_has_switched_to_stays_the_preferred_one()
    {
        await StartAsync();
        await _supervisor.SwitchToAsync(new BrokerHost("bs-gax", 5672), default).Within();
        InUse.ShouldBe("bs-gax");
        _clock.Advance(Long);
        await StaysAsync("bs-gax");

        Last.Lose();
        await Bounds.UntilAsync(() => InUse == "kfs-gax", "the other host");
        _clock.Advance(TimeSpan.FromSeconds(60));
        await GoesToAsync("bs-gax");
    }

    [Fact]
    public async Task A_switch_that_does_not_work_changes_nothing_and_says_why()
    {
        await StartAsync();
        _isDown["bs-gax"] = true;
        (await Should.ThrowAsync<InvalidOperationException>(
            _supervisor.SwitchToAsync(new BrokerHost("bs-gax", 5672), default).Within())).Message
            .ShouldBe("kfs-gax:5672 stays in use. It is down.");
        InUse.ShouldBe("kfs-gax");
        await Should.ThrowAsync<ArgumentException>(_supervisor.SwitchToAsync(new BrokerHost("elsewhere", 5672), default).Within());

        _isDown["kfs-gax"] = true;
        _clock.Advance(TimeSpan.FromMinutes(1));
        Last.Lose();
        await Bounds.UntilAsync(() => _supervisor.Status.Description == "It is down.", "a search");
        await Should.ThrowAsync<InvalidOperationException>(_supervisor.SwitchToAsync(new BrokerHost("bs-gax", 5672), default).Within());
        await _supervisor.DisposeAsync().AsTask().Within();
        await Should.ThrowAsync<InvalidOperationException>(_supervisor.SwitchToAsync(new BrokerHost("bs-gax", 5672), default).Within());
    }

    [Fact]
    public async Task A_host_in_an_alarm_is_left_at_once_and_its_calls_end_there()
    {
        await StartAsync();
        var primary = Last;
        primary.Block("low on memory");

        await Bounds.UntilAsync(() => InUse == "bs-gax", "the other host");
        primary.Disposed.ShouldBeFalse("its answers still come");
        (_supervisor.Hosts[0].State, _supervisor.Hosts[0].LastError).ShouldBe((BrokerHostState.Down, "low on memory"));
        _clock.Advance(TimeSpan.FromSeconds(60));
        await GoesToAsync("kfs-gax");
    }

    [Fact]
    public async Task With_both_in_an_alarm_it_stays_where_it_is_and_goes_on_when_that_is_over()
    {
        await StartAsync();
        var primary = Last;
        _prepare = connection => connection.Block("low on disk");
        primary.Block("low on memory");
        await Bounds.UntilAsync(() => _connections.Count == 2 && Last.Disposed, "a look at the other host");

        _supervisor.Status.ShouldBe(new ConnectionStatus(false, "RabbitMQ on kfs-gax:5672 takes no messages: low on memory."));
        primary.Block(null);
        _supervisor.Status.ShouldBe(new ConnectionStatus(true, "Connected to RabbitMQ on kfs-gax:5672."));
        await StaysAsync("kfs-gax");
    }

    [Fact]
    public async Task A_connection_that_is_lost_while_another_host_is_tried_is_settled_at_once()
    {
        await StartAsync();
        var trying = new TaskCompletionSource();
        var primary = Last;
        _preparing = trying.Task;
        var switching = _supervisor.SwitchToAsync(new BrokerHost("bs-gax", 5672), default);
        await Bounds.UntilAsync(() => _dialer.Attempts.Count == 2, "the other host to be dialled");

        primary.Lose("the cable was cut");

        await Bounds.UntilAsync(() => _happened.Contains("lost kfs-gax: the cable was cut"), "the loss to be told");
        InUse.ShouldBeNull();
        trying.SetResult();
        await switching.Within();
        InUse.ShouldBe("bs-gax");
    }

    [Fact]
    public async Task A_switch_ends_when_the_connections_are_closed_meanwhile()
    {
        await StartAsync();
        var trying = new TaskCompletionSource();
        _preparing = trying.Task;
        var switching = _supervisor.SwitchToAsync(new BrokerHost("bs-gax", 5672), default);
        await Bounds.UntilAsync(() => _dialer.Attempts.Count == 2, "the other host to be dialled");

        var closing = _supervisor.DisposeAsync().AsTask();
        trying.SetException(new OperationCanceledException()); // As what is asked of a broker ends then.

        await Should.ThrowAsync<InvalidOperationException>(switching.Within());
        await closing.Within();
    }

    [Fact]
    public async Task A_switch_ends_when_no_new_connection_is_to_be_made()
    {
        await StartAsync();
        _supervisor.Drain();
        await Should.ThrowAsync<InvalidOperationException>(_supervisor.SwitchToAsync(new BrokerHost("bs-gax", 5672), default).Within());
    }

    [Fact]
    public async Task Every_change_is_told_in_order_and_a_handler_that_fails_harms_nobody()
    {
        var changes = new ConcurrentQueue<string>();
        Make(new BrokerOptions { Hosts = ["kfs-gax", "bs-gax"] });
        _supervisor.HostChanged += (_, change) =>
            changes.Enqueue($"{change.Now.Host.Name} {change.Before.State} {change.Now.State}: {change.Reason}");
        _supervisor.HostChanged += (_, _) => throw new InvalidOperationException("a handler's own fault");
        _supervisor.Start();
        await Bounds.UntilAsync(() => InUse == "kfs-gax", "a connection");
        _clock.Advance(Long);
        Last.Lose("the cable was cut");
        await Bounds.UntilAsync(() => InUse == "bs-gax", "the backup");
        _clock.Advance(TimeSpan.FromSeconds(60));
        await GoesToAsync("kfs-gax");

        await Bounds.UntilAsync(() => changes.Count == 5, "the changes to be told");
        changes.ShouldBe(
        [
            "kfs-gax Unknown Ready: kfs-gax:5672 is connected and ready.",
            "kfs-gax Ready Down: The connection to RabbitMQ on kfs-gax:5672 was lost: the cable was cut.",
            "bs-gax Unknown Ready: bs-gax:5672 is connected and ready.",
            "kfs-gax Down Ready: kfs-gax:5672 is connected and ready.",
            "bs-gax Ready Unknown: kfs-gax:5672 is connected and ready.",
        ]);
        _log.Entries.ShouldContain(entry => entry.Level == LogLevel.Error && entry.Message.Contains("HostChanged"));
    }

    [Fact]
    public async Task A_host_whose_first_probe_does_not_come_back_is_not_ready()
    {
        _prepare = connection => connection.Probing = () => Task.FromResult(connection.Host.Name != "kfs-gax");
        Make(new BrokerOptions { Hosts = ["kfs-gax", "bs-gax"] });
        _supervisor.Start();
        await Bounds.UntilAsync(() => InUse is not null, "a connection");
        InUse.ShouldBe("bs-gax");
        _connections.First().Disposed.ShouldBeTrue();
        _supervisor.Hosts[0].State.ShouldBe(BrokerHostState.Down);
    }

    [Fact]
    public async Task Each_connection_is_probed_and_its_owner_told_when_the_probe_began()
    {
        await StartAsync();
        var probes = 0;
        var answer = new TaskCompletionSource<bool>();
        Last.Probing = () => { probes++; return answer.Task; };
        var begun = _clock.GetTimestamp() + _clock.TimestampFrequency / 2;
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        await Bounds.UntilAsync(() => probes == 1, "a probe");
        _clock.Advance(TimeSpan.FromSeconds(3));
        _happened.ShouldNotContain($"proven {begun}");
        answer.SetResult(true);
        await Bounds.UntilAsync(() => _happened.Contains($"proven {begun}"), "its owner to be told");
    }

    private void Make(BrokerOptions options) => _supervisor = new ConnectionSupervisor<IBrokerConnection>(
        _dialer, options, options.ParseHosts(), "test",
        new ScriptedOwner
        {
            Prepare = async connection =>
            {
                _prepare((ScriptedConnection)connection);
                await _preparing;
            },
            Ready = session => _happened.Enqueue($"ready {session.Host.Name}"),
            Lost = (session, reason) => _happened.Enqueue($"lost {session.Host.Name}: {reason}"),
            Retire = session => { _happened.Enqueue($"retire {session.Host.Name}"); return _retired.Task; },
            WhyNotMove = () => _whyNotMove,
            Proven = timestamp => _happened.Enqueue($"proven {timestamp}"),
        },
        _log, _clock);

    private async Task StartAsync(BrokerOptions? options = null)
    {
        Make(options ?? new BrokerOptions { Hosts = ["kfs-gax", "bs-gax"] });
        _supervisor.Start();
        await Bounds.UntilAsync(() => InUse == "kfs-gax", "a connection");
    }

    private async Task LosePrimaryAsync(BrokerOptions? options = null)
    {
        await StartAsync(options);
        _clock.Advance(TimeSpan.FromMinutes(1)); // Not one that breaks at once.
        Last.Lose();
        await Bounds.UntilAsync(() => InUse == "bs-gax", "the backup");
    }

    /// <summary>It is time. The clock goes on in case a timer was set a moment after it was moved.</summary>
    private Task GoesToAsync(string host) =>
        _clock.AdvanceUntilAsync(Task.Run(async () => { await Bounds.UntilAsync(() => InUse == host, $"{host} to be used"); return true; }),
            TimeSpan.FromSeconds(1));

    /// <summary>Lets whatever is due happen, and looks that nothing did.</summary>
    private async Task StaysAsync(string host)
    {
        for (var turn = 0; turn < 50; turn++) await Task.Yield();
        InUse.ShouldBe(host);
    }
}
