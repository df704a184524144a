using System.Collections.Concurrent;

namespace Ppv.Rpc.Connection;

/// <summary>
/// Closes connections in the background: a broker that is gone or frozen must not keep us from the next one. Safe for use by several
/// threads.
/// </summary>
/// <param name="owner">Lets what is under way end where it was begun.</param>
/// <param name="stopping">When we stop, the owner has seen to that.</param>
internal sealed class ClosingConnections<TSession>(ISessionOwner<TSession> owner, CancellationToken stopping)
    where TSession : class
{
    private readonly ConcurrentDictionary<Task, byte> _closing = new();

    /// <summary>Closes one.</summary>
    /// <param name="connection">It.</param>
    /// <param name="reason">What whoever still waits for it is told.</param>
    /// <param name="retire">Whether it is closed after the last of what is under way.</param>
    public void Add(SupervisedConnection<TSession> connection, string reason, bool retire)
    {
        var closing = Task.Run(() => CloseAsync(connection, reason, retire));
        _closing.TryAdd(closing, 0);
        closing.ContinueWith((ended, _) => _closing.TryRemove(ended, out byte _), null, TaskScheduler.Default);
    }

    /// <summary>Ends when all are closed.</summary>
    public Task EndedAsync() => Task.WhenAll(_closing.Keys);

    private async Task CloseAsync(SupervisedConnection<TSession> connection, string reason, bool retire)
    {
        if (retire)
        {
            try
            {
                await Task.WhenAny(owner.RetireAsync(connection.Session), connection.Lost).WaitAsync(stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
            }
        }

        await connection.CloseAsync(reason).ConfigureAwait(false);
    }
}
