using Ppv.Rpc.Brokers;

namespace Ppv.Rpc.Connection;

/// <summary>A connection in use, with what its owner made of it: watched for its loss, and probed from end to end.</summary>
internal sealed class SupervisedConnection<TSession>(
    int host, IBrokerConnection broker, TSession session, ISessionOwner<TSession> owner, LoopPulse pulse)
    where TSession : class
{
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _closeReason;

    /// <summary>The index of its host.</summary>
    public int Host => host;

    public IBrokerConnection Broker => broker;

    public TSession Session => session;

    /// <summary>What the loop of its probes says of itself.</summary>
    public LoopPulse Pulse => pulse;

    /// <summary>Completes with the reason when the connection is gone and the owner was told.</summary>
    public Task<string> Lost => _lost.Task;

    /// <summary>Whether we closed it ourselves.</summary>
    public bool IsClosed => _closeReason is not null;

    /// <summary>Begins to watch and to probe it; to be called once.</summary>
    public void Watch(BrokerOptions options, TimeProvider timeProvider, Action<SupervisedConnection<TSession>, string> onLost)
    {
        _ = WatchAsync(onLost);
        _ = ProbeAsync(options, timeProvider);
    }

    /// <summary>Closes it; whatever still waits for it is settled with this reason.</summary>
    public async Task CloseAsync(string reason)
    {
        _closeReason ??= reason;
        await broker.DisposeAsync().ConfigureAwait(false);
        await Lost.ConfigureAwait(false);
    }

    private async Task WatchAsync(Action<SupervisedConnection<TSession>, string> onLost)
    {
        var said = await broker.Lost.ConfigureAwait(false);
        var reason = _closeReason ?? said;
        try
        {
            onLost(this, reason);
        }
        finally
        {
            _lost.SetResult(reason);
        }
    }

    private async Task ProbeAsync(BrokerOptions options, TimeProvider timeProvider)
    {
        var pause = broker.ProbePause(options);
        while (!broker.Lost.IsCompleted)
        {
            pulse.Expect(options.ProbeTimeout + pause);
            var begun = timeProvider.GetTimestamp();
            if (await broker.ProbeAsync().ConfigureAwait(false)) owner.OnProven(session, begun);
            await Task.WhenAny(broker.Lost, Task.Delay(pause, timeProvider, CancellationToken.None)).ConfigureAwait(false);
        }

        pulse.End();
    }
}
