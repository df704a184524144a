using Ppv.Rpc.Brokers;
using Ppv.Rpc.Connection;
using Ppv.Rpc.Tests.Support;

namespace Ppv.Rpc.Tests.Connection;

/// <summary>When a supervisor counts as hanging: that is what a service manager's watchdog goes by.</summary>
public class HangTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);
    private readonly CountingClock _clock = new();
    private readonly BrokerOptions _options = new();

    [Fact]
    public async Task Searching_for_a_broker_is_no_hang_however_long_it_takes()
    {
        var dialer = new ScriptedDialer((_, _) => throw ScriptedDialer.Unavailable);
        await using var supervisor = Start(dialer);
        for (var attempt = 1; attempt <= 25; attempt++)
        {
            // The clock stands still until the loop waits for it, and again as soon as its pause is over, however late the loop sees that.
            await Bounds.UntilAsync(() => dialer.Attempts.Count == attempt && _clock.TimersSet == attempt, $"attempt {attempt}");
            while (_clock.TimersFired < attempt)
            {
                supervisor.IsHanging.ShouldBeFalse($"after attempt {attempt}");
                _clock.Advance(Step);
                await Bounds.LetOthersWorkAsync();
            }
        }
    }

    [Fact]
    public async Task A_connection_on_which_nothing_happens_is_no_hang()
    {
        await using var supervisor = Start(new ScriptedDialer((_, host) => new ScriptedConnection(host)));
        await Bounds.UntilAsync(() => supervisor.Status.IsReady, "the connection");
        await StaysAliveAsync(supervisor);
    }

    [Fact]
    public async Task A_dial_that_does_not_end_with_its_time_out_is_a_hang()
    {
        var dialer = new HangingDialer();
        await using var supervisor = Start(dialer);
        using var end = dialer; // Before the supervisor ends, which waits for it, also when the test fails.
        await dialer.Begun.Task.Within();

        _clock.Advance(_options.DialTimeout + (5 * _options.OperationTimeout) + _options.ProbeTimeout);
        supervisor.IsHanging.ShouldBeFalse("a busy machine gets some time");
        _clock.Advance(LoopPulse.Slack + Step);
        supervisor.IsHanging.ShouldBeTrue();

        dialer.Dispose();
        await Bounds.UntilAsync(() => !supervisor.IsHanging, "it goes on");
    }

    [Fact]
    public async Task A_probe_that_does_not_end_with_its_time_out_is_a_hang()
    {
        var (probes, hanging) = (0, new TaskCompletionSource<bool>());
        var connection =
            new ScriptedConnection { Probing = () => Interlocked.Increment(ref probes) == 1 ? Task.FromResult(true) : hanging.Task };
        await using var supervisor = Start(new ScriptedDialer((_, _) => connection));
        await Bounds.UntilAsync(() => Volatile.Read(ref probes) == 2, "the probe that hangs");

        _clock.Advance(_options.ProbeInterval + _options.ProbeTimeout + LoopPulse.Slack + Step);
        await Bounds.UntilAsync(() => supervisor.IsHanging, "the probes are late, whatever the loop does");

        connection.Lose();
        hanging.SetResult(false);
        await Bounds.UntilAsync(() => !supervisor.IsHanging, "it goes on");
    }

    [Fact]
    public async Task One_that_was_not_started_or_has_ended_is_no_hang()
    {
        var supervisor = Supervisor(new ScriptedDialer((_, host) => new ScriptedConnection(host)));
        _clock.Advance(TimeSpan.FromDays(1));
        supervisor.IsHanging.ShouldBeFalse();
        supervisor.Start();
        await supervisor.DisposeAsync();
        _clock.Advance(TimeSpan.FromDays(1));
        supervisor.IsHanging.ShouldBeFalse();
    }

    /// <summary>
    /// After each step it has the time that it needs. Its own clock goes on while it is late: a loop that was about to wait when the clock
    /// was moved waits for that.
    /// </summary>
    private async Task StaysAliveAsync(ConnectionSupervisor<IBrokerConnection> supervisor)
    {
        for (var time = TimeSpan.Zero; time < TimeSpan.FromMinutes(20); time += Step)
        {
            _clock.Advance(Step);
            await Bounds.LetOthersWorkAsync();
            await Bounds.UntilAsync(
                () =>
                {
                    if (supervisor.IsHanging) _clock.Advance(TimeSpan.FromMilliseconds(100));
                    return !supervisor.IsHanging;
                },
                $"after {time}");
        }
    }

    private ConnectionSupervisor<IBrokerConnection> Start(IBrokerDialer dialer)
    {
        var supervisor = Supervisor(dialer);
        supervisor.Start();
        return supervisor;
    }

    private ConnectionSupervisor<IBrokerConnection> Supervisor(IBrokerDialer dialer) =>
        new(dialer, _options, _options.ParseHosts(), "client", new ScriptedOwner(), new RecordingLogger(), _clock);

    private sealed class CountingClock : TestClock
    {
        private int _timersSet, _timersFired;

        public int TimersSet => Volatile.Read(ref _timersSet);

        public int TimersFired => Volatile.Read(ref _timersFired);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(
                given =>
                {
                    Interlocked.Increment(ref _timersFired);
                    callback(given);
                },
                state, dueTime, period);
            Interlocked.Increment(ref _timersSet);
            return timer;
        }
    }

    private sealed class HangingDialer : IBrokerDialer, IDisposable
    {
        private readonly TaskCompletionSource<IBrokerConnection> _dialling = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IBrokerConnection> DialAsync(BrokerHost host, string clientName, CancellationToken cancellationToken)
        {
            Begun.TrySetResult();
            return _dialling.Task;
        }

        public void Dispose() => _dialling.TrySetException(ScriptedDialer.Unavailable);
    }
}
