namespace Ppv.Rpc.Connection;

/// <summary>
/// Whether a connection is in use, and whether requests pass over it. Immutable and swapped whole; each knows its successor, so that nobody
/// misses a change.
/// </summary>
internal sealed class ConnectionState<TSession>
    where TSession : class
{
    private readonly TaskCompletionSource<ConnectionState<TSession>> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ConnectionState(SupervisedConnection<TSession>? connection, string description, bool isReady, bool needsAttention) =>
        (Connection, Status, NeedsAttention) = (connection, new ConnectionStatus(isReady, description), needsAttention);

    public SupervisedConnection<TSession>? Connection { get; }

    public TSession? Session => Connection?.Session;

    public ConnectionStatus Status { get; }

    /// <summary>Whether waiting won't help: a person must act first, or everything is over.</summary>
    public bool NeedsAttention { get; }

    public Task<ConnectionState<TSession>> Next => _next.Task;

    public static ConnectionState<TSession> InUse(SupervisedConnection<TSession> connection, string description, bool isReady = true) =>
        new(connection, description, isReady, needsAttention: false);

    public static ConnectionState<TSession> Without(string description, bool needsAttention = false) =>
        new(null, description, isReady: false, needsAttention);

    public void EndWith(ConnectionState<TSession> next) => _next.TrySetResult(next);
}

/// <summary>The present state. Safe for use by several threads.</summary>
internal sealed class CurrentState<TSession>(ConnectionState<TSession> first, TimeProvider timeProvider)
    where TSession : class
{
    private readonly Lock _changing = new();
    private volatile ConnectionState<TSession> _value = first;

    public ConnectionState<TSession> Value => _value;

    /// <param name="next">What is the case from now on.</param>
    /// <param name="from">If given, only where this connection is in use.</param>
    /// <returns>Whether that was so.</returns>
    public bool Change(ConnectionState<TSession> next, SupervisedConnection<TSession>? from = null)
    {
        lock (_changing)
        {
            var previous = _value;
            if (from is not null && previous.Connection != from) return false;
            _value = next;
            previous.EndWith(next);
            return true;
        }
    }

    /// <summary>The session, as soon as there is one: see <see cref="ConnectionSupervisor{TSession}.WaitAsync"/>.</summary>
    public ValueTask<TSession?> WaitAsync(TimeSpan wait, TSession? except, CancellationToken cancellationToken) =>
        _value.Session is { } session
            && session != except ? ValueTask.FromResult<TSession?>(session) : new(WaitForChangeAsync(wait, except, cancellationToken));

    private async Task<TSession?> WaitForChangeAsync(TimeSpan wait, TSession? except, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            for (var state = _value; ; state = await state.Next.WaitAsync(either.Token).ConfigureAwait(false))
            {
                if (state.Session is { } session && session != except) return session;
                if (state.NeedsAttention) return null;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
