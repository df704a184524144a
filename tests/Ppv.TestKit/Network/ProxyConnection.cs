using System.Net.Sockets;

namespace Ppv.TestKit;

/// <summary>One client's connection through a <see cref="TcpProxy"/>.</summary>
/// <param name="client">The client's side.</param>
/// <param name="passingToServer">Told how many bytes are going to be passed on to the server, each time.</param>
internal sealed class ProxyConnection(Socket client, Action<int> passingToServer) : IDisposable
{
    private const int BufferSize = 16 * 1024;

    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _frozen;

    public void Freeze() => _frozen = true;

    public void Dispose()
    {
        _closed.TrySetResult();
        client.Dispose();
        _server.Dispose();
    }

    /// <summary>Passes bytes on until a side closes; while frozen, until <see cref="Dispose"/>.</summary>
    public async Task RunAsync(string host, int port)
    {
        try
        {
            client.NoDelay = true;
            if (!_frozen)
                await _server.ConnectAsync(host, port);
            // Whichever side closes first ends both: more than enough for request and answer protocols.
            var fromClient = PumpAsync(client, _server, passingToServer);
            await (_server.Connected ? Task.WhenAny(fromClient, PumpAsync(_server, client)) : fromClient);
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            // The server is not there, or the connection was closed from outside.
        }

        if (_frozen)
            await _closed.Task;
        Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to, Action<int>? passing = null)
    {
        var buffer = new byte[BufferSize];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                if (!_frozen) passing?.Invoke(count); // Before the server has it: what it answers must not be ahead of the count.
                for (var sent = 0; sent < count && !_frozen;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            // A side is gone; the caller closes the other.
        }
    }
}
