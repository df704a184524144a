namespace Ppv.Testing.Wizard;

/// <summary>The connections that exist.</summary>
internal sealed class SimulatorSessions : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];
    private CancellationTokenSource _closing = new();

    public void Start(Func<CancellationToken, Task> run)
    {
        lock (_lock)
        {
            // A session that failed, because a script threw, stays: closing tells about it.
            _running.RemoveWhere(task => task.IsCompletedSuccessfully);
            var token = _closing.Token;
            _running.Add(Task.Run(() => run(token), CancellationToken.None));
        }
    }

    /// <summary>Ends every session and waits until each of them has.</summary>
    public async Task CloseAsync()
    {
        Task[] running;
        CancellationTokenSource closing;
        lock (_lock)
        {
            running = [.. _running];
            _running.Clear();
            closing = _closing;
            _closing = new CancellationTokenSource();
        }
        await closing.CancelAsync().ConfigureAwait(false);
        closing.Dispose();
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    // What is left after closing is a source that nobody has a token of.
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);
}
