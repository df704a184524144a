using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Ppv.Hosting.Gateway.Draining;

/// <summary>
/// A port that is closed in good order: the system makes no new connection, those that wait are accepted, the port is closed, and each
/// connection's first request has begun before the server is told that it may close connections. It answers what has begun.
/// </summary>
internal sealed class DrainingListener(IConnectionListener listener, Socket socket, TimeProvider timeProvider) : IConnectionListener
{
    /// <summary>For how long nobody must have waited at the port: as long as a connection takes that is being made.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    /// <summary>A client that sends nothing is not waited for.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    private readonly TaskCompletionSource _acceptedAll = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _awaited;

    public EndPoint EndPoint => listener.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (await listener.AcceptAsync(cancellationToken).ConfigureAwait(false) is not { } connection)
        {
            _acceptedAll.TrySetResult();
            return null;
        }

        Interlocked.Increment(ref _awaited);
        var first = new FirstRequest(() => Interlocked.Decrement(ref _awaited));
        connection.Features.Set(first);
        connection.ConnectionClosed.UnsafeRegister(static first => ((FirstRequest)first!).Begin(), first);
        return connection;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        using var limit = new CancellationTokenSource(Limit, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (ListenQueue.TryShut(socket)) await WhenQuietAsync(end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Closed all the same.
        }

        await listener.UnbindAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _acceptedAll.Task.WaitAsync(end.Token).ConfigureAwait(false);
            while (Volatile.Read(ref _awaited) > 0) await Task.Delay(LookInterval, timeProvider, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A client that has connected and says nothing.
        }
    }

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private async Task WhenQuietAsync(CancellationToken cancellationToken)
    {
        var since = timeProvider.GetTimestamp();
        while (timeProvider.GetElapsedTime(since) < Quiet)
        {
            await Task.Delay(LookInterval, timeProvider, cancellationToken).ConfigureAwait(false);
            if (ListenQueue.HasWaiting(socket)) since = timeProvider.GetTimestamp();
        }
    }
}
