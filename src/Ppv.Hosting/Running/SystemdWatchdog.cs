using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Running;

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
