using Ppv.Rpc.Errors;
using Ppv.Rpc.Hosts;

namespace Ppv.Rpc.Connection;

/// <content>When a host works and another one is to be used: failback, a host in an alarm, somebody's wish.</content>
internal sealed partial class ConnectionSupervisor<TSession>
{
    /// <summary>Longer than any plan, and a timer takes it.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    /// <summary>Stays with a link until it is lost, or another one is in use in its place.</summary>
    /// <returns>The other one; <see langword="null"/> after a loss.</returns>
    private async Task<Link<TSession>?> StayAsync(Link<TSession> link, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                var next = await MoveIfDueAsync(link, stopping).ConfigureAwait(false);
                if (next is not null || link.Lost.IsCompleted)
                {
                    Close(link, next is null ? "it was lost" : $"{_hosts[next.Host]} is in use now", retire: next is not null);
                    if (next is null) RefuseSwitches(Status.Description);
                    return next;
                }

                await WaitForChangeAsync(link, stopping).ConfigureAwait(false);
            }
        }
        catch
        {
            Close(link, "we stopped", retire: false);
            throw;
        }
    }

    private async Task<Link<TSession>?> MoveIfDueAsync(Link<TSession> link, CancellationToken stopping)
    {
        if (_draining || link.Lost.IsCompleted) return null;
        if (_switches.Reader.TryRead(out var request)) return await SwitchAsync(link, request, stopping).ConfigureAwait(false);
        if (PlanOf(link) is not { } plan || plan.At > _timeProvider.GetUtcNow()) return null;
        var reason = _board.Table[link.Host].State == BrokerHostState.Blocked ? $"{_hosts[link.Host]} takes no messages" : $"{_hosts[plan.Index]} is the preferred host and is left alone no longer";
        var (next, _) = await TryHostAsync(link, plan.Index, reason, stopping).ConfigureAwait(false);
        return next;
    }

    private async Task<Link<TSession>?> SwitchAsync(Link<TSession> link, SwitchRequest request, CancellationToken stopping)
    {
        Link<TSession>? next = null;
        if (request.Host != link.Host)
        {
            (next, var error) = await TryHostAsync(link, request.Host, "somebody has asked for it", stopping).ConfigureAwait(false);
            if (next is null)
            {
                request.Done.TrySetException(new InvalidOperationException($"{_hosts[link.Host]} stays in use. {error}"));
                return null;
            }
        }

        _board.Update((table, _) => table with { Preferred = request.Host }, "somebody has asked for it", this);
        request.Done.TrySetResult();
        return next;
    }

    /// <summary>Has another host used, if it can be and is no worse: the one in use stays until the other one is ready.</summary>
    private async Task<(Link<TSession>? Link, string? Error)> TryHostAsync(Link<TSession> link, int host, string reason, CancellationToken stopping)
    {
        try
        {
            var next = await _dialer.DialToMoveAsync(host, stopping).ConfigureAwait(false);
            ConnectionLog.Moves(_logger, _clientName, _hosts[link.Host], _hosts[host], reason);
            Use(next);
            return (next, null);
        }
        catch (BrokerException failure)
        {
            _dialer.FailedToMove(host, _hosts[link.Host], failure);
            _board.Update((table, now) => table.Failed(host, failure.Message, now), failure.Message, this);
            return (null, failure.Message);
        }
    }

    private (int Index, DateTimeOffset At)? PlanOf(Link<TSession> link) => HostSelector.Move(_board.Table, link.Host, _options, _timeProvider.GetUtcNow());

    /// <summary>Until the link is lost, its broker says something, somebody wants another host, or it is time for one.</summary>
    private async Task WaitForChangeAsync(Link<TSession> link, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var gate = _gate;
        var left = (_draining ? null : PlanOf(link)?.At) - _timeProvider.GetUtcNow() ?? Never;
        if (left > TimeSpan.Zero && gate.Link == link)
        {
            await Task.WhenAny(
                link.Lost,
                gate.Changed,
                _switches.Reader.WaitToReadAsync(end.Token).AsTask(),
                Task.Delay(left < Never ? left : Never, _timeProvider, end.Token)).ConfigureAwait(false);
        }
        else if (gate.Link != link)
        {
            await link.Lost.WaitAsync(stopping).ConfigureAwait(false); // The gate is shut already, so that the loss is all but told.
        }

        await end.CancelAsync().ConfigureAwait(false);
        stopping.ThrowIfCancellationRequested();
    }
}
