using Ppv.Rpc.Brokers;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Server;

/// <summary>
/// Who has the queue that a server stands by for: a leader, which works alone on it, or a stranger, who does not and takes orders away.
/// One look at a time.
/// </summary>
internal sealed class QueueHolder(IBrokerConnection connection, LeadershipPolicy policy)
{
    /// <summary>Each look at a leader leaves a line in the broker's log; a stranger is looked at as often as hosts are.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(5);

    private volatile string? _stranger;
    private long? _looked, _putOff;
    private bool _isSuspected;

    /// <summary>That it is a stranger, and what to do, as sentences; <see langword="null"/> otherwise.</summary>
    public string? Stranger => _stranger;

    /// <summary>Looks, when it is time to. It is a stranger when two looks in a row say so: other servers may be looking, too.</summary>
    /// <exception cref="BrokerException">It can't be told.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var pause = _stranger is null ? LookAgain : policy.Broker.ReconnectDelay;
        if (!_isSuspected && _looked is { } looked && policy.TimeProvider.GetElapsedTime(looked) < pause) return;
        var counts = await connection.CountAsync(policy.Rpc.Queue, cancellationToken).ConfigureAwait(false);
        if (counts.Consumers == 0) return;
        // The look takes what lies there, and it goes back as redelivered: so it waits until nothing does, but not behind one that hangs.
        if (counts.Messages > 0)
        {
            var since = _putOff ??= policy.TimeProvider.GetTimestamp();
            if (policy.TimeProvider.GetElapsedTime(since) < policy.Rpc.MessageTtl) return;
        }

        _putOff = null;
        _looked = policy.TimeProvider.GetTimestamp();
        var isShared = await connection.IsSharedAsync(policy.Rpc.Queue, cancellationToken).ConfigureAwait(false);
        if (isShared && _stranger is null)
        {
            if (_isSuspected) SayStranger();
            _isSuspected = !_isSuspected;
        }
        else if (!isShared)
        {
            if (_stranger is not null) LeadershipLog.StandingBy(policy.Logger, policy.Rpc.Queue, connection.Host);
            (_stranger, _isSuspected) = (null, false);
        }
    }

    private void SayStranger()
    {
        _stranger = $"Queue {policy.Rpc.Queue} on {connection.Host} is consumed by somebody who does not work alone on it, so not a "
            + "server of ours with these settings, and every order goes there. See who it is with 'rabbitmqctl list_consumers -p "
            + $"{policy.Broker.VirtualHost}', and end it: an old worker, a tool, or a worker with Ppv:Rpc:SingleActiveConsumer=false.";
        LeadershipLog.Stranger(policy.Logger, _stranger);
    }
}
