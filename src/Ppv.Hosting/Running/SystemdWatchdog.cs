using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Ppv.Protocol.Text;

namespace Ppv.Hosting;

/// <summary>
/// Tells systemd that the program is alive (<c>WatchdogSec=</c>), for as long as the loops that it lives by are: those that keep the
/// connections to the broker and probe them. One that hangs ends the signs, and systemd begins the program anew. Searching for a broker is
/// life; so is a disk that hangs, since what it did not take yet is in this process's memory only.
/// </summary>
internal sealed class SystemdWatchdog(
    IEnumerable<WatchedLoop> loops, WatchdogTime time, TimeProvider timeProvider, PlainLogger<SystemdWatchdog> logger,
    ISystemdNotifier? notifier = null) : BackgroundService
{
    private static readonly ServiceState Alive = new("WATCHDOG=1");

    private readonly HashSet<string> _hanging = [];
    private bool _isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (notifier is not { IsEnabled: true } || time.Limit is not { } limit) return;
        // systemd advises half of the limit; a third leaves room for one that comes late.
        using var timer = new PeriodicTimer(limit / 3, timeProvider);
        do
        {
            if (AreAlive()) Notify(notifier);
        }
        while (await NextAsync(timer, stoppingToken).ConfigureAwait(false));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private bool AreAlive()
    {
        var alive = true;
        foreach (var loop in loops)
        {
            var hangs = loop.IsHanging();
            if (hangs && _hanging.Add(loop.Name)) RunLog.LoopHangs(logger, loop.Name);
            if (!hangs && _hanging.Remove(loop.Name)) RunLog.LoopGoesOn(logger, loop.Name);
            alive &= !hangs;
        }

        return alive;
    }

    private void Notify(ISystemdNotifier systemd)
    {
        try
        {
            systemd.Notify(Alive);
            _isFailing = false;
        }
        catch (SocketException e)
        {
            if (!_isFailing) RunLog.CannotNotifySystemd(logger, e.Message);
            _isFailing = true;
        }
    }
}

/// <summary>How long systemd waits for a sign of life.</summary>
/// <param name="Limit">The time; <see langword="null"/> when it does not watch this process.</param>
internal sealed record WatchdogTime(TimeSpan? Limit)
{
    /// <summary>As <c>sd_watchdog_enabled(3)</c> reads it.</summary>
    /// <param name="microseconds"><c>WATCHDOG_USEC</c>.</param>
    /// <param name="processId"><c>WATCHDOG_PID</c>: whom it watches, where that is said.</param>
    public static WatchdogTime Of(string? microseconds, string? processId) =>
        long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time > 0
        && (string.IsNullOrEmpty(processId) || processId == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            ? new WatchdogTime(TimeSpan.FromMicroseconds(time))
            : new WatchdogTime((TimeSpan?)null);

    public static WatchdogTime OfEnvironment() =>
        Of(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID"));
}
