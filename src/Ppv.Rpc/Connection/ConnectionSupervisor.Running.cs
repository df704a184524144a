using Ppv.Rpc.Errors;
using Ppv.Rpc.Hosts;

namespace Ppv.Rpc.Connection;

/// <content>The loop: search a host, use it, move to a better one, search again when it is lost.</content>
internal sealed partial class ConnectionSupervisor<TSession>
{
    private async Task RunAsync()
    {
        try
        {
            await KeepConnectedAsync(_stopping.Token).ConfigureAwait(false);
            End("It was stopped.");
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            End("It was stopped.");
        }
        catch (BrokerException last)
        {
            var message = $"Gave up after {_attempt} attempts (Ppv:Broker:MaxRetries is {_options.MaxRetries}). The last failure: {last.Message}";
            End(message, new BrokerGaveUpException(message, last));
        }
        catch (Exception bug)
        {
            // Nobody awaits this loop; the owner learns of its end from Completion and stops the program.
            ConnectionLog.Failed(_logger, _clientName, bug);
            End("It failed; the log says why.", bug);
        }
    }

    private void End(string reason, Exception? error = null)
    {
        if (error is null) _completion.TrySetResult();
        else _completion.TrySetException(error);
        _ = _completion.Task.Exception; // Observed: not every owner looks.
        Turn(Gate<TSession>.Shut(reason, needsAttention: true));
        _switches.Writer.TryComplete();
        RefuseSwitches(reason);
    }

    private async Task KeepConnectedAsync(CancellationToken stopping)
    {
        Turn(Gate<TSession>.Shut($"Connecting to {string.Join(", ", _hosts)}."));
        while (!_draining)
        {
            var found = await SearchAsync(stopping).ConfigureAwait(false);
            Use(found);
            for (Link<TSession>? link = found; link is not null;) link = await StayAsync(link, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Dials until a host can be used.</summary>
    private async Task<Link<TSession>> SearchAsync(CancellationToken stopping)
    {
        _attempt = 0;
        if (NextHost().Pause is var pause && pause > TimeSpan.Zero) await Task.Delay(pause, _timeProvider, stopping).ConfigureAwait(false);
        return await _reconnect.ExecuteAsync(async token => await DialNextAsync(token).ConfigureAwait(false), stopping).ConfigureAwait(false);
    }

    private async Task<Link<TSession>> DialNextAsync(CancellationToken cancellationToken)
    {
        _attempt++;
        var host = NextHost().Index;
        try
        {
            return await _dialer.DialAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerException failure)
        {
            _dialer.Failed(host, failure, _attempt);
            _board.Update((table, now) => table.Failed(host, failure.Message, now), failure.Message, this);
            Turn(Gate<TSession>.Shut(failure.Message, _dialer.NeedsAttention));
            throw;
        }
    }

    private void Use(Link<TSession> link)
    {
        var host = _hosts[link.Host];
        _dialer.Succeeded();
        _board.Update((table, now) => table.Using(link.Host, now), $"{host} is connected and ready.", this);
        ConnectionLog.Ready(_logger, _clientName, link.Connection.BrokerName);
        Turn(Gate<TSession>.Open(link, $"Connected to {link.Connection.BrokerName}."));
        link.Connection.BlockedChanged += () => OnBlockedChanged(link);
        if (link.Connection.BlockedReason is not null) OnBlockedChanged(link);
        link.Open(_options.ProbeInterval, _timeProvider, OnLost);
        _life.Ready(link.Session);
    }

    /// <summary>Runs once for each link, as soon as its connection is gone, whatever the loop does at that moment.</summary>
    private void OnLost(Link<TSession> link, string reason)
    {
        var description = $"The connection to {link.Connection.BrokerName} was lost: {reason}.";
        if (Turn(Gate<TSession>.Shut(description), from: link) && !link.IsClosed)
        {
            ConnectionLog.Lost(_logger, _clientName, link.Connection.BrokerName, reason);
            _board.Update((table, now) => table.Lost(link.Host, reason, now, _options.ReconnectDelay), description, this);
        }

        _life.Lost(link.Session, reason);
    }

    private void OnBlockedChanged(Link<TSession> link)
    {
        var (host, alarm) = (_hosts[link.Host], link.Connection.BlockedReason);
        var description = alarm is null ? $"Connected to {link.Connection.BrokerName}." : $"{link.Connection.BrokerName} takes no messages: {alarm}.";
        if (_gate.Link != link) return;
        _board.Update((table, now) => table.Blocked(link.Host, alarm, now), description, this);
        if (!Turn(Gate<TSession>.Open(link, description, isReady: alarm is null), from: link)) return;
        if (alarm is null) ConnectionLog.Unblocked(_logger, _clientName, host);
        else ConnectionLog.Blocked(_logger, _clientName, host, alarm);
    }

    /// <summary>Closes a link in the background: a broker that is gone or frozen must not keep us from the next one.</summary>
    private void Close(Link<TSession> link, string reason, bool retire)
    {
        var closing = Task.Run(async () =>
        {
            if (retire)
            {
                // Whatever is under way ends where it was begun; when we stop, the owner has seen to that.
                try
                {
                    await Task.WhenAny(_life.RetireAsync(link.Session), link.Lost).WaitAsync(_stopping.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                }
            }

            await link.CloseAsync(reason).ConfigureAwait(false);
        });
        _closing.TryAdd(closing, 0);
        closing.ContinueWith((ended, _) => _closing.TryRemove(ended, out byte _), null, TaskScheduler.Default);
    }
}
