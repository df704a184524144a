namespace Ppv.Rpc.Connection;

/// <summary>Whether orders pass. Immutable and swapped whole; each knows its successor, so that nobody misses a change.</summary>
internal sealed class Gate<TSession>
    where TSession : class
{
    private readonly TaskCompletionSource<Gate<TSession>> _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Gate(Link<TSession>? link, string description, bool isReady, bool needsAttention) =>
        (Link, Status, NeedsAttention) = (link, new ConnectionStatus(isReady, description), needsAttention);

    public Link<TSession>? Link { get; }

    public TSession? Session => Link?.Session;

    public ConnectionStatus Status { get; }

    public bool NeedsAttention { get; }

    public Task<Gate<TSession>> Changed => _changed.Task;

    public static Gate<TSession> Open(Link<TSession> link, string description, bool isReady = true) => new(link, description, isReady, needsAttention: false);

    public static Gate<TSession> Shut(string description, bool needsAttention = false) => new(null, description, isReady: false, needsAttention);

    public void TurnInto(Gate<TSession> next) => _changed.TrySetResult(next);
}
