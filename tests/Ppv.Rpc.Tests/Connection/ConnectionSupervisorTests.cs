using Microsoft.Extensions.Logging;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Connection;
using Ppv.Rpc.Hosts;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Connection;

public class ConnectionSupervisorTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private readonly TestClock _clock = new();
    private readonly RecordingLogger _log = new();
    private readonly List<string> _lost = [];

    [Fact]
    public async Task The_primary_is_dialled_first_and_its_session_passed_on()
    {
        var dialer = new ScriptedDialer((_, host) => new ScriptedConnection(host));
        await using var supervisor = Supervisor(dialer, "kfs-gax", "bs-gax");
        supervisor.Status.IsReady.ShouldBeFalse();
        supervisor.Start();

        var session = await supervisor.WaitAsync(Long, default).AsTask().Within();

        session!.Host.Name.ShouldBe("kfs-gax");
        supervisor.Status.ShouldBe(new ConnectionStatus(true, "Connected to RabbitMQ on kfs-gax:5672."));
        dialer.Attempts.Count.ShouldBe(1);
    }

    [Fact]
    public async Task With_the_primary_down_the_backup_is_dialled_without_a_pause()
    {
        var dialer = new ScriptedDialer(
            (_, host) => host.Name == "kfs-gax" ? throw ScriptedDialer.Unavailable : new ScriptedConnection(host));
        await using var supervisor = Supervisor(dialer, "kfs-gax", "bs-gax");
        supervisor.Start();

        // The clock stands still, so any pause would hang here.
        (await supervisor.WaitAsync(Long, default).AsTask().Within())!.Host.Name.ShouldBe("bs-gax");
    }

    [Fact]
    public async Task Between_rounds_it_pauses_and_never_stops_trying()
    {
        var dialer = new ScriptedDialer((attempt, host) => attempt < 40 ? throw ScriptedDialer.Unavailable : new ScriptedConnection(host));
        await using var supervisor = Supervisor(dialer, "kfs-gax", "bs-gax");
        supervisor.Start();
        await Bounds.UntilAsync(() => dialer.Attempts.Count == 2, "one round");

        _clock.Advance(TimeSpan.FromSeconds(1.9));
        dialer.Attempts.Count.ShouldBe(2);

        (await _clock.AdvanceUntilAsync(
            supervisor.WaitAsync(TimeSpan.FromDays(1), default).AsTask(), TimeSpan.FromSeconds(2))).ShouldNotBeNull();
        dialer.Attempts.Count.ShouldBe(41);
    }

    [Fact]
    public async Task A_lost_connection_is_reported_and_replaced()
    {
        var connections = new List<ScriptedConnection>();
        var dialer = new ScriptedDialer((_, host) => { connections.Add(new ScriptedConnection(host)); return connections[^1]; });
        await using var supervisor = Supervisor(dialer, "kfs-gax", "bs-gax");
        supervisor.Start();
        await supervisor.WaitAsync(Long, default).AsTask().Within();
        _clock.Advance(TimeSpan.FromMinutes(1));

        connections[0].Lose("320 shutdown");
        await Bounds.UntilAsync(() => dialer.Attempts.Count == 2 && supervisor.Status.IsReady, "a second connection");

        _lost.ShouldBe(["320 shutdown"]);
        await Bounds.UntilAsync(() => connections[0].Disposed, "closed in the background");
        (await supervisor.WaitAsync(Long, default))!.ShouldBeSameAs(connections[1]);
        dialer.Attempts.Select(host => host.Name).ShouldBe(["kfs-gax", "bs-gax"], "the host that failed is not the first to be tried");
    }

    [Fact]
    public async Task A_connection_that_breaks_at_once_is_not_dialled_again_at_once()
    {
        var dialer = new ScriptedDialer(
            (_, host) => { var connection = new ScriptedConnection(host); connection.Lose(); return connection; });
        await using var supervisor = Supervisor(dialer, "kfs-gax");
        supervisor.Start();
        await Bounds.UntilAsync(() => _lost.Count == 1, "the first loss");

        dialer.Attempts.Count.ShouldBe(1);
        await _clock.AdvanceUntilAsync(
            Task.Run(async () => { await Bounds.UntilAsync(() => dialer.Attempts.Count >= 2, "the next dial"); return true; }),
            TimeSpan.FromSeconds(0.5));
    }

    [Fact]
    public async Task While_there_is_no_connection_a_waiter_waits_no_longer_than_it_said()
    {
        var dialer = new ScriptedDialer((_, _) => throw ScriptedDialer.Unavailable);
        await using var supervisor = Supervisor(dialer, "kfs-gax");
        supervisor.Start();
        await Bounds.UntilAsync(() => supervisor.Status.Description == "It is down.", "the first failure");

        var waiting = supervisor.WaitAsync(TimeSpan.FromSeconds(10), default).AsTask();
        (await _clock.AdvanceUntilAsync(waiting, TimeSpan.FromSeconds(1))).ShouldBeNull();
        supervisor.Status.Description.ShouldBe("It is down.");
    }

    [Fact]
    public async Task When_a_person_must_act_nobody_waits_and_the_log_says_so_once()
    {
        var dialer = new ScriptedDialer((_, _) => throw ScriptedDialer.Refused);
        await using var supervisor = Supervisor(dialer, "kfs-gax");
        supervisor.Start();

        // The clock stands still: a waiter that waited would hang here.
        (await supervisor.WaitAsync(Long, default).AsTask().Within()).ShouldBeNull();
        await _clock.AdvanceUntilAsync(Task.Run(
            async () => { await Bounds.UntilAsync(() => dialer.Attempts.Count > 20, "retries"); return true; }), TimeSpan.FromSeconds(5));

        var said = _log.Entries.Where(entry => entry.Level >= LogLevel.Warning).ToList();
        said.Count.ShouldBe(1);
        said[0].Level.ShouldBe(LogLevel.Error);
        said[0].Message.ShouldContain("The login was refused.");
    }

    [Fact]
    public async Task It_gives_up_after_max_retries_and_says_so()
    {
        var dialer = new ScriptedDialer((_, _) => throw ScriptedDialer.Unavailable);
        await using var supervisor = Supervisor(dialer, new BrokerOptions { Hosts = ["kfs-gax"], MaxRetries = 5 });
        supervisor.Start();

        var ended = supervisor.Completion.ContinueWith(completion => completion.Exception!.InnerException!, TaskScheduler.Default);
        var error = await _clock.AdvanceUntilAsync(ended, TimeSpan.FromSeconds(5));

        error.ShouldBeOfType<BrokerGaveUpException>().Message.ShouldContain("5 attempts");
        dialer.Attempts.Count.ShouldBe(5);
        (await supervisor.WaitAsync(Long, default).AsTask().Within()).ShouldBeNull();
    }

    [Fact]
    public async Task Cancelling_a_wait_throws_and_leaves_the_rest_alone()
    {
        await using var supervisor = Supervisor(new ScriptedDialer((_, _) => throw ScriptedDialer.Unavailable), "kfs-gax");
        supervisor.Start();
        using var cancel = new CancellationTokenSource();
        var waiting = supervisor.WaitAsync(Long, cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting.Within());
        supervisor.Completion.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Disposing_ends_everything_even_if_it_never_ran()
    {
        var connection = new ScriptedConnection();
        var running = Supervisor(new ScriptedDialer((_, _) => connection), "kfs-gax");
        running.Start();
        await running.WaitAsync(Long, default).AsTask().Within();
        var unstarted = Supervisor(new ScriptedDialer((_, _) => throw ScriptedDialer.Unavailable), "kfs-gax");

        await running.DisposeAsync().AsTask().Within();
        await unstarted.DisposeAsync().AsTask().Within();

        connection.Disposed.ShouldBeTrue();
        _lost.Count.ShouldBe(1);
        running.Completion.IsCompletedSuccessfully.ShouldBeTrue();
        unstarted.Completion.IsCompletedSuccessfully.ShouldBeTrue();
        (await running.WaitAsync(Long, default).AsTask().Within()).ShouldBeNull();
    }

    [Fact]
    public async Task A_draining_supervisor_keeps_its_connection_but_makes_no_new_one()
    {
        var connection = new ScriptedConnection();
        var dialer = new ScriptedDialer((_, _) => connection);
        await using var supervisor = Supervisor(dialer, "kfs-gax");
        supervisor.Start();
        await supervisor.WaitAsync(Long, default).AsTask().Within();

        supervisor.Drain();
        supervisor.Status.IsReady.ShouldBeTrue();
        connection.Lose();

        await supervisor.Completion.Within();
        dialer.Attempts.Count.ShouldBe(1);
    }

    [Fact]
    public void A_host_that_cannot_be_read_is_named() =>
        Should.Throw<ArgumentException>(
            () => Supervisor(new ScriptedDialer((_, _) => throw ScriptedDialer.Unavailable), "kfs gax")).Message.ShouldContain("'kfs gax'");

    private ConnectionSupervisor<IBrokerConnection> Supervisor(IBrokerDialer dialer, params string[] hosts) =>
        Supervisor(dialer, new BrokerOptions { Hosts = [.. hosts] });

    private ConnectionSupervisor<IBrokerConnection> Supervisor(IBrokerDialer dialer, BrokerOptions options) =>
        new(dialer, options, options.ParseHosts(), "test", new ScriptedOwner { Lost = (_, reason) => _lost.Add(reason) }, _log, _clock);
}
