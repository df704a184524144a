using System.Net;
using System.Net.Sockets;

namespace Ppv.Testing.Wizard;

/// <summary>Holds the port, and accepts or refuses on it.</summary>
/// <remarks>
/// To refuse, the port stays bound without listening: the system then resets whoever connects, and nobody else can take the port.
/// </remarks>
internal sealed class SimulatorListener : IDisposable
{
    private readonly Action<Socket> _accepted;
    private readonly Lock _lock = new();
    private Socket _socket;
    private bool _isListening;
    private bool _isDisposed;

    public SimulatorListener(IPEndPoint endPoint, Action<Socket> accepted)
    {
        _accepted = accepted;
        _socket = Bind(endPoint);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public void Listen()
    {
        lock (_lock)
        {
            if (_isListening || _isDisposed) return;
            _socket.Listen();
            _isListening = true;
            _ = AcceptAsync(_socket);
        }
    }

    public void Refuse()
    {
        lock (_lock)
        {
            if (!_isListening || _isDisposed) return;
            var endPoint = EndPoint;
            _socket.Dispose();
            _isListening = false;
            _socket = Bind(endPoint);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _socket.Dispose();
        }
    }

    private static Socket Bind(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync().ConfigureAwait(false);
                client.NoDelay = true;
                _accepted(client);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The listener was closed: whoever closed it knows.
        }
    }
}
